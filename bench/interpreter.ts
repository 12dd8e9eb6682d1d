/** Guest instructions a second, on whole guests of a few assembled lines: the machine and the kernel, no debugger. */
import { bootGuest, DATA } from "./guest.ts";

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
  "interpreter, loads and stores": `
    li s0, ${DATA}
  2: li t0, 512
    mv t1, s0
  1: lw t2, 0(t1)
    add t2, t2, t0
    sw t2, 4(t1)
    addi t1, t1, 4
    addi t0, t0, -1
    bnez t0, 1b
    j 2b`,
} as const;

export async function measureInterpreter(
  _root: string,
  runs: number,
): Promise<{ readonly id: string; readonly values: readonly number[] }[]> {
  return Object.entries(KERNELS).map(([id, source]) => {
    const kernel = bootGuest(source);
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
