/** Guests of a few assembled lines for what is measured without a debugger. */
import { assemble, ElfImage, parseElf } from "#emulator";
import { Kernel, type KernelConfiguration, Launcher, type Timeline } from "#exokernel";

const ORIGIN = 0x1_0000;
export const DATA = 0x2_0000;
export const DATA_PAGES = 400;
const PIECE = 200_000;

/** Loads and stores in one page, without end. */
export const LOADS_AND_STORES = `
    li s0, ${DATA}
  2: li t0, 512
    mv t1, s0
  1: lw t2, 0(t1)
    add t2, t2, t0
    sw t2, 4(t1)
    addi t1, t1, 4
    addi t0, t0, -1
    bnez t0, 1b
    j 2b`;

/** Boots a kernel with one environment that runs `source`; its data lie at DATA. */
export function bootSource(source: string, configuration: KernelConfiguration = {}): Kernel {
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
    [
      segment(ORIGIN, bytes, bytes.length, false),
      segment(DATA, new Uint8Array(), 4096 * DATA_PAGES, true),
    ],
    [],
    [],
  );
  return bootImage(image, configuration);
}

/** Boots a kernel with one environment that runs an executable. */
export const bootElf = (elf: Uint8Array, configuration: KernelConfiguration = {}): Kernel =>
  bootImage(parseElf(elf), configuration);

function bootImage(image: ElfImage, configuration: KernelConfiguration): Kernel {
  const kernel = new Kernel(configuration);
  new Launcher(kernel).launch([{ name: "bench", image }]);
  return kernel;
}

/** Runs so many steps as a session does: in pieces, between which it could be paused. */
export function runPieces(what: Kernel | Timeline, steps: number): void {
  const kernel = what instanceof Kernel ? what : what.kernel;
  const end = kernel.steps + steps;
  while (kernel.steps < end) {
    const { kind } = what.run(Math.min(PIECE, end - kernel.steps));
    if (kind !== "budget") throw new Error(`the program stopped: ${kind}`);
  }
}

/** Writes a word to each of so many pages, over and over; with 0 it only computes. */
export function writer(pages: number): string {
  return pages === 0
    ? `
    1: addi t0, t0, 3
      xor t1, t1, t0
      slli t2, t1, 5
      or t1, t2, t0
      j 1b`
    : `
      li t2, 4096
    0: li t0, ${pages}
      li t1, ${DATA}
    1: addi s0, s0, 1
      sw s0, 0(t1)
      lw t3, 4(t1)
      add t1, t1, t2
      addi t0, t0, -1
      bnez t0, 1b
      j 0b`;
}
