/** Where compiled things are kept between runs: one folder a user. */
import { accessSync, constants, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The user's own cache folder for Exoscope; `EXOSCOPE_CACHE` names another. */
export function defaultCacheFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const { EXOSCOPE_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  if (EXOSCOPE_CACHE) return EXOSCOPE_CACHE;
  if (process.platform === "win32") {
    return join(LOCALAPPDATA ?? join(homedir(), "AppData/Local"), "Exoscope/Cache");
  }
  if (process.platform === "darwin") return join(homedir(), "Library/Caches/exoscope");
  return join(XDG_CACHE_HOME || join(homedir(), ".cache"), "exoscope");
}

/** Makes the folder. Returns one sentence when it cannot be written, else undefined. */
export function prepareFolder(folder: string): string | undefined {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return undefined;
  } catch (error) {
    return unwritable(folder, error);
  }
}

/** One sentence about a folder that cannot be written, and what to do. */
export function unwritable(folder: string, error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const reason = REASONS[code] ?? (error instanceof Error ? error.message : String(error));
  return `The folder '${folder}', where compiled programs are kept, cannot be written: ${reason}; make room or set EXOSCOPE_CACHE to another folder.`;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "your disk quota is used up",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  EROFS: "the disk is read-only",
  ENOTDIR: "a part of its path is a file",
  EEXIST: "a part of its path is a file",
};

/** Says the same of a compiler that failed for want of room or permission, else undefined. */
export function explainToolFailure(text: string, cacheFolder: string): string | undefined {
  if (/No space left on device|NoSpaceLeft|DiskQuota/.test(text)) {
    return unwritable(cacheFolder, { code: "ENOSPC" });
  }
  if (/AccessDenied|ReadOnlyFileSystem|unable to (create|open) .*cache/i.test(text)) {
    return unwritable(cacheFolder, { code: "EACCES" });
  }
  return undefined;
}
