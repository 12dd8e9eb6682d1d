/** psABI, Register Convention: the ABI's name of each x-register. Their DWARF numbers are their indices. */
export const REGISTER_NAMES: readonly string[] = (
  "zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 " +
  "a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6"
).split(" ");

const byName = new Map<string, number>([
  ...REGISTER_NAMES.map((name, index) => [name, index] as const),
  ...REGISTER_NAMES.map((_, index) => [`x${index}`, index] as const),
  ["fp", 8],
]);

/** The index of the register called `name` ("a0", "x10", "fp"), or undefined if there is none. */
export function registerIndex(name: string): number | undefined {
  return byName.get(name);
}
