/**
 * Where an access goes, inline: a look into a lookaside answers page, owner, right and alignment in one comparison, and gives the address
 * in RAM. What it does not answer leaves the region before the instruction.
 *
 * Accesses of a block by the same register mostly go to the page of the one before: then the offset in the page says so, and nothing is
 * looked up. A lookaside changes only while no emitted code runs.
 */
import type { Operation } from "../isa/instruction.ts";
import { LOOKASIDE_BASE, LOOKASIDE_PAGE } from "../memory/lookaside.ts";
import { type Code, OP } from "./module-builder.ts";

/** What an emitter lends for it. */
export interface Surroundings {
  readonly code: Code;
  /** Puts a register's value on the stack. */
  readonly get: (register: number) => void;
  /** From here on a leave is one before the instruction at `pc`, with so many steps of the block not done. */
  readonly willExit: (pc: number, undone: number) => void;
  /** Leaves if what is on the stack is not 0. */
  readonly exitIf: () => void;
  /** The same within an `if` without `else`. */
  readonly when: (emit: () => void) => void;
}

export interface Access {
  readonly pc: number;
  readonly undone: number;
  readonly register: number;
  readonly offset: number;
  /** What of an offset in a page must be 0 in an aligned address within it. */
  readonly mask: number;
}

export function accessOf({ pc, rs1, imm }: Operation, mask: number, undone: number): Access {
  return { pc, undone, register: rs1, offset: imm, mask };
}

/** Of the last access of a kind: by which register, and where from there its offset in the page is that of the local. */
interface Known {
  readonly register: number;
  readonly offset: number;
}

/** i32 locals that it takes, from `first` on. */
export const ADDRESS_LOCALS = 6;

export class Addresses {
  readonly #around: Surroundings;
  readonly #va: number;
  readonly #slot: number;
  readonly #first: number;
  /** i64: the word of whose address space it is, above 32 bits of 0. */
  readonly #owner: number;
  readonly #difference: number;
  readonly #places: readonly [loads: number, stores: number];
  readonly #known: [Known | undefined, Known | undefined] = [undefined, undefined];

  constructor(
    around: Surroundings,
    places: { readonly loads: number; readonly stores: number },
    first: number,
    firstLong: number,
  ) {
    this.#around = around;
    this.#va = first;
    this.#slot = first + 1;
    this.#first = first + 2;
    this.#owner = firstLong;
    this.#difference = firstLong + 1;
    this.#places = [places.loads, places.stores];
  }

  /** i64 locals that it takes. */
  static readonly LONG_LOCALS = 2;

  /** Where a function begins: `owner` is the local with the word of whose address space it is. */
  begin(owner: number): void {
    const { code } = this.#around;
    code.get(owner).op(OP.i64ExtendI32U).long(32n).op(OP.i64Shl).set(this.#owner);
  }

  /** Control may come here from elsewhere: nothing is known. */
  forget(): void {
    this.#known.fill(undefined);
  }

  /** A register has changed. */
  written(register: number): void {
    for (const kind of [0, 1]) {
      if (this.#known[kind]?.register === register) this.#known[kind] = undefined;
    }
  }

  load(access: Access): void {
    this.#address(0, access);
  }

  store(access: Access): void {
    this.#address(1, access);
  }

  /** Leaves the address in RAM on the stack. */
  #address(kind: 0 | 1, access: Access): void {
    const { code, when } = this.#around;
    const offset = this.#first + 2 * kind;
    const base = offset + 1;
    const known = this.#known[kind];
    if (known?.register === access.register) {
      const distance = access.offset - known.offset;
      code.get(offset);
      if (distance !== 0) code.const(distance).op(OP.i32Add).tee(offset);
      code.const(access.mask).op(OP.i32And);
      when(() => this.#lookUp(kind, access));
    } else {
      this.#lookUp(kind, access);
    }
    this.#known[kind] = access;
    code.get(offset).get(base).op(OP.i32Add);
  }

  #lookUp(kind: 0 | 1, { pc, undone, register, offset, mask }: Access): void {
    const { code, get, willExit, exitIf } = this.#around;
    const place = this.#places[kind];
    willExit(pc, undone);
    get(register);
    if (offset !== 0) code.const(offset).op(OP.i32Add);
    code.tee(this.#va).const(8).op(OP.i32ShrU).const(0x3ff0).op(OP.i32And).set(this.#slot);
    code.get(this.#va).op(OP.i64ExtendI32U).get(this.#owner).op(OP.i64Or);
    code
      .get(this.#slot)
      .memory(OP.i64Load, 3, place + LOOKASIDE_PAGE)
      .op(OP.i64Sub);
    code.tee(this.#difference).long(BigInt(mask)).op(OP.i64And).long(0n).op(OP.i64Ne);
    exitIf();
    code
      .get(this.#difference)
      .op(OP.i32WrapI64)
      .set(this.#first + 2 * kind);
    code.get(this.#slot).memory(OP.i32Load, 2, place + LOOKASIDE_BASE);
    code.set(this.#first + 2 * kind + 1);
  }
}
