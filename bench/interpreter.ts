/** Guest instructions a second, on whole guests of a few assembled lines: the machine and the kernel, no debugger. */
import { assemble, ElfImage } from "#emulator";
import { Kernel, Launcher } from "#exokernel";

const ORIGIN = 0x1_0000;
const DATA = 0x2_0000;

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
    const kernel = boot(source);
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

function boot(source: string): Kernel {
  const { bytes } = assemble(source, { origin: ORIGIN });
  const segment = (
    virtualAddress: number,
    content: Uint8Array,
    memorySize: number,
    writable: boolean,
  ) => ({
    virtualAddress,
    fileOffset: 0,
    fileSize: content.length,
    memorySize,
    readable: true,
    writable,
    executable: !writable,
    bytes: content,
  });
  const image = new ElfImage(
    { entry: ORIGIN, flags: 0 },
    [segment(ORIGIN, bytes, bytes.length, false), segment(DATA, new Uint8Array(), 4096, true)],
    [],
    [],
  );
  const kernel = new Kernel();
  new Launcher(kernel).launch([{ name: "bench", image }]);
  return kernel;
}
