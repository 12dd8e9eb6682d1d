/** A guest of a few assembled lines in an environment of its own: what is measured without a debugger. */
import { assemble, ElfImage } from "#emulator";
import { Kernel, Launcher } from "#exokernel";

const ORIGIN = 0x1_0000;
/** The guest's writable page. */
export const DATA = 0x2_0000;

export function bootGuest(source: string): Kernel {
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
