import { bench, describe } from "vitest";
import { RIGHT } from "./memory/tlb.ts";
import { CODE, guest, map } from "./testing/guest.ts";

/**
 * How fast the interpreter is: each iteration is 1,000,000 steps, so iterations a second (hz) are millions of
 * instructions a second. `npx vitest bench emulator --run`
 */
const STEPS = 1_000_000;

const PROGRAMS: Readonly<Record<string, string>> = {
  "arithmetic and branches": `
    loop: addi a0, a0, 1; xor a2, a2, a0; slli a3, a2, 3; add a4, a4, a3; srli a5, a4, 5
          and a6, a5, a2; bne a6, a1, 1f; addi a7, a7, 1
    1:    sub s2, a4, a2; bltu zero, s3, loop; j loop
  `,
  "loads and stores": `
          li s0, DATA
    loop: lw a0, 0(s0); add a1, a1, a0; sw a1, 4(s0); lw a2, 8(s0); xor a3, a3, a2
          sw a3, 12(s0); lbu a4, 3(s0); sb a4, 17(s0); addi a5, a5, 1; j loop
  `,
  "calls and returns": `
          li sp, DATA + 4096
    loop: li a0, 12; call fib; j loop
    fib:  li t0, 2; bltu a0, t0, 1f
          addi sp, sp, -16; sw ra, 12(sp); sw a0, 8(sp)
          addi a0, a0, -1; call fib
          lw t0, 8(sp); sw a0, 4(sp); addi a0, t0, -2; call fib
          lw t0, 4(sp); add a0, a0, t0; lw ra, 12(sp); addi sp, sp, 16
    1:    ret
  `,
};

describe("the interpreter, steps of", () => {
  for (const [name, source] of Object.entries(PROGRAMS)) {
    const { machine } = guest(source);
    bench(name, () => {
      if (machine.run(STEPS).kind !== "budget") throw new Error(`${name} stopped early`);
    });
  }

  // Every fourth instruction misses the TLB, and the test refills it as a kernel would.
  const { machine } = guest(
    "li s0, DATA; lui a1, 1; loop: lw a0, 0(s0); add s0, s0, a1; nop; j loop",
  );
  bench("TLB misses, one in four instructions", () => {
    const end = machine.steps + STEPS;
    while (machine.steps < end) {
      const stop = machine.run(end - machine.steps);
      if (stop.kind !== "trap") continue;
      const isCode = stop.value >>> 12 === CODE >>> 12;
      map(machine, stop.value, isCode ? 4 : 8, isCode ? RIGHT.R | RIGHT.X : RIGHT.R);
    }
  });
});
