/** What an instruction does to the flow of control, by its encoding (Unpriv §2.5, §16.4): all that a step needs to know. */

export interface InstructionFlow {
  readonly length: 2 | 4;
  /** It leaves a return address in ra or t0 (the hints of Unpriv §2.5.1, JALR). */
  readonly isCall: boolean;
}

const LINKS = new Set([1, 5]);

/** Decodes the flow of the instruction whose bytes these are; undefined when there are too few. */
export function flowOf(bytes: Uint8Array | undefined): InstructionFlow | undefined {
  if (bytes === undefined || bytes.length < 2) return undefined;
  const low = (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
  if ((low & 3) !== 3) return { length: 2, isCall: isCompressedCall(low) };
  if (bytes.length < 4) return undefined;
  const opcode = low & 0x7f;
  const rd = (low >>> 7) & 31;
  return { length: 4, isCall: (opcode === 0x6f || opcode === 0x67) && LINKS.has(rd) };
}

function isCompressedCall(word: number): boolean {
  // c.jal: quadrant 1, funct3 001 (RV32 only); c.jalr: quadrant 2, funct4 1001, rs1 not 0, rs2 0.
  if ((word & 0xe003) === 0x2001) return true;
  return (word & 0xf07f) === 0x9002 && ((word >>> 7) & 31) !== 0;
}
