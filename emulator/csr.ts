import { STATE } from "./state-layout.ts";

/**
 * The control and status registers that exist. The u-registers are those of the withdrawn "N" extension, which gives
 * user code its own trap handling: what an exokernel wants, since a libOS then returns from an upcall by itself.
 */
export const CSR = {
  fflags: 0x001,
  frm: 0x002,
  fcsr: 0x003,
  ustatus: 0x000,
  uie: 0x004,
  utvec: 0x005,
  uscratch: 0x040,
  uepc: 0x041,
  ucause: 0x042,
  utval: 0x043,
  uip: 0x044,
  cycle: 0xc00,
  time: 0xc01,
  instret: 0xc02,
  cycleh: 0xc80,
  timeh: 0xc81,
  instreth: 0xc82,
} as const;

/** N 1.1, User Status Register: UIE enables interrupts, UPIE is what it was before the trap. All else reads 0. */
export const USTATUS = { UIE: 1 << 0, UPIE: 1 << 4 } as const;

export interface CsrRow {
  readonly name: string;
  readonly number: number;
  readonly meaning: string;
  /** Its word in the state area; counters have none, they are computed. */
  readonly offset?: number;
  /** Where in that word it begins; at bit 0 unless given. */
  readonly shift?: number;
  /** The bits that a write can change; the others read 0 (WARL, Priv §2.3). */
  readonly writable: number;
  /** The bits that an instruction of the guest can change, where that is fewer. */
  readonly guestWritable?: number;
}

export const CSR_ROWS: readonly CsrRow[] = [
  {
    name: "fflags",
    number: CSR.fflags,
    meaning:
      "exceptions of floating-point arithmetic that have accrued: NX (bit 0), UF, OF, DZ, NV (bit 4)",
    offset: STATE.fcsr,
    writable: 0x1f,
  },
  {
    name: "frm",
    number: CSR.frm,
    meaning: "rounding mode of the instructions that name none",
    offset: STATE.fcsr,
    shift: 5,
    writable: 7,
  },
  {
    name: "fcsr",
    number: CSR.fcsr,
    meaning: "fflags (bits 4:0) and frm (bits 7:5)",
    offset: STATE.fcsr,
    writable: 0xff,
  },
  {
    name: "ustatus",
    number: CSR.ustatus,
    meaning: "user status: UIE (bit 0) and UPIE (bit 4)",
    offset: STATE.ustatus,
    writable: USTATUS.UIE | USTATUS.UPIE,
  },
  {
    name: "uie",
    number: CSR.uie,
    meaning:
      "user interrupt enable: kept for the libOS, the machine itself looks only at ustatus.UIE",
    offset: STATE.uie,
    writable: -1,
  },
  {
    // Deviation: direct mode only. An entry per cause is the kernel's to offer (docs/contract.md, 17).
    name: "utvec",
    number: CSR.utvec,
    meaning: "user trap vector: where upcalls enter that have no entry of their own",
    offset: STATE.utvec,
    writable: ~3,
  },
  {
    name: "uscratch",
    number: CSR.uscratch,
    meaning: "a word for the upcall entry to use",
    offset: STATE.uscratch,
    writable: -1,
  },
  {
    name: "uepc",
    number: CSR.uepc,
    meaning: "user exception program counter: where uret jumps",
    offset: STATE.uepc,
    writable: ~1,
  },
  {
    name: "ucause",
    number: CSR.ucause,
    meaning: "why the upcall came",
    offset: STATE.ucause,
    writable: -1,
  },
  {
    name: "utval",
    number: CSR.utval,
    meaning: "the upcall's value, for a fault the address",
    offset: STATE.utval,
    writable: -1,
  },
  {
    name: "uip",
    number: CSR.uip,
    meaning: "user interrupts pending; the kernel writes it, a guest only reads it",
    offset: STATE.uip,
    writable: -1,
    guestWritable: 0,
  },
  { name: "cycle", number: CSR.cycle, meaning: "steps and modelled charge", writable: 0 },
  { name: "time", number: CSR.time, meaning: "steps", writable: 0 },
  { name: "instret", number: CSR.instret, meaning: "instructions retired", writable: 0 },
  { name: "cycleh", number: CSR.cycleh, meaning: "upper half of cycle", writable: 0 },
  { name: "timeh", number: CSR.timeh, meaning: "upper half of time", writable: 0 },
  { name: "instreth", number: CSR.instreth, meaning: "upper half of instret", writable: 0 },
];

// All 4,096 numbers, since it is asked at each switch from one program to another.
const byNumber: readonly (CsrRow | undefined)[] = Array.from({ length: 0x1000 }, (_, number) =>
  CSR_ROWS.find((row) => row.number === number),
);
const byName = new Map(CSR_ROWS.map((row) => [row.name, row]));

/** The row of CSR `number`, or undefined if the machine has none: using it is an illegal instruction. */
export function csrRow(number: number): CsrRow | undefined {
  return byNumber[number];
}

/** "uepc" for 0x041; a number that names no register is written as itself. */
export function csrName(number: number): string {
  return byNumber[number]?.name ?? `0x${number.toString(16)}`;
}

export function csrNumber(name: string): number | undefined {
  return byName.get(name)?.number;
}

/** Priv §2.1, CSR Address Mapping Conventions: the two top bits of the number set means read-only. */
export function isReadOnlyCsr(number: number): boolean {
  return (number & 0xc00) === 0xc00;
}
