/** The libOS's side in guest instructions and crossings: C programs with the default libOS, counted exactly. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ElfImage, parseElf } from "#emulator";
import { Kernel, KernelView, Launcher } from "#exokernel";
import type { Optimisation } from "../debug-adapter/compiler/flags.ts";
import { buildGuestFile } from "./build-guest.ts";
import { type Figure, figure } from "./figures.ts";

interface Measured {
  readonly name: string;
  /** Programs; the first counts its turns in `turns`. */
  readonly sources: readonly string[];
  /** Parts of the libOS; without them the default one. */
  readonly libos?: readonly string[];
  readonly optimisation?: Optimisation;
}

const HEAD = "#include <libos.h>\nvolatile unsigned turns;\n";

/** Two pages that share an entry of the software TLB: each access is a miss that the page table answers. */
const REFILLED = `${HEAD}
int main(void) {
  volatile int *here = (volatile int *)0x50000000, *there = (volatile int *)0x51000000;
  pager_alloc(0x50000000, EXO_RIGHT_READ | EXO_RIGHT_WRITE);
  pager_alloc(0x51000000, EXO_RIGHT_READ | EXO_RIGHT_WRITE);
  for (;;) { *here = 1; turns++; *there = 1; turns++; }
}`;

const PROGRAMS: readonly Measured[] = [
  {
    name: "libOS: an empty turn of the loop",
    sources: [`${HEAD}int main(void) { for (;;) turns++; }`],
  },
  {
    name: "libOS: a page refilled by its pager",
    sources: [REFILLED],
  },
  {
    name: "libOS: a page refilled by its pager, -O2",
    sources: [REFILLED],
    optimisation: "2",
  },
  {
    name: "libOS: a page refilled from a hashed page table",
    sources: [REFILLED],
    libos: ["pt_hash"],
  },
  {
    name: "libOS: a page refilled from a hashed page table, -O2",
    sources: [REFILLED],
    libos: ["pt_hash"],
    optimisation: "2",
  },
  {
    name: "libOS: a misaligned load completed",
    sources: [
      `${HEAD}
static char bytes[8];
int main(void) { for (;;) { (void)*(volatile int *)(bytes + 1); turns++; } }`,
    ],
  },
  {
    name: "libOS: a procedure call to another environment",
    sources: [
      `${HEAD}
int main(void) {
  uint32_t words[RPC_WORDS] = {0};
  for (;;) { rpc_call(0x103, words); turns++; }
}`,
      `#include <libos.h>
static int serve(exo_env client, uint32_t words[RPC_WORDS]) { (void)client; words[0]++; return 0; }
int main(void) { rpc_serve(serve); }`,
    ],
  },
];

export async function measureLibos(root: string, folder: string): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { name, sources, libos, optimisation } of PROGRAMS) {
    const images: ElfImage[] = [];
    for (const [i, source] of sources.entries()) {
      const path = join(folder, `libos-${i}.c`);
      writeFileSync(path, source);
      const { bytes } = await buildGuestFile(root, path, folder, optimisation, libos);
      images.push(parseElf(bytes));
    }
    const kernel = new Kernel({ policy: { tick: 1_000_000 } });
    new Launcher(kernel).launch(images.map((image, i) => ({ name: `guest${i}`, image })));
    const view = new KernelView(kernel);
    const address = images[0]?.symbol("turns")?.value ?? 0;
    const totals = () => {
      const first = view.environments()[1]?.id ?? 0;
      const word = view.read(first, address, 4);
      const turns = new DataView(word.buffer, word.byteOffset).getUint32(0, true);
      return {
        turns,
        retired: kernel.machine.retired,
        entries: kernel.steps - kernel.machine.retired,
      };
    };
    kernel.run(2_500_000);
    const before = totals();
    kernel.run(400_000);
    const after = totals();
    const turns = after.turns - before.turns;
    figures.push(
      figure(`${name}: guest instructions`, "", [(after.retired - before.retired) / turns]),
      figure(`${name}: kernel entries`, "", [(after.entries - before.entries) / turns]),
    );
  }
  return figures;
}
