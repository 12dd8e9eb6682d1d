/** Runs one program of a compiler and collects what it prints. */
import { spawn } from "node:child_process";

export interface ToolRun {
  /** Exit status; undefined when it did not run or was ended by a signal. */
  readonly status: number | undefined;
  /** Standard output and standard error, in the order in which they came. */
  readonly text: string;
  /** Why it could not be started, as the system says it. */
  readonly failure?: string;
}

/** More than this of a compiler's output helps nobody. */
const TEXT_MAX = 1 << 20;

export interface ToolOptions {
  readonly cwd?: string | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Runs `command`, whose first part is the program. Never rejects. */
export function runTool(command: readonly string[], options: ToolOptions = {}): Promise<ToolRun> {
  const [program = "", ...args] = command;
  return new Promise((resolve) => {
    let text = "";
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.environment },
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const take = (chunk: Buffer) => {
      if (text.length < TEXT_MAX) text += chunk.toString("utf8");
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("error", (error) => resolve({ status: undefined, text, failure: error.message }));
    child.on("close", (status) => resolve({ status: status ?? undefined, text }));
  });
}

/** Runs `work` on each item, at most `limit` at a time, and returns the results in the items' order. */
export async function mapLimited<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next;
      next += 1;
      results[index] = await work(items[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
