/**
 * Runs a bundle with the code that V8 made of it the last time: to parse and compile a megabyte anew takes longer than most runs do. What
 * is kept lies with the compiled programs, a file for each use of the bundle, since each use runs other functions. V8 refuses what another
 * version of it has made, or what was made of another text; then, and where nothing can be read or written, the bundle is compiled as ever.
 */
import { createHash } from "node:crypto";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { Script } from "node:vm";

export interface CachedBundle {
  /** What the bundle exports. */
  readonly exports: unknown;
  /** Keeps the code of all functions that have run, unless most of it is kept already. To be called before V8's flags are changed. */
  readonly keep: () => void;
}

/** By how much more code there must be than what is kept: a short run uses less of the bundle than the long one after it. */
const GROWTH = 1.05;
/** Milliseconds. */
const LONG = 300;

/** Loads a bundle as `require` does. `use` is a word that stands for what it is going to do. */
export function loadCached(bundle: string, cacheFolder: string, use: string): CachedBundle {
  // The bundler writes ASCII only, and that is read faster so.
  const source = readFileSync(bundle, "latin1");
  const { mtimeMs, size } = statSync(bundle);
  const version = `${process.version}-${process.arch}-${size}-${Math.round(mtimeMs)}`;
  const file = join(cacheFolder, "code", `${use}.${version}`);
  const cachedData = readIfWhole(file);
  const script = new Script(
    `(function (exports, require, module, __filename, __dirname) {${source}\n})`,
    {
      filename: bundle,
      ...(cachedData === undefined ? {} : { cachedData }),
    },
  );
  const module = { exports: {} as unknown };
  script.runInThisContext()(module.exports, createRequire(bundle), module, bundle, dirname(bundle));
  const kept = script.cachedDataRejected === true ? 0 : (cachedData?.length ?? 0);
  const started = performance.now();
  return {
    exports: module.exports,
    keep: () => {
      // To look takes some milliseconds, which a short run should not cost each time.
      if (kept > 0 && performance.now() - started < LONG) return;
      const code = script.createCachedData();
      if (code.length > kept * GROWTH) write(file, code);
    },
  };
}

/** The code in a file after its digest: V8 itself looks at lengths and versions only, and trusts the rest. */
function readIfWhole(file: string): Buffer | undefined {
  try {
    const bytes = readFileSync(file);
    const code = bytes.subarray(DIGEST_BYTES);
    return digestOf(code).equals(bytes.subarray(0, DIGEST_BYTES)) ? code : undefined;
  } catch {
    return undefined;
  }
}

const DIGEST_BYTES = 20;
const digestOf = (code: Buffer): Buffer => createHash("sha1").update(code).digest();

/** At once or not at all: another process may read it. What other versions have kept for the same use goes. */
function write(file: string, code: Buffer): void {
  try {
    const folder = dirname(file);
    mkdirSync(folder, { recursive: true });
    const use = basename(file).replace(/\..*/, ".");
    for (const old of readdirSync(folder)) if (old.startsWith(use)) rmSync(join(folder, old));
    const unfinished = join(folder, `unfinished-${process.pid}`);
    writeFileSync(unfinished, Buffer.concat([digestOf(code), code]));
    renameSync(unfinished, file);
  } catch {
    // It will be compiled again.
  }
}
