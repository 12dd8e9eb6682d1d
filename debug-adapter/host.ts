/** Files from outside, so that the adapter's logic can be tested, and run in a browser, without them. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { noSuchFile, unreadableFile } from "./errors.ts";

export interface Host {
  readBytes(path: string): Uint8Array;
  isFile(path: string): boolean;
}

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
};
