/**
 * Source paths as the debugger shows and compares them: absolute where the producer said enough, with `/`, without `.` and `..`. A drive
 * (`C:/`) or the name that a prefix map gave to a folder (`exo:/`) is absolute.
 */

/** `parts` joined like directories, later ones relative to earlier ones; an absolute part starts over. */
export function joinPath(...parts: readonly (string | undefined)[]): string {
  let joined = "";
  for (const part of parts) {
    if (!part) continue;
    const path = part.replaceAll("\\", "/");
    joined = isAbsolute(path) || joined === "" ? path : `${joined}/${path}`;
  }
  return normalisePath(joined);
}

/** `path` with `/`, without empty, `.` and `..` segments as far as they can be resolved. */
export function normalisePath(path: string): string {
  const slashed = path.replaceAll("\\", "/");
  const root = path.startsWith("\\\\") ? "//" : (/^(?:[A-Za-z]\w*:\/|\/)/.exec(slashed)?.[0] ?? "");
  const segments: string[] = [];
  for (const segment of slashed.slice(root.length).split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === ".." && segments.length > 0 && segments.at(-1) !== "..") segments.pop();
    else if (segment !== ".." || root === "") segments.push(segment);
  }
  return root + segments.join("/");
}

function isAbsolute(path: string): boolean {
  return path.startsWith("/") || /^[A-Za-z]\w*:\//.test(path);
}
