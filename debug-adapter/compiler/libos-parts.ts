/**
 * The parts of the libOS. `libos/*.c` is the default one; each folder `libos/<part>` with sources is another, or a piece that takes
 * the place of one. A program names a part by including a header of `libos/<part>/include`; what the compiler says of the files that it
 * read tells. A part's functions are weak as all are, and its objects come before the default libOS's: they take its place.
 *
 * A part may take the place of another: its file `replaces` names that, one a line. Of a program that is linked with both the other is left
 * out, though the program's headers name it; and sources of the one may include those of the other.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

/** A folder of parts may hold these besides; none of them is a part. */
const NOT_PARTS = new Set(["include", "tests"]);

/** Names of the parts of a libOS, sorted. */
export function partsOf(libosFolder: string): string[] {
  return foldersOf(libosFolder).filter((name) => sourcesIn(join(libosFolder, name)).length > 0);
}

/** Those with headers only are no parts: several parts share them, and naming one links nothing. */
function foldersOf(libosFolder: string): string[] {
  return readdirSync(libosFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !NOT_PARTS.has(entry.name))
    .map(({ name }) => name)
    .sort();
}

/** Where programs find the headers of the default libOS and of every part, in this order. */
export function includeFolders(libosFolder: string): string[] {
  return [
    join(libosFolder, "include"),
    ...foldersOf(libosFolder)
      .map((folder) => join(libosFolder, folder, "include"))
      .filter((folder) => existsSync(folder)),
  ];
}

/** The parts in whose place a part is linked. */
export function replacedBy(libosFolder: string, part: string): string[] {
  const list = join(libosFolder, part, "replaces");
  return existsSync(list) ? readFileSync(list, "utf8").split(/\s+/).filter(Boolean) : [];
}

/** C and assembly sources right in a folder, sorted. */
export function sourcesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /\.[cS]$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** The parts whose headers a compilation read, as its dependency file says (`-MMD -MF`). */
export function partsNamedBy(dependencyFile: string, libosFolder: string, cwd: string): string[] {
  if (!existsSync(dependencyFile)) return [];
  const parts = partsOf(libosFolder);
  const names = filesIn(readFileSync(dependencyFile, "utf8")).flatMap((file) => {
    const [part, folder] = relative(libosFolder, resolve(cwd, file)).split(/[\\/]/);
    return part !== undefined && folder === "include" && parts.includes(part) ? [part] : [];
  });
  return [...new Set(names)].sort();
}

/** The files of a make rule `target: file file \ file`, in which `\ ` is a space and `$$` a dollar. */
function filesIn(rule: string): string[] {
  const list = rule.replace(/^(?:\\.|[^\\])*?:(?=\s)/, "").replace(/\\\r?\n/g, " ");
  return [...list.matchAll(/(?:\\ |[^\s])+/g)].map(([file]) =>
    file.replaceAll("\\ ", " ").replaceAll("\\#", "#").replaceAll("$$", "$"),
  );
}
