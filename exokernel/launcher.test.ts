import { expect, test } from "vitest";
import { ElfImage, type ElfSegment } from "#emulator";
import { LAYOUT } from "./abi.ts";
import { Kernel } from "./kernel.ts";
import { KernelView } from "./kernel-view.ts";
import { LaunchError, Launcher } from "./launcher.ts";

const A = 0x102;

/** A segment by its flags as `readelf -l` prints them. */
function segment(
  flags: string,
  virtualAddress: number,
  memorySize: number,
  bytes: readonly number[] = [],
): ElfSegment {
  return {
    virtualAddress,
    memorySize,
    fileOffset: 0,
    fileSize: bytes.length,
    readable: flags.includes("R"),
    writable: flags.includes("W"),
    executable: flags.includes("E"),
    bytes: Uint8Array.from(bytes),
  };
}

function launch(...segments: ElfSegment[]): KernelView {
  const kernel = new Kernel({ pages: 2048 });
  const image = new ElfImage({ entry: 0x1_0000, flags: 0 }, segments, [], []);
  new Launcher(kernel).launch([{ name: "a", image }]);
  return new KernelView(kernel);
}

/** Address, rights and whether it is private, of every page below the boot page. */
const pages = (view: KernelView) =>
  view
    .bindings(A)
    .filter((binding) => binding.virtualPage * 4096 < LAYOUT.stackTop)
    .map(({ virtualPage, rights, frame }) => [
      virtualPage * 4096,
      rights,
      view.page(frame).owner === A ? "private" : "shared",
    ])
    .sort(([a], [b]) => Number(a) - Number(b));

const heapStart = (view: KernelView) =>
  new DataView(view.read(A, LAYOUT.bootPage + 44, 4).buffer).getUint32(0, true);

const refusal = (...segments: ElfSegment[]): string => {
  try {
    launch(...segments);
  } catch (problem) {
    if (problem instanceof LaunchError) return problem.message;
    throw problem;
  }
  return "nothing was thrown";
};

test("a segment takes the pages that it touches, its bytes where they belong and zeros around them", () => {
  const view = launch(segment("R", 0x1_0ffe, 0x1004, [1, 2, 3, 4]));
  expect(pages(view)).toEqual([
    [0x1_0000, 1, "shared"],
    [0x1_1000, 1, "shared"],
    [0x1_2000, 1, "shared"],
  ]);
  expect([...view.read(A, 0x1_0ffc, 8)]).toEqual([0, 0, 1, 2, 3, 4, 0, 0]);
  expect(heapStart(view)).toBe(0x1_3000);
});

test("memory beyond a segment's bytes is zero, and a segment of no size takes no page", () => {
  const view = launch(segment("RW", 0x2_0000, 0x2001, [9]), segment("R", 0x9_0000, 0));
  expect(pages(view)).toEqual([
    [0x2_0000, 3, "private"],
    [0x2_1000, 3, "private"],
    [0x2_2000, 3, "private"],
  ]);
  expect([...view.read(A, 0x2_0000, 2)]).toEqual([9, 0]);
});

test("segments that share a page share its rights, and the page is private as soon as one of them is writable", () => {
  const view = launch(
    segment("RE", 0x1_0000, 0x800, [1]),
    segment("RW", 0x1_0800, 0x900, [2]),
    segment("R", 0x1_2000, 4, [3]),
  );
  expect(pages(view)).toEqual([
    [0x1_0000, 7, "private"],
    [0x1_1000, 3, "private"],
    [0x1_2000, 1, "shared"],
  ]);
  expect([...view.read(A, 0x1_0000, 1), ...view.read(A, 0x1_0800, 1)]).toEqual([1, 2]);
});

test("a segment that may only be written may be read too, since nothing is bound otherwise", () => {
  expect(pages(launch(segment("W", 0x2_0000, 4)))).toEqual([[0x2_0000, 3, "private"]]);
});

test.each`
  segments                                                                      | sentence
  ${[segment("RW", 0x7ffd_f000, 0x1001)]}                                       | ${"Cannot load 'a': a segment ends at 0x7ffe0001, beyond 0x7ffe0000 where the stack begins; link it lower."}
  ${[segment("RW", 0xffff_f000, 0x2000)]}                                       | ${"Cannot load 'a': a segment ends at 0x100001000, beyond 0x7ffe0000 where the stack begins; link it lower."}
  ${[segment("RW", 0x2_0000, 0x40_1000)]}                                       | ${"Cannot load 'a': a segment of 4100 KiB needs more than 1024 capability slots; allocate large data at run time instead."}
  ${[segment("RW", 0x2_0000, 0x30_0000), segment("RW", 0x100_0000, 0x30_0000)]} | ${"Cannot load 'a': its segments need more than 1024 pages; allocate large data at run time instead."}
  ${[segment("RW", 0x2_0000, 0x3f_8000)]}                                       | ${"Cannot load 'a': its segments need more than 1024 capability slots (4 MiB); allocate large data at run time instead."}
  ${[segment("", 0x2_0000, 4)]}                                                 | ${"Cannot load 'a': bind was refused: rights 0x0: READ, WRITE and EXECUTE are possible, at least one is needed."}
`("an image that does not fit is refused with what to do: $sentence", ({ segments, sentence }) => {
  expect(refusal(...segments)).toBe(sentence);
});

test("the heap begins behind the highest segment, or at the first page but one when there is none", () => {
  expect(heapStart(launch(segment("RW", 0x5_0000, 1), segment("R", 0x1_0000, 1)))).toBe(0x5_1000);
  expect(heapStart(launch())).toBe(0x1000);
});
