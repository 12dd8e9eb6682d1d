/** Files from outside, so that the adapter's logic can be tested, and run in a browser, without them. */
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { noSuchFile, unreadableFile, unwritableFile } from "./errors.ts";

export interface Host {
  readBytes(path: string): Uint8Array;
  isFile(path: string): boolean;
  /** Names of the files in a folder, sorted; none when it cannot be read. */
  filesIn(folder: string): readonly string[];
  /** Writes a whole file or, with a `UserError`, changes nothing. */
  writeFile(path: string, content: string | Uint8Array): void;
  /** SHA-256 (FIPS 180-4) of the parts one after the other, in hexadecimal. */
  sha256(parts: readonly Uint8Array[]): string;
  gzip(bytes: Uint8Array): Uint8Array;
  /** Undefined for what `gzip` has not made, or what would be larger than a program can be. */
  gunzip(bytes: Uint8Array): Uint8Array | undefined;
}

/** Bytes of an executable with its debug data; a few KB may claim to be more. */
const PROGRAM_MAX = 256 * 2 ** 20;

export const nodeHost: Host = {
  readBytes(path) {
    try {
      return readFileSync(path);
    } catch (problem) {
      const { code, message } = problem as NodeJS.ErrnoException;
      throw code === "ENOENT" ? noSuchFile(path) : unreadableFile(path, code ?? message);
    }
  },
  isFile(path) {
    return existsSync(path) && statSync(path).isFile();
  },
  filesIn(folder) {
    try {
      return readdirSync(folder, { withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map(({ name }) => name)
        .sort();
    } catch {
      return [];
    }
  },
  writeFile(path, content) {
    // Beside it, so that the rename stays within one file system.
    const draft = `${path}.${process.pid}.tmp`;
    try {
      const file = openSync(draft, "w");
      try {
        writeFileSync(file, content);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(draft, path);
    } catch (problem) {
      rmSync(draft, { force: true });
      const { code, message } = problem as NodeJS.ErrnoException;
      throw unwritableFile(path, code ?? message);
    }
  },
  sha256(parts) {
    const hash = createHash("sha256");
    for (const part of parts) hash.update(part);
    return hash.digest("hex");
  },
  gzip(bytes) {
    return gzipSync(bytes, { level: 9 });
  },
  gunzip(bytes) {
    try {
      return gunzipSync(bytes, { maxOutputLength: PROGRAM_MAX });
    } catch {
      return undefined;
    }
  },
};
