/**
 * Random programs on this machine, with either engine, and on `qemu-riscv32`: the same registers, flags of floating point and data at the end. They do only
 * what contract and Linux agree about: nothing misaligned, no traps but `write` and `exit`. It stands here since the emulator starts no processes.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type Machine, RIGHT } from "#emulator";
import { Dice } from "../emulator/testing/dice.ts";
import { ENGINES, machineOn, map, type TestedEngine } from "../emulator/testing/guest.ts";
import {
  DATA_BYTES,
  type RandomProgram,
  randomProgram,
} from "../emulator/testing/random-program.ts";
import { isLeftOut } from "./testing/installed.ts";

const FULL = process.env["EXOSCOPE_FULL"] === "1";
const SEED = Number(process.env["EXOSCOPE_SEED"] ?? Date.now() % 2 ** 31);
const PROGRAMS = Number(process.env["EXOSCOPE_PROGRAMS"] ?? (FULL ? 5000 : 30));
const BUDGET = 5_000_000;

const isSkipped = isLeftOut(["qemu-riscv32"], "random programs are not compared with it");
const folder = mkdtempSync(join(tmpdir(), "exo-qemu-"));
/** Of the engine that translates all. */
const counts = {
  without: { programs: 0, steps: 0, translated: 0 },
  withFloats: { programs: 0, steps: 0, translated: 0 },
};
afterAll(() => {
  rmSync(folder, { recursive: true });
  console.info(`qemu: EXOSCOPE_SEED=${SEED} ${JSON.stringify(counts)}`);
});

/** What a program writes under Linux, as QEMU has it. */
function onQemu({ elf }: RandomProgram): Uint8Array {
  const file = join(folder, "program.elf");
  writeFileSync(file, elf, { mode: 0o755 });
  const { status, signal, stdout, stderr } = spawnSync(
    "qemu-riscv32",
    ["-cpu", "rv32,zba=true,zbb=true", file],
    { timeout: 60_000 },
  );
  expect({ status, signal, stderr: String(stderr) }).toEqual({
    status: 0,
    signal: null,
    stderr: "",
  });
  return stdout;
}

function load(machine: Machine, { code, data }: RandomProgram): void {
  let frame = 1;
  for (const [{ address, bytes }, rights] of [
    [code, RIGHT.R | RIGHT.X],
    [data, RIGHT.R | RIGHT.W | RIGHT.D],
  ] as const) {
    machine.memory.writeBytes(frame * 4096, bytes);
    for (let at = 0; at < bytes.length; at += 4096) map(machine, address + at, frame++, rights);
  }
  machine.hart.setPc(code.address);
}

/** The same here: `write` and `exit` are done as Linux does them. */
function onOurs(program: RandomProgram, engine: TestedEngine): Uint8Array {
  const machine = machineOn(engine, { pages: 32 });
  load(machine, program);
  let written = new Uint8Array();
  for (;;) {
    const stop = machine.run(BUDGET);
    expect(stop).toMatchObject({ kind: "trap", cause: 8 });
    const { hart } = machine;
    const [buffer, length, call] = [hart.x(11), hart.x(12), hart.x(17)];
    if (call === 93) break;
    expect({ call, buffer, length }).toEqual({
      call: 64,
      buffer: program.data.address,
      length: DATA_BYTES,
    });
    const dataFrame = 1 + Math.ceil(program.code.bytes.length / 4096);
    written = machine.memory.bytes.slice(dataFrame * 4096, dataFrame * 4096 + DATA_BYTES);
    hart.setX(10, length);
    hart.setPc(hart.pc + 4);
  }
  if (engine === "forced") {
    const count = program.hasFloats ? counts.withFloats : counts.without;
    count.programs += 1;
    count.steps += machine.steps;
    count.translated += machine.translatedSteps;
  }
  return written;
}

describe.skipIf(isSkipped)("on both engines and on qemu-riscv32", () => {
  test(`${PROGRAMS} random programs leave the same registers and data`, () => {
    for (let i = 0; i < PROGRAMS; i++) {
      const seed = Math.imul(SEED + i, 0x9e3779b1);
      const program = randomProgram(new Dice(seed));
      const expected = Buffer.from(onQemu(program)).toString("hex");
      for (const engine of ENGINES) {
        const found = Buffer.from(onOurs(program, engine)).toString("hex");
        if (found !== expected) {
          let at = 0;
          while (found.slice(at * 8, at * 8 + 8) === expected.slice(at * 8, at * 8 + 8)) at++;
          const words = [found, expected]
            .map((all) => all.slice(at * 8, at * 8 + 8))
            .join(", not ");
          expect.fail(
            `${engine}, EXOSCOPE_SEED=${SEED + i} EXOSCOPE_PROGRAMS=1: word ${at} is ${words}`,
          );
        }
      }
    }
    // Programs with floats leave translated code more often.
    expect(counts.without.translated).toBeGreaterThanOrEqual(counts.without.steps / 2);
  }, 3_600_000);
});
