/**
 * Packet rings: where a filter's frames go, in pages of the receiver's own. The kernel reads one word of what the receiver writes
 * there, the tail, and takes nothing on trust: whatever it is, the kernel writes within these pages only, and a tail that
 * makes no sense is a full ring. Full is the receiver's own problem: nobody else waits or loses anything.
 *
 *     0   +------------------------+
 *         | head tail dropped size |  struct exo_ring
 *     16  +------------------------+
 *         | length number          |  struct exo_ring_frame, at a multiple of 8
 *         | bytes ...              |
 *         +------------------------+
 *         | ...                    |
 */
import { PAGE_SIZE } from "#emulator";
import { fieldOffset, RIGHTS, structureSize } from "./abi.ts";
import { capabilityAt } from "./capability.ts";
import type { Core } from "./core.ts";
import type { DropReason } from "./events.ts";
import { RING, RING_PAGE } from "./layout.ts";
import type { CapabilityRef } from "./records.ts";

const HEADER_BYTES = structureSize("exo_ring");
const FRAME_HEADER_BYTES = structureSize("exo_ring_frame");
const HEAD = fieldOffset("exo_ring", "head");
const TAIL = fieldOffset("exo_ring", "tail");
const DROPPED = fieldOffset("exo_ring", "dropped");
const SIZE = fieldOffset("exo_ring", "size");
const ALIGNMENT = 8;

/** A page that a ring was made of, as it was shown. */
export interface RingPage {
  readonly capability: CapabilityRef;
  /** Step at which that capability was made. */
  readonly step: number;
  readonly frame: number;
}

export interface Ring {
  /** None: there is no ring. */
  readonly pages: readonly RingPage[];
  readonly head: number;
  /** Frames that the filter won and that went into a ring, and those that did not. */
  readonly received: number;
  readonly dropped: number;
}

export function ringOf(core: Core, number: number): Ring {
  const { records } = core;
  return {
    pages: Array.from({ length: records.ring(number, RING.pageCount) }, (_, i) => {
      const at = RING.pages + i * RING_PAGE.bytes;
      return {
        capability: records.ring(number, at + RING_PAGE.capability),
        step: records.ring(number, at + RING_PAGE.step),
        frame: records.ring(number, at + RING_PAGE.frame),
      };
    }),
    head: records.ring(number, RING.head),
    received: records.ring(number, RING.received),
    dropped: records.ring(number, RING.dropped),
  };
}

/** Bytes for frames in a ring of so many pages. */
export const ringSize = (pageCount: number): number =>
  pageCount === 0 ? 0 : pageCount * PAGE_SIZE - HEADER_BYTES;

/** Makes a ring of pages, and it empty; no pages: there is none any more. */
export function setRing(core: Core, number: number, pages: readonly RingPage[]): void {
  const { records } = core;
  records.setRing(number, RING.pageCount, pages.length);
  records.setRing(number, RING.head, 0);
  for (let field = RING.pages; field < RING.bytes; field += 4) records.setRing(number, field, 0);
  for (const [i, page] of pages.entries()) {
    for (const field of ["capability", "step", "frame"] as const) {
      records.setRing(number, RING.pages + i * RING_PAGE.bytes + RING_PAGE[field], page[field]);
    }
  }
  for (const [field, value] of [
    [HEAD, 0],
    [TAIL, 0],
    [DROPPED, 0],
    [SIZE, ringSize(pages.length)],
  ]) {
    if (pages.length > 0) write(core, pages, field - HEADER_BYTES, words(value));
  }
}

/** Puts a frame into the ring of a filter, or counts it as dropped and says why. */
export function putIntoRing(
  core: Core,
  filter: number,
  number: number,
  frame: Uint8Array,
): DropReason | undefined {
  const { records } = core;
  const { pages, head, received, dropped } = ringOf(core, filter);
  const reason = put(core, filter, pages, head, number, frame);
  if (reason === undefined) records.setRing(filter, RING.received, received + 1);
  else records.setRing(filter, RING.dropped, dropped + 1);
  if (reason === "ring full") {
    const before = core.machine.memory.readU32(pages[0].frame * PAGE_SIZE + DROPPED);
    write(core, pages, DROPPED - HEADER_BYTES, words(before + 1));
  }
  return reason;
}

function put(
  core: Core,
  filter: number,
  pages: readonly RingPage[],
  head: number,
  number: number,
  frame: Uint8Array,
): DropReason | undefined {
  if (pages.length === 0) return "no ring";
  if (!pages.every((page) => stands(core, page))) return "ring lost";
  const size = ringSize(pages.length);
  const tail = core.machine.memory.readU32(pages[0].frame * PAGE_SIZE + TAIL);
  const need = FRAME_HEADER_BYTES + Math.ceil(frame.length / ALIGNMENT) * ALIGNMENT;
  const place = placeFor(head, tail, size, need);
  if (place === undefined) return "ring full";
  if (place !== head) write(core, pages, head, words(0, 0));
  write(core, pages, place, words(frame.length, number));
  write(core, pages, place + FRAME_HEADER_BYTES, frame);
  const next = (place + need) % size;
  core.records.setRing(filter, RING.head, next);
  write(core, pages, HEAD - HEADER_BYTES, words(next));
  return undefined;
}

/** Where `need` bytes fit in one piece and the head does not catch up with the tail; undefined when nowhere. */
export function placeFor(
  head: number,
  tail: number,
  size: number,
  need: number,
): number | undefined {
  if (tail >= size || tail % ALIGNMENT !== 0) return undefined;
  if (head < tail) return need < tail - head ? head : undefined;
  if (head + need < size || (head + need === size && tail !== 0)) return head;
  return need < tail ? 0 : undefined;
}

/** Whether the capability that was shown for a page is still there. */
function stands(core: Core, { capability: ref, step, frame }: RingPage): boolean {
  const capability = capabilityAt(core, ref);
  const needed = RIGHTS.READ | RIGHTS.WRITE;
  return (
    capability?.kind === "page" &&
    capability.resource === frame &&
    (capability.rights & needed) === needed &&
    capability.step === step
  );
}

/** Writes bytes at a place behind the ring's header (before 0: into it), page by page. */
function write(core: Core, pages: readonly RingPage[], place: number, bytes: Uint8Array): void {
  const { machine } = core;
  let done = 0;
  while (done < bytes.length) {
    const at = HEADER_BYTES + place + done;
    const offset = at % PAGE_SIZE;
    const part = bytes.subarray(done, done + PAGE_SIZE - offset);
    const { frame } = pages[Math.floor(at / PAGE_SIZE)];
    machine.memory.writeBytes(frame * PAGE_SIZE + offset, part);
    done += part.length;
  }
  // Unpriv ch. 8.2: a write by a device to what LR reserved makes the SC fail.
  machine.hart.clearReservation();
}

/** Words as the guest's memory has them. */
function words(...values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  for (const [i, value] of values.entries()) view.setUint32(4 * i, value, true);
  return new Uint8Array(view.buffer);
}
