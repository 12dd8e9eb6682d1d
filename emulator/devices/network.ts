import { assert } from "../assert.ts";
import { DeviceState, type Touched } from "./device-state.ts";
import {
  NETWORK_CONTROL as CONTROL,
  FRAME_BYTES_MAX,
  NETWORK_BYTES,
  NETWORK_DATA,
  NETWORK_QUEUE,
} from "./network-layout.ts";

export interface NetworkConfiguration {
  /** Whether what is transmitted arrives at this machine again; false unless given. */
  readonly loopback?: boolean;
  /** Steps for which a frame is on the line, one frame after the other. A model; no line is measured. */
  readonly latency?: number;
}

/** Ours, and invented: a tenth of a slice. */
export const DEFAULT_NETWORK_LATENCY = 1000;

/** The address of every machine's interface: locally administered (IEEE 802, 8.4), and `exo` in the middle. */
export const NETWORK_ADDRESS: readonly number[] = [0x02, 0x65, 0x78, 0x6f, 0x00, 0x01];

/** Frames that left this machine, that came from outside, and those sent that have come back over the loopback. */
export type FrameWay = "sent" | "received" | "looped";

/** A frame that has left the line. */
export interface LeftFrame {
  /** What `transmit` returned for it. */
  readonly number: number;
  readonly bytes: Uint8Array;
  /** Whether it arrives at this machine now. */
  readonly isLooped: boolean;
}

/**
 * A network interface: frames out through a short queue, and frames in. It keeps no frame that has arrived: whoever is told of one
 * takes it or loses it, so that there is no buffer here that one receiver could fill to another's harm.
 *
 * All its state lies behind RAM (network-layout.ts). It knows no clock: whoever asks says at which step.
 */
export class NetworkDevice {
  /** Called with each frame when it has left or arrived. What it does is outside the machine and must not reach back into it. */
  onFrame: ((bytes: Uint8Array, way: FrameWay) => void) | undefined;
  readonly #state: DeviceState;

  /** `touched` hears of each write, by its distance from the begin of RAM, which is `base` bytes before the interface. */
  constructor(
    buffer: ArrayBuffer,
    ramBase: number,
    base: number,
    { loopback = false, latency = DEFAULT_NETWORK_LATENCY }: NetworkConfiguration = {},
    touched?: Touched,
  ) {
    assert(
      Number.isInteger(latency) && latency >= 0 && latency <= 0x7fff_ffff,
      `a frame is on the line for 0 to 2147483647 steps, not ${latency}`,
    );
    this.#state = new DeviceState(buffer, ramBase, base, NETWORK_BYTES, touched);
    this.#state.set(CONTROL.latency, latency);
    this.#state.set(CONTROL.isLoopback, loopback ? 1 : 0);
  }

  /** The step at which the frame on the line has left, Infinity while there is none. */
  get nextDeparture(): number {
    return this.waiting === 0 ? Number.POSITIVE_INFINITY : this.#state.getDouble(CONTROL.leavesF64);
  }

  /** Frames accepted for transmission that have not left. */
  get waiting(): number {
    return this.#state.get(CONTROL.queueCount);
  }

  get isFull(): boolean {
    return this.waiting === NETWORK_QUEUE;
  }

  get isLoopback(): boolean {
    return this.#state.get(CONTROL.isLoopback) !== 0;
  }

  /** Frames accepted for transmission since the machine was made; a power failure does not set it back. */
  get sent(): number {
    return this.#state.getDouble(CONTROL.sentF64);
  }

  /** Frames that have arrived since the machine was made, whatever became of them. */
  get received(): number {
    return this.#state.getDouble(CONTROL.receivedF64);
  }

  /** All the interface's state as words, for a hash. */
  get words(): Int32Array {
    const { buffer, byteOffset, length } = this.#state.bytes;
    return new Int32Array(buffer, byteOffset, length >>> 2);
  }

  /** Takes a frame to transmit at step `now` and returns its number, counted from 1. There must be room. */
  transmit(now: number, frame: Uint8Array): number {
    assert(!this.isFull, "the interface's queue has room");
    assertFrame(frame);
    const slot = (this.#state.get(CONTROL.queueFirst) + this.waiting) % NETWORK_QUEUE;
    this.#state.set(CONTROL.lengths + 4 * slot, frame.length);
    this.#state.write(frameAt(slot), frame);
    this.#state.setDouble(CONTROL.sentF64, this.sent + 1);
    this.#state.set(CONTROL.queueCount, this.waiting + 1);
    if (this.waiting === 1) this.#putOnLine(now);
    return this.sent;
  }

  /** The frame on the line if it has left by step `now`; the next one is on the line from then on. */
  leave(now: number): LeftFrame | undefined {
    const step = this.nextDeparture;
    if (now < step) return undefined;
    const slot = this.#state.get(CONTROL.queueFirst);
    const number = this.sent - this.waiting + 1;
    const length = this.#state.get(CONTROL.lengths + 4 * slot);
    const bytes = this.#state.bytes.slice(frameAt(slot), frameAt(slot) + length);
    this.#state.set(CONTROL.lengths + 4 * slot, 0);
    this.#state.clear(frameAt(slot), length);
    this.#state.set(CONTROL.queueFirst, (slot + 1) % NETWORK_QUEUE);
    this.#state.set(CONTROL.queueCount, this.waiting - 1);
    this.#putOnLine(step);
    this.onFrame?.(bytes, "sent");
    return { number, bytes, isLooped: this.isLoopback };
  }

  /** Counts a frame that arrives and returns its number, from 1 on. Where its bytes go is the caller's decision. */
  receive(frame: Uint8Array, way: "received" | "looped"): number {
    assertFrame(frame);
    this.#state.setDouble(CONTROL.receivedF64, this.received + 1);
    this.onFrame?.(frame, way);
    return this.received;
  }

  /** The power has failed: what waited for the line is lost, the counts go on. */
  reset(): void {
    this.#state.set(CONTROL.queueFirst, 0);
    this.#state.set(CONTROL.queueCount, 0);
    this.#state.setDouble(CONTROL.leavesF64, 0);
    this.#state.clear(CONTROL.lengths, 4 * NETWORK_QUEUE);
    this.#state.clear(NETWORK_DATA.frames, NETWORK_BYTES - NETWORK_DATA.frames);
  }

  #putOnLine(now: number): void {
    // Never at once: a frame has left after the step at which it was accepted.
    const leaves = this.waiting === 0 ? 0 : now + Math.max(1, this.#state.get(CONTROL.latency));
    this.#state.setDouble(CONTROL.leavesF64, leaves);
  }
}

const frameAt = (slot: number): number => NETWORK_DATA.frames + slot * NETWORK_DATA.frameBytes;

function assertFrame({ length }: Uint8Array): void {
  assert(
    length >= 1 && length <= FRAME_BYTES_MAX,
    `a frame has 1 to ${FRAME_BYTES_MAX} bytes, not ${length}`,
  );
}
