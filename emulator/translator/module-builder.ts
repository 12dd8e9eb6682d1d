/** Bytes of a WebAssembly module, by the sections that emitted code needs (WebAssembly Core 2.0, chapter 5). */

export const I32 = 0x7f;
export const I64 = 0x7e;
const F32 = 0x7d;
export const F64 = 0x7c;
const FUNCTION_TYPE = 0x60;
const FUNCTION_REFERENCE = 0x70;

/** Opcodes, by their names in the text format. */
export const OP = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  drop: 0x1a,
  select: 0x1b,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  i32Load: 0x28,
  i64Load: 0x29,
  f32Load: 0x2a,
  f64Load: 0x2b,
  i32Load8S: 0x2c,
  i32Load8U: 0x2d,
  i32Load16S: 0x2e,
  i32Load16U: 0x2f,
  i64Load32U: 0x35,
  i32Store: 0x36,
  i64Store: 0x37,
  f32Store: 0x38,
  f64Store: 0x39,
  i32Store8: 0x3a,
  i32Store16: 0x3b,
  i32Const: 0x41,
  i64Const: 0x42,
  f32Const: 0x43,
  f64Const: 0x44,
  i32Eqz: 0x45,
  i32Eq: 0x46,
  i32Ne: 0x47,
  i32LtS: 0x48,
  i32LtU: 0x49,
  i32GtS: 0x4a,
  i32GtU: 0x4b,
  i32LeS: 0x4c,
  i32LeU: 0x4d,
  i32GeS: 0x4e,
  i32GeU: 0x4f,
  i64Eqz: 0x50,
  i64Eq: 0x51,
  i64Ne: 0x52,
  i64LtS: 0x53,
  i64LtU: 0x54,
  i64LeS: 0x57,
  i64LeU: 0x58,
  f32Eq: 0x5b,
  f32Lt: 0x5d,
  f32Gt: 0x5e,
  f32Le: 0x5f,
  f64Eq: 0x61,
  f64Ne: 0x62,
  f64Lt: 0x63,
  f64Gt: 0x64,
  f64Le: 0x65,
  f64Ge: 0x66,
  i32Clz: 0x67,
  i32Ctz: 0x68,
  i32Popcnt: 0x69,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32Mul: 0x6c,
  i32DivS: 0x6d,
  i32DivU: 0x6e,
  i32RemS: 0x6f,
  i32RemU: 0x70,
  i32And: 0x71,
  i32Or: 0x72,
  i32Xor: 0x73,
  i32Shl: 0x74,
  i32ShrS: 0x75,
  i32ShrU: 0x76,
  i32Rotl: 0x77,
  i32Rotr: 0x78,
  i64Add: 0x7c,
  i64Sub: 0x7d,
  i64Mul: 0x7e,
  i64And: 0x83,
  i64Or: 0x84,
  i64Xor: 0x85,
  i64Shl: 0x86,
  i64ShrS: 0x87,
  i64ShrU: 0x88,
  f32Abs: 0x8b,
  f32Sqrt: 0x91,
  f32Add: 0x92,
  f32Sub: 0x93,
  f32Mul: 0x94,
  f32Div: 0x95,
  f64Abs: 0x99,
  f64Neg: 0x9a,
  f64Ceil: 0x9b,
  f64Floor: 0x9c,
  f64Trunc: 0x9d,
  f64Nearest: 0x9e,
  f64Sqrt: 0x9f,
  f64Add: 0xa0,
  f64Sub: 0xa1,
  f64Mul: 0xa2,
  f64Div: 0xa3,
  i32WrapI64: 0xa7,
  i32TruncF64S: 0xaa,
  i32TruncF64U: 0xab,
  i64ExtendI32S: 0xac,
  i64ExtendI32U: 0xad,
  f32DemoteF64: 0xb6,
  f64ConvertI32S: 0xb7,
  f64ConvertI32U: 0xb8,
  f64ConvertI64S: 0xb9,
  f64ConvertI64U: 0xba,
  f64PromoteF32: 0xbb,
  i64ReinterpretF64: 0xbd,
  f32ReinterpretI32: 0xbe,
  f64ReinterpretI64: 0xbf,
  i32Extend8S: 0xc0,
  i32Extend16S: 0xc1,
} as const;

/** A growing run of bytes. */
export class Bytes {
  #bytes = new Uint8Array(256);
  length = 0;

  byte(value: number): this {
    if (this.length === this.#bytes.length) this.#grow(this.length * 2);
    this.#bytes[this.length++] = value;
    return this;
  }

  /** An unsigned number of 32 bits, LEB128. */
  u32(value: number): this {
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    return this.byte(rest);
  }

  /** A signed number of 32 bits, LEB128. */
  s32(value: number): this {
    let rest = value | 0;
    for (;;) {
      const low = rest & 0x7f;
      rest >>= 7;
      if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) {
        return this.byte(low);
      }
      this.byte(low | 0x80);
    }
  }

