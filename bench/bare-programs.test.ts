import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { BareBuilder } from "./bare-programs.ts";

const folder = mkdtempSync(join(tmpdir(), "exo-bare-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Of an ELF file for 32 bits: where e_flags are, and those of its bits that say how floats are passed (RISC-V ELF psABI, file header). */
const [E_FLAGS, FLOAT_ABI] = [36, 6];
const [SOFT, DOUBLE] = [0, 4];

test.each([
  ["sha256", "exoscope", SOFT],
  ["sha256", "qemu-system", SOFT],
  ["sha256", "qemu-user", SOFT],
  ["nbody", "exoscope", DOUBLE],
  ["nbody", "qemu-system", DOUBLE],
  ["nbody", "qemu-user", DOUBLE],
])("%s is built for %s, with the ABI of its objects", async (name, start, abi) => {
  const builder = await BareBuilder.of(join(import.meta.dirname, ".."), folder);
  const file = readFileSync(builder.build(name, start, 3));
  expect(file.subarray(0, 5)).toEqual(Buffer.from("\x7fELF\x01", "latin1"));
  expect(file.readUInt32LE(E_FLAGS) & FLOAT_ABI).toBe(abi);
});
