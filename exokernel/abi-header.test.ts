import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CAUSE, csrNumber } from "#emulator";
import { CALLS, ERRORS } from "./abi.ts";
import {
  abiCount,
  abiDocs,
  abiPrototypes,
  abiStubs,
  EXCEPTION_CAUSES,
  generatedFiles,
  TRAP_REGISTERS,
} from "./abi-header.ts";

const committed = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

test.each([...generatedFiles()])(
  "%s is what tools/generate-abi.mjs writes (run it when this fails)",
  (path, text) => {
    expect(committed(path)).toBe(text);
  },
);

test("every kernel call has a prototype, a stub and a section of the reference", () => {
  for (const call of Object.values(CALLS)) {
    expect(abiPrototypes()).toContain(`int exo_${call.name}(`);
    expect(abiStubs()).toContain(`\nexo_${call.name}:`);
    expect(abiDocs()).toContain(`### ${call.name} (`);
  }
});

test("every error is in the reference with its code", () => {
  const words = abiDocs().replace(/ +/g, " ");
  for (const [name, error] of Object.entries(ERRORS)) {
    expect(words).toContain(`| ${error.code} | \`EXO_E_${name}\` | ${error.text} |`);
  }
});

test("the first line of the count is ours", () => {
  expect(abiCount().split("\n")[0]).toMatch(new RegExp(`^Exoscope +${Object.keys(CALLS).length} `));
});

test.each(Object.entries(TRAP_REGISTERS))("%s has the machine's number", (name, number) => {
  expect(csrNumber(name)).toBe(number);
});

test("the exception causes are the machine's", () => {
  const machine = new Set<number>(Object.values(CAUSE));
  for (const { number } of Object.values(EXCEPTION_CAUSES)) expect(machine).toContain(number);
});
