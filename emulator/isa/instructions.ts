import type { Instruction } from "./instruction.ts";
import { rv32a } from "./rv32a.ts";
import { rv32c } from "./rv32c.ts";
import { rv32d } from "./rv32d.ts";
import { rv32f } from "./rv32f.ts";
import { rv32i } from "./rv32i.ts";
import { rv32m } from "./rv32m.ts";
import { rv32zba } from "./rv32zba.ts";
import { rv32zbb } from "./rv32zbb.ts";
import { system } from "./system.ts";

/** Every instruction of the machine: the one table. */
export const INSTRUCTIONS: readonly Instruction[] = [
  ...rv32i,
  ...rv32m,
  ...rv32a,
  ...rv32f,
  ...rv32d,
  ...rv32c,
  ...rv32zba,
  ...rv32zbb,
  ...system,
];
