import { expect, test } from "vitest";
import { type Activation, ActivationLog } from "./activations.ts";

const ENV = 2;
const registers = (sp: number) => {
  const all = new Uint32Array(32);
  all[2] = sp;
  return all;
};
const upcall = (pc: number, sp: number, step = 0): Activation => ({
  kind: "upcall",
  entry: 13,
  cause: 13,
  value: 0,
  entryPc: 0x500,
  pc,
  registers: registers(sp),
  step,
});
const transfer = (caller: number): Activation => ({
  kind: "transfer",
  synchronous: true,
  caller,
  entryPc: 0x600,
  pc: 0x100,
  registers: registers(0x7000),
  step: 0,
});
const waiting = (pc: number, sp: number): Activation => ({
  kind: "waiting",
  callee: 0x103,
  pc,
  registers: registers(sp),
  step: 0,
});
const log = (...activations: Activation[]) => {
  const made = new ActivationLog();
  for (const activation of activations) made.push(ENV, activation);
  return made;
};

test.each`
  pc       | sp        | left | because
  ${0x100} | ${0x7000} | ${0} | ${"the interrupted instruction is retried"}
  ${0x102} | ${0x7000} | ${0} | ${"a compressed instruction was completed by the handler"}
  ${0x104} | ${0x7000} | ${0} | ${"an instruction was completed by the handler"}
  ${0x106} | ${0x7000} | ${1} | ${"that is another place"}
  ${0xfe}  | ${0x7000} | ${1} | ${"going back is another place"}
  ${0x100} | ${0x6ff0} | ${1} | ${"the same place on another stack is a deeper call of the same function"}
`("C23: a uret to pc $pc with sp $sp leaves $left records: $because", ({ pc, sp, left }) => {
  const made = log(upcall(0x100, 0x7000));
  made.resumed(ENV, pc, sp);
  expect(made.of(ENV)).toHaveLength(left);
});

test("C23: resuming an outer record drops the inner ones too, and one that matches nothing drops none", () => {
  const made = log(upcall(0x100, 0x7000, 1), upcall(0x200, 0x6000, 2), upcall(0x300, 0x5000, 3));
  made.resumed(ENV, 0x200, 0x6000);
  expect(made.of(ENV).map((activation) => activation.step)).toEqual([1]);
  made.resumed(ENV, 0x900, 0x100);
  made.resumed(ENV + 1, 0x100, 0x7000);
  expect(made.of(ENV)).toHaveLength(1);
});

test("C23: of two records with the same pc and sp the inner one is resumed first", () => {
  const made = log(upcall(0x100, 0x7000, 1), upcall(0x100, 0x7000, 2));
  made.resumed(ENV, 0x100, 0x7000);
  expect(made.of(ENV).map((activation) => activation.step)).toEqual([1]);
});

test("C23: who waits in a transfer is resumed behind its ecall", () => {
  const made = log(waiting(0x100, 0x7000));
  made.resumed(ENV, 0x100, 0x7000);
  expect(made.of(ENV)).toHaveLength(1);
  made.resumed(ENV, 0x104, 0x7000);
  expect(made.of(ENV)).toEqual([]);
});

test("C23: a uret never ends a transfer; a reply ends the innermost and what is above it", () => {
  const made = log(transfer(0x104), upcall(0x200, 0x6000), transfer(0x105), upcall(0x300, 0x5000));
  made.resumed(ENV, 0x100, 0x7000);
  expect(made.of(ENV)).toHaveLength(4);
  made.replied(ENV);
  expect(made.of(ENV).map(({ kind }) => kind)).toEqual(["transfer", "upcall"]);
  made.replied(ENV);
  made.replied(ENV);
  made.replied(ENV + 1);
  expect(made.of(ENV)).toEqual([]);
});

test("C23: a handler that never returns leaves 256 records, of which the oldest are forgotten", () => {
  const made = new ActivationLog();
  for (let step = 0; step < 300; step += 1) made.push(ENV, upcall(0x100, 0x7000, step));
  expect(made.of(ENV)).toHaveLength(256);
  expect(made.of(ENV)[0].step).toBe(300 - 256);
});

test("C23: a destroyed environment's records and parked registers are forgotten, others' are not", () => {
  const made = log(upcall(0x100, 0x7000));
  made.push(ENV + 1, upcall(0x100, 0x7000));
  made.park(ENV, { pc: 0x100, registers: registers(1) });
  made.forget(ENV);
  expect(made.of(ENV)).toEqual([]);
  expect(made.parked(ENV)).toBeUndefined();
  expect(made.of(ENV + 1)).toHaveLength(1);
});
