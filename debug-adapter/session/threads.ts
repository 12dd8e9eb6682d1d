/** What a client sees as threads: environments, and the threads that their libOSes describe. */
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import type { Debuggee } from "../debuggee.ts";
import { checkThread, noThread } from "../errors.ts";
import type { LibosThread } from "../libos-threads.ts";

/**
 * The environments that live, as threads, and the threads that their libOSes describe: these instead of an environment, unless it runs
 * none of them now. After the end the first program stays, so that there is something to go back from.
 */
export function threadsOf(debuggee: Debuggee, isOver = false): Dap.Thread[] {
  const isShown = (id: number) => {
    const state = debuggee.view.environment(id)?.state;
    if (isOver && id === debuggee.firstId) return true;
    return state !== undefined && state !== "destroyed";
  };
  return debuggee
    .environments()
    .filter(({ id }) => isShown(id))
    .flatMap(({ id, name }) => {
      const threads =
        debuggee.view.environment(id)?.state === "destroyed" ? [] : debuggee.threads.of(id);
      const own = threads.map((thread) => ({
        id: thread.threadId,
        name: `${name}: ${thread.name}`,
      }));
      return isListed(debuggee, id, threads) ? [{ id, name: debuggee.nameOf(id) }, ...own] : own;
    });
}

/** Whether an environment is a thread of its own: its libOS describes none, or it runs none of them: the library, between two. */
function isListed(debuggee: Debuggee, id: number, threads: readonly LibosThread[]): boolean {
  const { running } = debuggee.view;
  const runsNone = !threads.some(({ isCurrent }) => isCurrent);
  return threads.length === 0 || (runsNone && (running === id || running === 0));
}

/** The thread that a client is shown for what an environment runs, or would run: the one that has the processor, if none is named. */
export function shownThread(
  debuggee: Debuggee,
  thread = debuggee.view.running || debuggee.firstId,
): number {
  if (debuggee.threads.isThread(thread)) return thread;
  const threads = debuggee.threads.of(thread);
  const current = threads.find(({ isCurrent }) => isCurrent);
  if (current !== undefined) return current.threadId;
  return isListed(debuggee, thread, threads) ? thread : (threads[0]?.threadId ?? thread);
}

/** The environment of a thread that is to be stepped. Throws when the thread is not there. */
export function environmentToStep(debuggee: Debuggee, threadId: number): number {
  checkThread(debuggee, threadId);
  const environment = debuggee.threads.environmentOf(threadId);
  if (debuggee.view.registers(environment) === undefined) throw noThread(threadId);
  return environment;
}
