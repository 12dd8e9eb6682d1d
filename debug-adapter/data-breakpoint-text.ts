/** What is said at the stop of a data breakpoint: what changed, from what to what, and who did it where. */
import type { WatchHit } from "#emulator";
import { describeEvent, type KernelEvent } from "#exokernel";
import type { Debuggee } from "./debuggee.ts";
import type { WatchStop } from "./run/run-control.ts";
import { type BytesTarget, describeTarget } from "./watched-target.ts";

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;
/** So many bytes are shown one by one. */
const BYTES_MAX = 16;

/** `cell (4 bytes at 0x40000020, page 0x92) changed from 7 to 42 by page-fault at page-fault.c:45` */
export function accessText(
  debuggee: Debuggee,
  target: BytesTarget,
  show: ((bytes: Uint8Array) => string) | undefined,
  hit: WatchHit,
  stop: WatchStop,
): string {
  const what = describeTarget(target, (id) => debuggee.nameOf(id));
  const { before, after, part } = valuesOf(debuggee, target, show, hit);
  const who = actorText(debuggee, stop);
  const subject = part === undefined ? what : `${part} of ${what}`;
  if (hit.access === "read") return `${subject}, ${before}, was read by ${who}`;
  return isSame(hit)
    ? `${subject} was written with ${after} again by ${who}`
    : `${subject} changed from ${before} to ${after} by ${who}`;
}

/** `page 0x92: 4 bytes at offset 0x20 changed from 0x7 to 0x2a by page-fault at page-fault.c:45` */
export function pageText(
  debuggee: Debuggee,
  frame: number,
  hit: WatchHit,
  stop: WatchStop,
): string {
  const length = hit.before.length;
  const where = `page ${hex(frame)}: ${length} byte${length === 1 ? "" : "s"} at offset ${hex(hit.from & 0xfff)}`;
  const who = actorText(debuggee, stop);
  if (length > BYTES_MAX) return `${where} ${isSame(hit) ? "written" : "changed"} by ${who}`;
  return isSame(hit)
    ? `${where} written with ${bytesText(hit.after)} again by ${who}`
    : `${where} changed from ${bytesText(hit.before)} to ${bytesText(hit.after)} by ${who}`;
}

export interface PageOwner {
  readonly state: "free" | "kernel" | "owned";
  /** Id of the environment; 0 for nobody. */
  readonly owner: number;
}

/** Reads the owner from a page's record: its first word, and the state in its third (exokernel/layout.ts). */
export function ownerOf(record: Uint8Array | undefined): PageOwner {
  if (record === undefined) return { state: "free", owner: 0 };
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  const state = (["free", "kernel", "owned"] as const)[record[8] ?? 0] ?? "free";
  return { state, owner: state === "free" ? 0 : view.getUint32(0, true) };
}

/** `owner of page 0x92 changed from nobody (free) to client (env 258) by client` */
export function ownerText(
  debuggee: Debuggee,
  frame: number,
  before: PageOwner,
  after: PageOwner,
  stop: WatchStop,
): string {
  const name = ({ state, owner }: PageOwner): string => {
    if (state === "free") return "nobody (free)";
    if (state === "owned") return debuggee.nameOf(owner);
    return owner === 0 ? "the kernel" : `the kernel, for ${debuggee.nameOf(owner)}`;
  };
  return `owner of page ${hex(frame)} changed from ${name(before)} to ${name(after)}, by ${actorText(debuggee, stop)}`;
}

/** `capability in slot 17 of borrower (env 258): page 0x84 removed from ..., by owner (env 259)` */
export function capabilityText(debuggee: Debuggee, what: string, event: KernelEvent): string {
  const text = describeEvent(event, (id) => debuggee.nameOf(id));
  return `${what}: ${text}, by ${debuggee.nameOf(event.environment)}`;
}

/** Who did it and where: `client at client.c:12`, or `the kernel, for client (env 258)`. */
function actorText(debuggee: Debuggee, { environment, pc, byKernel }: WatchStop): string {
  if (byKernel) {
    return environment === 0 ? "the kernel" : `the kernel, for ${debuggee.nameOf(environment)}`;
  }
  const { name, image } = debuggee.environment(environment);
  const row = image?.debug.lineAt(pc);
  if (row !== undefined && row.line > 0 && row.file !== "") {
    return `${name} at ${row.file.replace(/^.*[\\/]/, "")}:${row.line}`;
  }
  return `${name} at ${image?.symbolize(pc) ?? hex(pc)}`;
}

/** The object before and after as its type shows it; of a large one only the part that was touched, as bytes. */
function valuesOf(
  debuggee: Debuggee,
  { pieces }: BytesTarget,
  show: ((bytes: Uint8Array) => string) | undefined,
  hit: WatchHit,
): { readonly before: string; readonly after: string; readonly part: string | undefined } {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const now = new Uint8Array(length);
  let at = 0;
  let start = 0;
  for (const piece of pieces) {
    now.set(debuggee.kernel.machine.memory.readBytes(piece.pa, piece.length), at);
    if (hit.from >= piece.pa && hit.from < piece.pa + piece.length)
      start = at + hit.from - piece.pa;
    at += piece.length;
  }
  const text = (bytes: Uint8Array): string => {
    if (show === undefined) return bytesText(bytes);
    const whole = now.slice();
    whole.set(bytes, start);
    return show(whole);
  };
  const whole = { before: text(hit.before), after: text(hit.after) };
  if (isSame(hit) || whole.before !== whole.after) return { ...whole, part: undefined };
  // The change is not in what is shown of the value.
  return {
    before: bytesText(hit.before),
    after: bytesText(hit.after),
    part: `byte ${start}${hit.before.length > 1 ? ` to ${start + hit.before.length - 1}` : ""}`,
  };
}

function isSame({ before, after }: WatchHit): boolean {
  return before.every((byte, at) => byte === after[at]);
}

/** A word, a halfword or a byte as a number; anything else byte by byte, in the order of their addresses. */
function bytesText(bytes: Uint8Array): string {
  if (bytes.length === 1 || bytes.length === 2 || bytes.length === 4) {
    return hex(bytes.reduceRight((value, byte) => value * 256 + byte, 0));
  }
  const shown = [...bytes.subarray(0, BYTES_MAX)]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join(" ");
  return bytes.length > BYTES_MAX ? `${shown} ...` : shown;
}
