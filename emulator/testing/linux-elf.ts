/** The least executable that Linux's loader takes (System V ABI, Program Header; psABI, e_flags): code and data at fixed addresses. */

const PAGE = 4096;
const HEADERS = 52 + 2 * 32;
const [EXECUTABLE, WRITABLE, READABLE] = [1, 2, 4];

export interface Placed {
  /** At a multiple of a page. */
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** An ELF file of RV32 with C, soft-float, that begins at its code's first instruction. */
export function linuxElf(code: Placed, data: Placed): Uint8Array {
  const codeAt = PAGE;
  const dataAt = codeAt + Math.ceil(code.bytes.length / PAGE) * PAGE;
  const file = new Uint8Array(dataAt + data.bytes.length);
  const view = new DataView(file.buffer);
  const halves = (at: number, ...values: number[]) => {
    for (const [i, value] of values.entries()) view.setUint16(at + i * 2, value, true);
  };
  const words = (at: number, ...values: number[]) => {
    for (const [i, value] of values.entries()) view.setUint32(at + i * 4, value, true);
  };
  // e_ident: 32 bits, little endian, version 1.
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  // ET_EXEC, EM_RISCV
  halves(16, 2, 243);
  // e_version, e_entry, e_phoff, e_shoff, e_flags: EF_RISCV_RVC
  words(20, 1, code.address, 52, 0, 1);
  // e_ehsize, e_phentsize, e_phnum, e_shentsize
  halves(40, 52, 32, 2, 40);
  const segment = (index: number, offset: number, { address, bytes }: Placed, flags: number) =>
    // PT_LOAD
    words(52 + index * 32, 1, offset, address, address, bytes.length, bytes.length, flags, PAGE);
  segment(0, codeAt, code, READABLE | EXECUTABLE);
  segment(1, dataAt, data, READABLE | WRITABLE);
  if (HEADERS > codeAt) throw new Error("the headers fit in a page");
  file.set(code.bytes, codeAt);
  file.set(data.bytes, dataAt);
  return file;
}
