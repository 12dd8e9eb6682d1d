/** Lines of the sample's sources by the marks at their ends. */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";

/** The 1-based line of `text` that carries a comment marker such as `//@step pager`; undefined if none does. */
export function markedLineOf(text: string, marker: string): number | undefined {
  const index = text.split("\n").findIndex((line) => line.includes(marker));
  return index < 0 ? undefined : index + 1;
}

/** The first file below `folders` that has `marker`, and its line; only those of the name `file`, if there is one. */
export async function findMarker(
  folders: readonly string[],
  marker: string,
  file?: string,
): Promise<{ path: string; line: number }> {
  for (const folder of folders) {
    for (const path of await filesBelow(folder)) {
      if (!/\.[chS]$/.test(path) || (file ?? basename(path)) !== basename(path)) continue;
      const line = markedLineOf(await readFile(path, "utf8"), marker);
      if (line !== undefined) return { path, line };
    }
  }
  throw new Error(`No C file below ${folders.join(", ")} has the marker '${marker}'.`);
}

/** All files below a folder, by their whole paths. */
export async function filesBelow(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
