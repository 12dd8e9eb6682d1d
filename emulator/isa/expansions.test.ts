/**
 * What each compressed instruction expands to (Unpriv §16.3 to §16.5), with the ends of its immediates and registers that coincide: the two
 * do the same to the same machine, but for their lengths.
 */
import { expect, test } from "vitest";
import { CODE, DATA, guest } from "../testing/guest.ts";
import { EDGES } from "../testing/instruction-model.ts";
import { INSTRUCTIONS } from "./instructions.ts";

const EXPANSIONS: readonly (readonly [compressed: string, base: string, section: string])[] = [
  ["c.lwsp a0, 0(sp)", "lw a0, 0(sp)", "§16.3: lw rd, offset[7:2](x2)"],
  ["c.lwsp sp, 252(sp)", "lw sp, 252(sp)", "§16.3: lw rd, offset[7:2](x2)"],
  ["c.lwsp t6, 128(sp)", "lw t6, 128(sp)", "§16.3: lw rd, offset[7:2](x2)"],
  ["c.swsp zero, 0(sp)", "sw zero, 0(sp)", "§16.3: sw rs2, offset[7:2](x2)"],
  ["c.swsp sp, 252(sp)", "sw sp, 252(sp)", "§16.3: sw rs2, offset[7:2](x2)"],
  ["c.swsp t6, 64(sp)", "sw t6, 64(sp)", "§16.3: sw rs2, offset[7:2](x2)"],
  ["c.lw s0, 0(s0)", "lw s0, 0(s0)", "§16.3: lw rd', offset[6:2](rs1')"],
  ["c.lw a5, 124(s0)", "lw a5, 124(s0)", "§16.3: lw rd', offset[6:2](rs1')"],
  ["c.lw s1, 64(a5)", "lw s1, 64(a5)", "§16.3: lw rd', offset[6:2](rs1')"],
  ["c.sw s0, 0(s0)", "sw s0, 0(s0)", "§16.3: sw rs2', offset[6:2](rs1')"],
  ["c.sw a5, 124(s0)", "sw a5, 124(s0)", "§16.3: sw rs2', offset[6:2](rs1')"],
  ["c.sw s1, 4(a5)", "sw s1, 4(a5)", "§16.3: sw rs2', offset[6:2](rs1')"],
  ["c.fldsp ft0, 0(sp)", "fld ft0, 0(sp)", "§16.3: fld rd, offset[8:3](x2)"],
  ["c.fldsp fa0, 504(sp)", "fld fa0, 504(sp)", "§16.3: fld rd, offset[8:3](x2)"],
  ["c.fldsp ft11, 256(sp)", "fld ft11, 256(sp)", "§16.3: fld rd, offset[8:3](x2)"],
  ["c.fsdsp ft0, 0(sp)", "fsd ft0, 0(sp)", "§16.3: fsd rs2, offset[8:3](x2)"],
  ["c.fsdsp fa5, 504(sp)", "fsd fa5, 504(sp)", "§16.3: fsd rs2, offset[8:3](x2)"],
  ["c.fsdsp ft11, 64(sp)", "fsd ft11, 64(sp)", "§16.3: fsd rs2, offset[8:3](x2)"],
  ["c.flwsp ft0, 0(sp)", "flw ft0, 0(sp)", "§16.3: flw rd, offset[7:2](x2)"],
  ["c.flwsp ft11, 252(sp)", "flw ft11, 252(sp)", "§16.3: flw rd, offset[7:2](x2)"],
  ["c.fswsp ft0, 0(sp)", "fsw ft0, 0(sp)", "§16.3: fsw rs2, offset[7:2](x2)"],
  ["c.fswsp ft11, 252(sp)", "fsw ft11, 252(sp)", "§16.3: fsw rs2, offset[7:2](x2)"],
  ["c.fld fs0, 0(s0)", "fld fs0, 0(s0)", "§16.3: fld rd', offset[7:3](rs1')"],
  ["c.fld fa5, 248(s0)", "fld fa5, 248(s0)", "§16.3: fld rd', offset[7:3](rs1')"],
  ["c.fsd fs0, 0(s0)", "fsd fs0, 0(s0)", "§16.3: fsd rs2', offset[7:3](rs1')"],
  ["c.fsd fa5, 248(s0)", "fsd fa5, 248(s0)", "§16.3: fsd rs2', offset[7:3](rs1')"],
  ["c.flw fs0, 0(s0)", "flw fs0, 0(s0)", "§16.3: flw rd', offset[6:2](rs1')"],
  ["c.flw fa5, 124(s1)", "flw fa5, 124(s1)", "§16.3: flw rd', offset[6:2](rs1')"],
  ["c.fsw fs0, 0(s0)", "fsw fs0, 0(s0)", "§16.3: fsw rs2', offset[6:2](rs1')"],
  ["c.fsw fa5, 124(s1)", "fsw fa5, 124(s1)", "§16.3: fsw rs2', offset[6:2](rs1')"],
  ["c.j 0x107fe", "jal zero, 0x107fe", "§16.4: jal x0, offset[11:1]"],
  ["c.j 0xf800", "jal zero, 0xf800", "§16.4: jal x0, offset[11:1]"],
  ["c.jal 0x10554", "jal ra, 0x10554", "§16.4: jal x1, offset[11:1]"],
  ["c.jal 0xfaaa", "jal ra, 0xfaaa", "§16.4: jal x1, offset[11:1]"],
  ["c.jr a0", "jalr zero, 0(a0)", "§16.4: jalr x0, 0(rs1)"],
  ["c.jr t6", "jalr zero, 0(t6)", "§16.4: jalr x0, 0(rs1)"],
  ["c.jalr a0", "jalr ra, 0(a0)", "§16.4: jalr x1, 0(rs1)"],
  ["c.jalr ra", "jalr ra, 0(ra)", "§16.4: jalr x1, 0(rs1)"],
  ["c.beqz s0, 0x100fe", "beq s0, zero, 0x100fe", "§16.4: beq rs1', x0, offset[8:1]"],
  ["c.beqz a5, 0xff00", "beq a5, zero, 0xff00", "§16.4: beq rs1', x0, offset[8:1]"],
  ["c.bnez s0, 0x100aa", "bne s0, zero, 0x100aa", "§16.4: bne rs1', x0, offset[8:1]"],
  ["c.bnez a5, 0xff54", "bne a5, zero, 0xff54", "§16.4: bne rs1', x0, offset[8:1]"],
  ["c.li a0, -32", "addi a0, zero, -32", "§16.5: addi rd, x0, imm[5:0]"],
  ["c.li t6, 31", "addi t6, zero, 31", "§16.5: addi rd, x0, imm[5:0]"],
  ["c.li zero, 5", "addi zero, zero, 5", "§16.5: with rd=x0 a HINT"],
  ["c.lui a0, 1", "lui a0, 1", "§16.5: lui rd, nzimm[17:12]"],
  ["c.lui t6, 31", "lui t6, 31", "§16.5: lui rd, nzimm[17:12]"],
  ["c.lui s0, 0xfffe0", "lui s0, 0xfffe0", "§16.5: lui rd, nzimm[17:12]"],
  ["c.lui zero, 0xfffff", "lui zero, 0xfffff", "§16.5: with rd=x0 a HINT"],
  ["c.addi a0, -32", "addi a0, a0, -32", "§16.5: addi rd, rd, nzimm[5:0]"],
  ["c.addi t6, 31", "addi t6, t6, 31", "§16.5: addi rd, rd, nzimm[5:0]"],
  ["c.addi a0, 0", "addi a0, a0, 0", "§16.5: with nzimm=0 a HINT"],
  ["c.addi16sp sp, -512", "addi sp, sp, -512", "§16.5: addi x2, x2, nzimm[9:4]"],
  ["c.addi16sp sp, 496", "addi sp, sp, 496", "§16.5: addi x2, x2, nzimm[9:4]"],
  ["c.addi16sp sp, 16", "addi sp, sp, 16", "§16.5: addi x2, x2, nzimm[9:4]"],
  ["c.addi4spn s0, sp, 4", "addi s0, sp, 4", "§16.5: addi rd', x2, nzuimm[9:2]"],
  ["c.addi4spn a5, sp, 1020", "addi a5, sp, 1020", "§16.5: addi rd', x2, nzuimm[9:2]"],
  ["c.addi4spn a0, sp, 512", "addi a0, sp, 512", "§16.5: addi rd', x2, nzuimm[9:2]"],
  ["c.slli a0, 1", "slli a0, a0, 1", "§16.5: slli rd, rd, shamt[5:0]"],
  ["c.slli t6, 31", "slli t6, t6, 31", "§16.5: slli rd, rd, shamt[5:0]"],
  ["c.slli zero, 1", "slli zero, zero, 1", "§16.5: with rd=x0 a HINT"],
  ["c.slli a0, 0", "slli a0, a0, 0", "§16.5: with shamt=0 a HINT"],
  ["c.srli s0, 1", "srli s0, s0, 1", "§16.5: srli rd', rd', shamt[5:0]"],
  ["c.srli a5, 31", "srli a5, a5, 31", "§16.5: srli rd', rd', shamt[5:0]"],
  ["c.srli a0, 0", "srli a0, a0, 0", "§16.5: with shamt=0 a HINT"],
  ["c.srai s0, 1", "srai s0, s0, 1", "§16.5: srai rd', rd', shamt[5:0]"],
  ["c.srai a5, 31", "srai a5, a5, 31", "§16.5: srai rd', rd', shamt[5:0]"],
  ["c.srai a0, 0", "srai a0, a0, 0", "§16.5: with shamt=0 a HINT"],
  ["c.andi s0, -32", "andi s0, s0, -32", "§16.5: andi rd', rd', imm[5:0]"],
  ["c.andi a5, 31", "andi a5, a5, 31", "§16.5: andi rd', rd', imm[5:0]"],
  ["c.andi a0, 0", "andi a0, a0, 0", "§16.5: andi rd', rd', imm[5:0]"],
  ["c.mv a0, a1", "add a0, zero, a1", "§16.5: add rd, x0, rs2"],
  ["c.mv t6, sp", "add t6, zero, sp", "§16.5: add rd, x0, rs2"],
  ["c.mv zero, a1", "add zero, zero, a1", "§16.5: with rd=x0 a HINT"],
  ["c.add a0, a1", "add a0, a0, a1", "§16.5: add rd, rd, rs2"],
  ["c.add t6, t6", "add t6, t6, t6", "§16.5: add rd, rd, rs2"],
  ["c.add zero, a1", "add zero, zero, a1", "§16.5: with rd=x0 a HINT"],
  ["c.and s0, a5", "and s0, s0, a5", "§16.5: and rd', rd', rs2'"],
  ["c.and a0, a0", "and a0, a0, a0", "§16.5: and rd', rd', rs2'"],
  ["c.or s0, a5", "or s0, s0, a5", "§16.5: or rd', rd', rs2'"],
  ["c.or a0, a0", "or a0, a0, a0", "§16.5: or rd', rd', rs2'"],
  ["c.xor s0, a5", "xor s0, s0, a5", "§16.5: xor rd', rd', rs2'"],
  ["c.xor a0, a0", "xor a0, a0, a0", "§16.5: xor rd', rd', rs2'"],
  ["c.sub s0, a5", "sub s0, s0, a5", "§16.5: sub rd', rd', rs2'"],
  ["c.sub a0, a0", "sub a0, a0, a0", "§16.5: sub rd', rd', rs2'"],
  ["c.nop", "addi zero, zero, 0", "§16.5: nop"],
  ["c.nop -32", "addi zero, zero, -32", "§16.5: with imm≠0 a HINT"],
  ["c.nop 31", "addi zero, zero, 31", "§16.5: with imm≠0 a HINT"],
  ["c.ebreak", "ebreak", "§16.5: ebreak"],
];

