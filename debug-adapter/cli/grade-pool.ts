/** Grades many programs by several processes at once, and gives the results in the programs' order. */
import { type ChildProcess, fork } from "node:child_process";
import type { GradeOrder, GradeReply } from "./grade-worker.ts";

/** A process that has given no answer for so many minutes is ended. Runs are limited by steps: this is for what nobody has thought of. */
const SILENCE_MINUTES = 30;
/** MiB of memory for each: a run that wants more ends its process and nothing else. */
const MEMORY = 1536;

export interface Pool {
  /** The bundled command line, which a worker is started from. */
  readonly executable: string;
  readonly jobs: number;
}

/** Calls `told` for each order in turn, as soon as its reply and those before it are there. */
export async function gradeAll(
  { executable, jobs }: Pool,
  orders: readonly GradeOrder[],
  told: (reply: GradeReply, index: number) => void,
): Promise<void> {
  const replies = new Map<number, GradeReply>();
  let next = 0;
  let toTell = 0;
  const work = async () => {
    let worker: Worker | undefined;
    try {
      while (next < orders.length) {
        const index = next;
        next += 1;
        worker = worker?.isAlive === true ? worker : new Worker(executable);
        replies.set(index, await worker.ask(orders[index] as GradeOrder));
        for (let reply = replies.get(toTell); reply !== undefined; reply = replies.get(toTell)) {
          replies.delete(toTell);
          told(reply, toTell);
          toTell += 1;
        }
      }
    } finally {
      worker?.end();
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, orders.length) }, work));
}

class Worker {
  readonly #process: ChildProcess;
  #answer: ((reply: GradeReply) => void) | undefined;
  isAlive = true;

  constructor(executable: string) {
    this.#process = fork(executable, ["grade-worker"], {
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      execArgv: [`--max-old-space-size=${MEMORY}`],
      serialization: "json",
    });
    this.#process.on("message", (reply: GradeReply) => this.#reply(reply));
    const gone = (how: string) => {
      this.isAlive = false;
      this.#reply({ kind: "failed", sentence: `The process that graded it ended (${how}).` });
    };
    this.#process.on("error", ({ message }) => gone(message));
    this.#process.on("exit", (status, signal) => gone(signal ?? `status ${status}`));
  }

  ask(order: GradeOrder): Promise<GradeReply> {
    return new Promise((resolve) => {
      const silence = setTimeout(() => {
        this.isAlive = false;
        const sentence = `The process that graded it gave no answer in ${SILENCE_MINUTES} minutes.`;
        this.#reply({ kind: "failed", sentence });
        this.#process.kill("SIGKILL");
      }, SILENCE_MINUTES * 60_000);
      this.#answer = (reply) => {
        clearTimeout(silence);
        resolve(reply);
      };
      if (this.isAlive) this.#process.send(order);
      else
        this.#reply({ kind: "failed", sentence: "The process that grades could not be started." });
    });
  }

  end(): void {
    if (this.#process.connected) this.#process.disconnect();
  }

  #reply(reply: GradeReply): void {
    const answer = this.#answer;
    this.#answer = undefined;
    answer?.(reply);
  }
}
