/**
 * Standard input as the guests' console. Piped input is passed on as it is. A terminal is put into raw mode, since echo and line
 * editing are the guests' own, as behind a serial line and as in VS Code's terminal (extension/guest-terminal.ts): Enter is a newline, and
 * control-C is a byte like others, if anybody takes it.
 */

/** What is needed of `process.stdin`. */
export interface InputStream {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
  on(event: "data", listener: (chunk: Uint8Array) => void): unknown;
  on(event: "end" | "error", listener: () => void): unknown;
  off(event: "data", listener: (chunk: Uint8Array) => void): unknown;
  off(event: "end" | "error", listener: () => void): unknown;
  pause(): unknown;
  unref?(): unknown;
}

export interface InputReceiver {
  readonly type: (bytes: Uint8Array) => void;
  /** No more comes. */
  readonly end: () => void;
  /** Whether a guest would hear of a control-C. */
  readonly takesInput: () => boolean;
  /** The user wants the run to end. */
  readonly interrupt: () => void;
  readonly say: (sentence: string) => void;
  /** Milliseconds, for what is pressed twice in a row. */
  readonly now: () => number;
}

const CONTROL_C = 0x03;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** Control-], by which telnet is left. */
const ESCAPE = 0x1d;
/** Milliseconds between two control-C that end the run. */
const TWICE = 1000;

/** Connects a stream until the returned function is called, which leaves the terminal as it was. */
export function connectInput(stdin: InputStream, receiver: InputReceiver): () => void {
  const isTerminal = stdin.isTTY === true && stdin.setRawMode !== undefined;
  const keys = new Keys(receiver);
  const onData = (chunk: Uint8Array) => {
    if (isTerminal) keys.press(chunk);
    else receiver.type(chunk);
  };
  const onEnd = () => receiver.end();
  if (isTerminal) stdin.setRawMode?.(true);
  stdin.on("data", onData);
  stdin.on("end", onEnd);
  stdin.on("error", onEnd);
  return () => {
    stdin.off("data", onData);
    stdin.off("end", onEnd);
    stdin.off("error", onEnd);
    if (isTerminal) stdin.setRawMode?.(false);
    stdin.pause();
    stdin.unref?.();
  };
}

/** What a keyboard gives, in raw mode. */
class Keys {
  readonly #receiver: InputReceiver;
  #lastInterrupt = Number.NEGATIVE_INFINITY;
  #hasSaid = false;
  #isAfterReturn = false;

  constructor(receiver: InputReceiver) {
    this.#receiver = receiver;
  }

  press(chunk: Uint8Array): void {
    const typed: number[] = [];
    for (const byte of chunk) {
      const isSecondHalf = byte === NEWLINE && this.#isAfterReturn;
      this.#isAfterReturn = byte === RETURN;
      if (byte === ESCAPE || (byte === CONTROL_C && this.#endsRun())) {
        this.#type(typed);
        this.#receiver.interrupt();
        return;
      }
      if (!isSecondHalf) typed.push(byte === RETURN ? NEWLINE : byte);
    }
    this.#type(typed);
  }

  #type(typed: readonly number[]): void {
    if (typed.length > 0) this.#receiver.type(Uint8Array.from(typed));
  }

  /** Whether a control-C is for us; else it is the guest's. */
  #endsRun(): boolean {
    const { now, takesInput, say } = this.#receiver;
    const isSecond = now() - this.#lastInterrupt < TWICE;
    this.#lastInterrupt = now();
    if (isSecond || !takesInput()) return true;
    if (!this.#hasSaid) {
      this.#hasSaid = true;
      say("control-C went to the guests; twice within a second, or control-], it ends the run.");
    }
    return false;
  }
}
