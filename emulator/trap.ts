/** Why an instruction could not complete. The numbers are the manual's, so that a guest reads what it would on hardware. */

/** Priv §3.1.15, Machine Cause Register: the exception codes that a machine with user mode only can raise. */
export const CAUSE = {
  instructionMisaligned: 0,
  instructionAccessFault: 1,
  illegalInstruction: 2,
  breakpoint: 3,
  loadMisaligned: 4,
  loadAccessFault: 5,
  storeMisaligned: 6,
  storeAccessFault: 7,
  ecall: 8,
  instructionPageFault: 12,
  loadPageFault: 13,
  storePageFault: 15,
} as const;
export type Cause = (typeof CAUSE)[keyof typeof CAUSE];

/** The manual's wording, in lower case; it also speaks of "AMO" where ours says "store", since an AMO faults as a store. */
const CAUSE_NAMES: Readonly<Record<Cause, string>> = {
  [CAUSE.instructionMisaligned]: "instruction address misaligned",
  [CAUSE.instructionAccessFault]: "instruction access fault",
  [CAUSE.illegalInstruction]: "illegal instruction",
  [CAUSE.breakpoint]: "breakpoint",
  [CAUSE.loadMisaligned]: "load address misaligned",
  [CAUSE.loadAccessFault]: "load access fault",
  [CAUSE.storeMisaligned]: "store address misaligned",
  [CAUSE.storeAccessFault]: "store access fault",
  [CAUSE.ecall]: "environment call",
  [CAUSE.instructionPageFault]: "instruction page fault",
  [CAUSE.loadPageFault]: "load page fault",
  [CAUSE.storePageFault]: "store page fault",
};

/** The name of `cause` for a person: "store page fault". A number that is no cause of ours gives "cause 42". */
export function causeName(cause: number): string {
  return CAUSE_NAMES[cause as Cause] ?? `cause ${cause}`;
}
