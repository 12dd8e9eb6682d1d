import { PAGE_SHIFT } from "./memory/physical.ts";

/** A range of physical bytes that someone wants to hear of: of any length, also across pages. */
export interface Watch {
  /** The caller's name for it; a second watch with the same id replaces the first. */
  readonly id: number;
  readonly pa: number;
  /** In bytes, 1 or more. */
  readonly length: number;
  readonly read: boolean;
  readonly write: boolean;
}

/** One access that a watch waited for. */
export interface WatchHit {
  readonly id: number;
  readonly access: "read" | "write";
  /** The access itself: it overlaps the watched range, and may reach beyond it. */
  readonly pa: number;
  readonly size: number;
  /** Where `before` and `after` begin: the watched range, or the part of it that was touched if it is longer than WHOLE_MAX bytes. */
  readonly from: number;
  /** The bytes as they were before the instruction, or before the write by someone else. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Of a range of up to so many bytes a hit shows all, of a longer one the part that was touched. */
const WHOLE_MAX = 64;

/** A hit of which `after` isn't known yet. */
type OpenHit = Omit<WatchHit, "after">;

/**
 * The physical ranges at whose access a run stops. They belong to whoever debugs the machine, not to the machine: snapshots
 * and hashes don't cover them, and a run with watches retires the same instructions as one without.
 *
 * What it costs: frames with a watch are kept out of the lookasides, so that each access to one of them takes the slow path
 * and is compared here; accesses elsewhere never ask. Fetching an instruction is no read.
 *
 * Guests' accesses end the run at once (`Machine.run`). Writes by others, as the kernel's, are kept until someone takes them.
 */
export class Watchpoints {
  /** 1 for each frame that a watch touches. */
  readonly frames: Uint8Array;
  /** The instruction that made the hits in `guestHits`. */
  guestPc = 0;
  /** Called when a write by someone other than the guest is noted. */
  onOutsideHit: () => void = () => {};
  readonly #bytes: Uint8Array;
  /** Called when `frame` starts to be watched: from then on no access to it may take the fast path. */
  readonly #onFrameWatched: (frame: number) => void;
  readonly #watches = new Map<number, Watch>();
  readonly #byFrame = new Map<number, Watch[]>();
  #guest: OpenHit[] = [];
  #outside: WatchHit[] = [];
  #outsideOpen: OpenHit[] = [];
  #isBlind = false;

  constructor(bytes: Uint8Array, frames: Uint8Array, onFrameWatched: (frame: number) => void) {
    this.#bytes = bytes;
    this.frames = frames;
    this.#onFrameWatched = onFrameWatched;
  }

  /** Begins to watch. What lies outside RAM is never accessed, and so never hit. */
  set(watch: Watch): void {
    this.clear(watch.id);
    this.#watches.set(watch.id, watch);
    for (const frame of this.#framesOf(watch.pa, watch.length)) {
      const there = this.#byFrame.get(frame);
      if (there) {
        there.push(watch);
        continue;
      }
      this.#byFrame.set(frame, [watch]);
      this.frames[frame] = 1;
      this.#onFrameWatched(frame);
    }
  }

