/** Guest instructions a second, on whole guests of a few assembled lines: the machine and the kernel, no debugger. */
import { bootSource, LOADS_AND_STORES } from "./guests.ts";

const KERNELS = {
  "interpreter, arithmetic and branches": `
    li t0, 0
    li t1, 1
  1: addi t0, t0, 3
    xor t1, t1, t0
    slli t2, t1, 5
    srli t3, t1, 27
    or t1, t2, t3
    bnez t0, 1b
    j 1b`,
  "interpreter, loads and stores": LOADS_AND_STORES,
} as const;

export async function measureInterpreter(
  runs: number,
): Promise<{ readonly id: string; readonly values: readonly number[] }[]> {
  return Object.entries(KERNELS).map(([id, source]) => {
    const kernel = bootSource(source);
    const steps = 20_000_000;
    kernel.run(steps);
    const values: number[] = [];
    for (let i = 0; i < runs; i += 1) {
      const started = performance.now();
      kernel.run(steps);
      values.push(steps / 1000 / (performance.now() - started));
    }
    return { id, values };
  });
}
