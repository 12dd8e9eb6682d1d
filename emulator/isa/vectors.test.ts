import { describe, expect, test } from "vitest";
import { csrNumber } from "../csr.ts";
import type { Machine } from "../machine.ts";
import { CODE, DATA, ENGINES, guest } from "../testing/guest.ts";
import type { Cause } from "../trap.ts";
import { assemble } from "./assembler.ts";
import { BIT_MANIPULATION_VECTORS } from "./bit-manipulation-vectors.ts";
import { decode } from "./decode.ts";
import { instructionLength } from "./encoding.ts";
import { FLOAT_VECTORS, floatBits } from "./float-vectors.ts";
import { INSTRUCTIONS } from "./instructions.ts";
import {
  FLOAT_REGISTER_NAMES,
  floatRegisterIndex,
  REGISTER_NAMES,
  registerIndex,
} from "./registers.ts";
import { VECTORS } from "./vectors.ts";

const CSRS = ["ustatus", "uie", "utvec", "uscratch", "uepc", "ucause", "utval", "uip", "fcsr"];
const DATA_BYTES = 0x2000;

type State = Map<string, number | bigint>;

function parseState(text: string): State {
  return new Map(
    text
      .split(" ")
      .filter(Boolean)
      .map((part): [string, number | bigint] => {
        const [name, value] = part.split("=");
        if (floatRegisterIndex(name) !== undefined) return [name, floatBits(value)];
        return [name, Number(value) >>> 0];
      }),
  );
}

/** Everything that an instruction could change. */
function readState(machine: Machine): State {
  const { hart } = machine;
  const state: State = new Map([["pc", hart.pc]]);
  for (const [index, name] of REGISTER_NAMES.entries()) state.set(name, hart.x(index));
  for (const [index, name] of FLOAT_REGISTER_NAMES.entries()) state.set(name, hart.f(index));
  for (const name of CSRS) state.set(name, hart.readCsr(csrNumber(name)!));
  state.set("reservation", (virtual(hart.reservation) ?? -1) >>> 0);
  for (let offset = 0; offset < DATA_BYTES; offset += 4) {
    const value = machine.memory.readU32(physical(DATA + offset));
    state.set(`[0x${(DATA + offset).toString(16)}]`, value);
  }
  return state;
}

function physical(va: number): number {
  return 8 * 4096 + (va - DATA);
}

function virtual(pa: number | undefined): number | undefined {
  return pa === undefined ? undefined : pa - 8 * 4096 + DATA;
}

function writeState(machine: Machine, state: State): void {
  for (const [name, written] of state) {
    if (typeof written === "bigint") {
      machine.hart.setF(floatRegisterIndex(name)!, written);
      continue;
    }
    const value = written;
    const register = registerIndex(name);
    if (register !== undefined) machine.hart.setX(register, value);
    else if (csrNumber(name) !== undefined) machine.hart.writeCsr(csrNumber(name)!, value);
    else if (name.startsWith("["))
      machine.memory.writeU32(physical(Number(name.slice(1, -1))), value);
    else throw new Error(`'${name}' is nothing that a vector can set`);
  }
}

/** Reserves the word at `va` as a guest would: by LR. */
function reserve(machine: Machine, va: number): void {
  const saved = machine.hart.registers();
  machine.hart.setX(10, va);
  machine.hart.setPc(CODE + 0x1000);
  machine.memory.writeU32(5 * 4096, 0x1005_25af); // lr.w a1, (a0)
  expect(machine.run(1)).toEqual({ kind: "budget" });
  machine.hart.setRegisters(saved);
  machine.hart.setPc(CODE);
}

/** All that each instruction of the table is tried with. */
const ALL = [...VECTORS, ...BIT_MANIPULATION_VECTORS, ...FLOAT_VECTORS];

/** Whether the translator leaves an instruction to the interpreter, always. */
function isLeft(bits: number): boolean {
  const row = decode(bits);
  return (
    row === undefined ||
    ["Zicsr", "Zifencei", "N", "F", "D"].includes(row.extension) ||
    /^c.f/.test(row.mnemonic) ||
    ["ecall", "ebreak"].includes(row.expandsTo ?? row.mnemonic)
  );
}

/**
 * Lets control come to the instruction by a jump, after loads and stores to both pages of data, so that it is translated and its accesses
 * need no help of the interpreter; then everything is as it was, but for the clock.
 */
function warmUp(machine: Machine): void {
  const { bytes } = assemble("lw t0, 0(a0); sw t0, 0(a0); lw t0, 0(a1); sw t0, 0(a1); j CODE", {
    origin: CODE + 0x1800,
    symbols: { CODE },
  });
  machine.memory.writeBytes(5 * 4096 + 0x800, bytes);
  // So often control comes to the begin of a page before that is translated.
  for (let i = 0; i <= 16; i++) {
    machine.hart.setRegisters(new Uint32Array(32));
    machine.hart.setX(10, DATA);
    machine.hart.setX(11, DATA + 4096);
    machine.hart.setPc(CODE + 0x1800);
    machine.run(6);
  }
  machine.hart.setRegisters(new Uint32Array(32));
  for (const name of CSRS) machine.hart.writeCsr(csrNumber(name)!, 0);
  machine.hart.clearReservation();
  machine.memory.fill(8 * 4096, DATA_BYTES, 0);
  machine.hart.setPc(CODE);
}

describe.each(ENGINES)("%s", (engine) => {
  test.each(ALL)("%s with %s gives %s: %s", (instruction, before, after) => {
    const { machine } = guest(instruction, { engine });
    const bits = machine.memory.readU32(4 * 4096);
    if (engine !== "interpreter" && !isLeft(bits)) warmUp(machine);
    const given = parseState(before);
    if (!given.has("sp")) given.set("sp", DATA + 0x80);
    const reservation = given.get("reservation") as number | undefined;
    given.delete("reservation");
    if (reservation !== undefined) reserve(machine, reservation);
    writeState(machine, given);
    const expected = readState(machine);
    const results = parseState(after);
    const trap = results.get("trap") as Cause | undefined;
    if (trap === undefined) expected.set("pc", CODE + instructionLength(bits));
    for (const [name, value] of results) {
      if (name !== "trap" && name !== "value") expected.set(name, value);
    }
    const { steps, retired, translatedSteps, coldSteps } = machine;
    // The counters of a vector are read at step 0; one that reserves first reads no counter.
    const stop = machine.run(1);
    if (trap === undefined) expect(stop).toEqual({ kind: "budget" });
    else
      expect(stop).toEqual({
        kind: "trap",
        cause: trap,
        value: results.get("value") as number,
        pc: CODE,
      });
    expect(machine.steps).toBe(steps + 1);
    expect(machine.retired).toBe(retired + (trap === undefined ? 1 : 0));
    expect(readState(machine)).toEqual(expected);
    const isDone = trap === undefined && !isLeft(bits);
    expect(machine.translatedSteps - translatedSteps).toBe(engine === "forced" && isDone ? 1 : 0);
    // A jump by a register goes where the interpreter has gone before.
    const isFromBits = engine === "cold" && isDone && !/^(c\.)?j(al)?r\b/.test(instruction);
    if (isFromBits || engine !== "cold")
      expect(machine.coldSteps - coldSteps).toBe(isFromBits ? 1 : 0);
  });
});

test("every row of the instruction table has a vector", () => {
  const tried = new Set(ALL.map(([line]) => line.split(" ")[0].replace(/\.(aq|rl|aqrl)$/, "")));
  expect(INSTRUCTIONS.map(({ mnemonic }) => mnemonic).filter((name) => !tried.has(name))).toEqual(
    [],
  );
});
