/**
 * Where each piece of machine state lives in the linear memory: the one source of these offsets for the interpreter and for
 * emitted code alike. Nothing else holds a register, a TLB entry or a device's state, so a copy of these bytes, of RAM and of
 * what lies behind it is a copy of the machine.
 *
 *     0x0000  +---------------------------+
 *             | hart, CSRs, clock, TLB    |  one 64 KiB page of WebAssembly memory
 *             | counters, console queue   |
 *     0x8000  | TLB entries, 8 bytes each |
 *    0x10000  +---------------------------+
 *             | RAM, frame 0 first        |  pages * 4 KiB
 *             +---------------------------+
 *             | disk, if there is one     |  devices/disk-layout.ts
 *             +---------------------------+
 *             | network, if there is one  |  devices/network-layout.ts
 *             +---------------------------+
 *
 * All fields are little endian. A field named `...F64` is a binary64 that holds an integer (or Infinity); the others are 32 bits.
 */
export const STATE = {
  /** x0..x31. x0 stays 0: a write to x0 goes to `discard`, which is 0 whenever the machine isn't running. */
  x: 0x000,
  discard: 0x080,
  pc: 0x084,
  asid: 0x088,
  /** Physical address of the word that LR reserved, or NO_RESERVATION. */
  reservation: 0x08c,

  ustatus: 0x0c0,
  uie: 0x0c4,
  utvec: 0x0c8,
  uscratch: 0x0cc,
  uepc: 0x0d0,
  ucause: 0x0d4,
  utval: 0x0d8,
  uip: 0x0dc,
  /** fflags in bits 4:0, frm in bits 7:5 (Unpriv §11.2). */
  fcsr: 0x0e0,

  stepsF64: 0x100,
  trapsTakenF64: 0x108,
  idleStepsF64: 0x110,
  modelledChargeF64: 0x118,
  timerDeadlineF64: 0x120,

  tlbEntryCount: 0x140,
  /** The slot that the next new entry replaces. */
  tlbVictim: 0x144,

  consoleBytesWrittenF64: 0x160,
  consoleQueueHead: 0x168,
  consoleQueueLength: 0x16c,

  /** 1 from a power failure until the power comes back, and how often it has failed. */
  isPowerOff: 0x170,
  powerFailures: 0x174,

  /** f0..f31 of F and D, 8 bytes each. */
  f: 0x200,

  consoleQueue: 0x1000,
  tlb: 0x8000,
} as const satisfies Record<string, number>;

export const STATE_BYTES = 0x10000;
export const RAM_BASE = STATE_BYTES;

/** RAM addresses are multiples of 4, so this is the address of nothing. */
export const NO_RESERVATION = -1;

export const CONSOLE_QUEUE_BYTES = 0x4000;

/**
 * One TLB entry is two words:
 *
 *      31   30 28 27     20 19                       0
 *     +-------+-----+---------+-------------------------+
 *     | valid |  0  |  asid   |  virtual page number    |   tag
 *     +-------+-----+---------+-------------------------+
 *      31                                   4 3   0
 *     +--------------------------------------+------+
 *     |  physical frame number                | DXWR |   target
 *     +--------------------------------------+------+
 */
export const TLB_ENTRY_BYTES = 8;
export const TLB_ENTRIES_MAX = (STATE_BYTES - STATE.tlb) / TLB_ENTRY_BYTES;
