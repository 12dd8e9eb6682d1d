/** What passed a machine's network, to be written as a pcap file: what was sent, and what came from outside. */
import { comparePositions, type Position } from "#exokernel";
import type { Debuggee } from "./debuggee.ts";
import { UserError } from "./errors.ts";
import type { Host } from "./host.ts";
import { type PassedFrame, writePcap } from "./pcap.ts";

interface Passed extends PassedFrame {
  readonly at: Position;
  readonly isSent: boolean;
}

/**
 * Listens to a run's network. What a history executes again is the same frames, which are in the capture already; when a run takes
 * another course, the first frame that differs takes the place of what came after.
 */
export class PacketCapture {
  readonly path: string;
  readonly #debuggee: Debuggee;
  readonly #passed: Passed[] = [];

  /** The machine must have a network. `path` is the file that `write` makes. */
  constructor(debuggee: Debuggee, path: string) {
    this.path = path;
    this.#debuggee = debuggee;
    const { kernel, timeline } = debuggee;
    const { network } = kernel.machine;
    if (network === undefined) throw new Error("assertion failed: the machine has a network");
    network.onFrame = (bytes, way) => {
      // What comes back over the loopback was captured when it was sent.
      if (way === "looped" || timeline.isQuiet) return;
      this.#add({ step: kernel.steps, at: kernel.position, isSent: way === "sent", bytes });
    };
  }

  /** Writes the frames of the branch that is looked at, to its end. Throws `UserError`. */
  write(host: Host): void {
    host.writeFile(this.path, writePcap(this.frames));
  }

  get frames(): readonly PassedFrame[] {
    const { end } = this.#debuggee.timeline;
    return this.#passed.filter(({ at }) => comparePositions(at, end) <= 0);
  }

  #add(frame: Passed): void {
    const last = this.#passed.at(-1);
    if (last !== undefined && comparePositions(frame.at, last.at) <= 0) {
      if (this.#passed.some((each) => isSame(each, frame))) return;
      const later = this.#passed.findIndex(({ at }) => comparePositions(at, frame.at) > 0);
      if (later >= 0) this.#passed.length = later;
    }
    this.#passed.push(frame);
  }
}

/** At the end of a session, to whom `send` goes: what cannot be written is said there. */
export function writeCapture(
  capture: PacketCapture | undefined,
  host: Host,
  send: (event: string, body: object) => void,
): void {
  try {
    capture?.write(host);
  } catch (problem) {
    if (!(problem instanceof UserError)) throw problem;
    send("output", { category: "stderr", output: `${problem.message}\n` });
  }
}

function isSame(a: Passed, b: Passed): boolean {
  return (
    comparePositions(a.at, b.at) === 0 &&
    a.isSent === b.isSent &&
    a.bytes.length === b.bytes.length &&
    a.bytes.every((byte, i) => byte === b.bytes[i])
  );
}