/** All that one step leaves of a machine whose registers are addresses of data, numbers, or an address of code. */
function step(instruction: string, round: number) {
  const { machine } = guest(instruction);
  for (let x = 1; x < 32; x++) {
    const edge = EDGES[(x * 7 + round * 11) % EDGES.length];
    machine.hart.setX(x, round % 2 === 0 ? edge : DATA + 0x400 + x * 4);
  }
  for (let f = 0; f < 32; f++) machine.hart.setF(f, BigInt(f) * 0x0123_4567_89ab_cdefn);
  if (round % 3 === 0) machine.hart.setX(2, DATA + 0x100);
  if (round === 3) for (const x of [8, 15]) machine.hart.setX(x, 0);
  for (let at = 0; at < 0x2000; at += 4) machine.memory.writeU32(8 * 4096 + at, at * 0x01020304);
  const stop = machine.run(1);
  const data = new Uint32Array(machine.memory.bytes.slice(8 * 4096, 10 * 4096).buffer);
  return {
    stop,
    pc: machine.hart.pc,
    registers: [...machine.hart.registers()],
    floats: [...machine.hart.floatWords()],
    data: [...data],
  };
}

test.each(EXPANSIONS)("%s is %s (%s)", (compressed, base) => {
  const isCall = compressed.startsWith("c.jal");
  const isJump = /^c\.(j|b)/.test(compressed);
  for (let round = 0; round < 6; round++) {
    const short = step(compressed, round);
    const long = step(base, round);
    if (isCall && long.stop.kind === "budget") {
      expect(short.registers[1]).toBe(CODE + 2);
      expect(long.registers[1]).toBe(CODE + 4);
      short.registers[1] = CODE + 4;
    }
    if (long.stop.kind === "budget" && (!isJump || long.pc === CODE + 4)) {
      expect(short.pc).toBe(CODE + 2);
      short.pc = CODE + 4;
    }
    expect(short).toEqual(long);
  }
});

test("every compressed instruction is here", () => {
  const here = new Set(EXPANSIONS.map(([compressed]) => compressed.split(" ")[0]));
  const missing = INSTRUCTIONS.filter(
    ({ extension, mnemonic }) => extension === "C" && !here.has(mnemonic),
  );
  expect(missing.map(({ mnemonic }) => mnemonic)).toEqual([]);
});