  clear(id: number): void {
    const watch = this.#watches.get(id);
    if (!watch) return;
    this.#watches.delete(id);
    for (const frame of this.#framesOf(watch.pa, watch.length)) {
      const left = (this.#byFrame.get(frame) ?? []).filter((other) => other !== watch);
      if (left.length > 0) {
        this.#byFrame.set(frame, left);
      } else {
        this.#byFrame.delete(frame);
        this.frames[frame] = 0;
      }
    }
  }

  /** Forgets all watches, and all hits that nobody took. */
  clearAll(): void {
    for (const id of [...this.#watches.keys()]) this.clear(id);
    this.forgetHits();
  }

  /** All watches, in the order in which they were set. */
  list(): Watch[] {
    return [...this.#watches.values()];
  }

  /** What happens in `work` is no hit: for what the one who watches does himself. */
  unobserved<Result>(work: () => Result): Result {
    const was = this.#isBlind;
    this.#isBlind = true;
    // What others wrote before must not seem to be followed by this.
    this.#settle();
    try {
      return work();
    } finally {
      this.#isBlind = was;
    }
  }

  /**
   * Notes that the instruction at `pc` is about to access `size` bytes at `pa`, in a watched frame, and returns whether a
   * watch waits for that. It must then complete without a trap, or `forgetGuest` be called.
   */
  guestAccess(pc: number, pa: number, size: number, isRead: boolean, isWrite: boolean): boolean {
    if (this.#isBlind) return false;
    for (const watch of this.#byFrame.get(pa >>> PAGE_SHIFT) ?? []) {
      if (!overlaps(watch, pa, size)) continue;
      if (isRead && watch.read) this.#guest.push(this.#open(watch, "read", pa, size));
      if (isWrite && watch.write) this.#guest.push(this.#open(watch, "write", pa, size));
    }
    this.guestPc = pc >>> 0;
    return this.#guest.length > 0;
  }

  /** The access that was announced doesn't take place: a store-conditional that fails. */
  forgetGuest(): void {
    this.#guest.length = 0;
  }

  /** Forgets what nobody took: the machine is put into another moment. */
  forgetHits(): void {
    this.#guest = [];
    this.#outside = [];
    this.#outsideOpen = [];
  }

  get hasGuestHits(): boolean {
    return this.#guest.length > 0;
  }

  /** The hits of the instruction that has just been executed. */
  takeGuestHits(): WatchHit[] {
    const hits = this.#guest.map((hit) => this.#completed(hit));
    this.#guest = [];
    return hits;
  }

  /** Notes that someone other than the guest is about to write `length` bytes at `pa`. */
  outsideWrite(pa: number, length: number): void {
    if (this.#isBlind) return;
    const touched = new Set<Watch>();
    for (const frame of this.#framesOf(pa, length)) {
      for (const watch of this.#byFrame.get(frame) ?? []) {
        if (watch.write && overlaps(watch, pa, length)) touched.add(watch);
      }
    }
    if (touched.size === 0) return;
    this.#settle();
    for (const watch of touched) {
      this.#outsideOpen.push(this.#open(watch, "write", pa, length));
    }
    this.onOutsideHit();
  }

  get hasOutsideHits(): boolean {
    return this.#outside.length > 0 || this.#outsideOpen.length > 0;
  }

  /** The writes by others since this was last asked, in their order. */
  takeOutsideHits(): WatchHit[] {
    this.#settle();
    const hits = this.#outside;
    this.#outside = [];
    return hits;
  }

  /** What the last write by others left is what is there now: nobody has written since. */
  #settle(): void {
    for (const hit of this.#outsideOpen) this.#outside.push(this.#completed(hit));
    this.#outsideOpen.length = 0;
  }

  #open(watch: Watch, access: "read" | "write", pa: number, size: number): OpenHit {
    const isWhole = watch.length <= WHOLE_MAX;
    const from = isWhole ? watch.pa : Math.max(watch.pa, pa);
    const end = watch.pa + watch.length;
    const before = this.#bytes.slice(from, isWhole ? end : Math.min(end, pa + size));
    return { id: watch.id, access, pa, size, from, before };
  }

  #completed(hit: OpenHit): WatchHit {
    return { ...hit, after: this.#bytes.slice(hit.from, hit.from + hit.before.length) };
  }

  *#framesOf(pa: number, length: number): Generator<number> {
    const last = Math.min((pa + length - 1) >>> PAGE_SHIFT, this.frames.length - 1);
    for (let frame = pa >>> PAGE_SHIFT; frame <= last; frame++) yield frame;
  }
}

function overlaps(watch: Watch, pa: number, size: number): boolean {
  return pa < watch.pa + watch.length && watch.pa < pa + size;
}
