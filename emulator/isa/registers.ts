/** psABI, Register Convention: the ABI's name of each x-register. Their DWARF numbers are their indices. */
export const REGISTER_NAMES: readonly string[] = (
  "zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 " +
  "a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6"
).split(" ");

/** The same of each f-register. Their DWARF numbers are 32 more than their indices. */
export const FLOAT_REGISTER_NAMES: readonly string[] = (
  "ft0 ft1 ft2 ft3 ft4 ft5 ft6 ft7 fs0 fs1 fa0 fa1 fa2 fa3 fa4 fa5 " +
  "fa6 fa7 fs2 fs3 fs4 fs5 fs6 fs7 fs8 fs9 fs10 fs11 ft8 ft9 ft10 ft11"
).split(" ");

const byName = new Map<string, number>([
  ...REGISTER_NAMES.map((name, index) => [name, index] as const),
  ...REGISTER_NAMES.map((_, index) => [`x${index}`, index] as const),
  ["fp", 8],
]);

const floatByName = new Map<string, number>([
  ...FLOAT_REGISTER_NAMES.map((name, index) => [name, index] as const),
  ...FLOAT_REGISTER_NAMES.map((_, index) => [`f${index}`, index] as const),
]);

/** The index of the register called `name` ("a0", "x10", "fp"), or undefined if there is none. */
export function registerIndex(name: string): number | undefined {
  return byName.get(name);
}

/** The index of the f-register called `name` ("fa0", "f10"), or undefined if there is none. */
export function floatRegisterIndex(name: string): number | undefined {
  return floatByName.get(name);
}
