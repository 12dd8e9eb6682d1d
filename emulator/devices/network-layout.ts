import { PAGE_SIZE } from "../memory/physical.ts";

/**
 * Where the network interface's state lies, in bytes from its base, which is the first page behind RAM and the disk: nothing of it
 * is kept elsewhere, so a copy of these bytes is a copy of the interface.
 *
 *     0x0000  +---------------------------+
 *             | control                   |  one page: the words below
 *     0x1000  +---------------------------+
 *             | frames to be transmitted  |  2 KiB each
 *     0x9000  +---------------------------+
 */

/** The longest frame in bytes: an Ethernet header and 1500 bytes of data, without the check sequence (IEEE 802.3, 3.2). */
export const FRAME_BYTES_MAX = 1514;
/** Frames that wait for the line at most, the one on it included. */
export const NETWORK_QUEUE = 16;

/** Words of the control page. Fields named `...F64` are binary64 that hold an integer. */
export const NETWORK_CONTROL = {
  latency: 0,
  isLoopback: 4,
  /** The ring of frames: which slot is on the line, and how many are there. */
  queueFirst: 8,
  queueCount: 12,
  /** The step at which the frame on the line has left; 0 when there is none. */
  leavesF64: 16,
  /** Frames accepted for transmission and frames received since the machine was made. */
  sentF64: 24,
  receivedF64: 32,
  /** The length of each frame of the ring. */
  lengths: 256,
} as const;

export const NETWORK_DATA = { frames: PAGE_SIZE, frameBytes: 2048 } as const;

/** Bytes that an interface takes; whole pages. */
export const NETWORK_BYTES = NETWORK_DATA.frames + NETWORK_QUEUE * NETWORK_DATA.frameBytes;