  s64(value: bigint): this {
    let rest = BigInt.asIntN(64, value);
    for (;;) {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      if ((rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0)) {
        return this.byte(low);
      }
      this.byte(low | 0x80);
    }
  }

  name(text: string): this {
    this.u32(text.length);
    for (let i = 0; i < text.length; i++) this.byte(text.charCodeAt(i));
    return this;
  }

  bytesOf(buffer: ArrayBuffer): this {
    for (const value of new Uint8Array(buffer)) this.byte(value);
    return this;
  }

  append(other: Bytes): this {
    const end = this.length + other.length;
    if (end > this.#bytes.length) this.#grow(Math.max(end, this.length * 2));
    this.#bytes.set(other.done(), this.length);
    this.length = end;
    return this;
  }

  done(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  #grow(size: number): void {
    const grown = new Uint8Array(size);
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

/** The body of one function, without its locals. */
export class Code extends Bytes {
  op(opcode: number): this {
    return this.byte(opcode);
  }

  const(value: number): this {
    return this.byte(OP.i32Const).s32(value);
  }

  long(value: bigint): this {
    return this.byte(OP.i64Const).s64(value);
  }

  double(value: number): this {
    return this.byte(OP.f64Const).bytesOf(new Float64Array([value]).buffer);
  }

  /** A single; `value` is one. */
  single(value: number): this {
    return this.byte(OP.f32Const).bytesOf(new Float32Array([value]).buffer);
  }

  get(local: number): this {
    return this.byte(OP.localGet).u32(local);
  }

  set(local: number): this {
    return this.byte(OP.localSet).u32(local);
  }

  tee(local: number): this {
    return this.byte(OP.localTee).u32(local);
  }

  /** A load or store of 2^alignment bytes at the address on the stack plus `offset`. */
  memory(opcode: number, alignment: number, offset: number): this {
    return this.byte(opcode).u32(alignment).u32(offset);
  }

  /** A block, loop or if without a result. */
  begin(opcode: number): this {
    return this.byte(opcode).byte(0x40);
  }
}

export interface FunctionBody {
  /** How many there are of each kind: they are numbered in this order, after the parameters. */
  readonly i32Locals: number;
  readonly i64Locals: number;
  readonly f64Locals: number;
  readonly f32Locals: number;
  readonly code: Code;
  /** With fewer steps it does nothing. */
  readonly needs: number;
}

const PARAMETERS = 3;

/**
 * A module of functions (i32, i32, i32) -> i32 over an imported memory "m" "m" and, if somebody says how large, a table "m" "t"; each is
 * exported as "f" and its number.
 */
export function moduleOf(
  functions: readonly FunctionBody[],
  memoryPages: number,
  tableSize = 0,
): Uint8Array {
  const module = new Bytes();
  for (const byte of [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]) module.byte(byte);
  const section = (id: number, content: Bytes) =>
    module.byte(id).u32(content.length).append(content);

  const type = new Bytes().u32(1).byte(FUNCTION_TYPE).u32(PARAMETERS);
  for (let i = 0; i < PARAMETERS; i++) type.byte(I32);
  section(1, type.u32(1).byte(I32));
  const imported = new Bytes().u32(tableSize === 0 ? 1 : 2);
  imported.name("m").name("m").byte(2).byte(1).u32(memoryPages).u32(memoryPages);
  if (tableSize > 0) {
    imported
      .name("m")
      .name("t")
      .byte(1)
      .byte(FUNCTION_REFERENCE)
      .byte(1)
      .u32(tableSize)
      .u32(tableSize);
  }
  section(2, imported);
  const declared = new Bytes().u32(functions.length);
  for (const _ of functions) declared.u32(0);
  section(3, declared);
  const exported = new Bytes().u32(functions.length);
  for (let i = 0; i < functions.length; i++) exported.name(`f${i}`).byte(0).u32(i);
  section(7, exported);
  const code = new Bytes().u32(functions.length);
  for (const each of functions) {
    const locals = [
      [each.i32Locals, I32],
      [each.i64Locals, I64],
      [each.f64Locals, F64],
      [each.f32Locals, F32],
    ].filter(([count]) => count > 0);
    const body = new Bytes().u32(locals.length);
    for (const [count, type] of locals) body.u32(count).byte(type);
    body.append(each.code).byte(OP.end);
    code.u32(body.length).append(body);
  }
  section(10, code);
  return module.done();
}
