/** The store with transactions on each of the three places that it can lie on: what a transaction costs there, counted exactly. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_LATENCY, parseElf } from "#emulator";
import { Kernel, Launcher, type Program } from "#exokernel";
import { buildGuestFile } from "./build-guest.ts";
import { type Figure, figure } from "./figures.ts";

const TRANSFERS = 1000;
/** A disk that is slower than the program, as disks are. */
const SLOW = { base: 30_000, perSector: 500 };

export async function measureTransactions(root: string, folder: string): Promise<Figure[]> {
  const bank = join(root, "test-workspace", "txn");
  const { bytes } = await buildGuestFile(root, join(bank, "bank.c"), folder);
  const image = parseElf(bytes);
  return ["raw", "synchronous", "unordered"].flatMap((device) => {
    const programs = [{ name: "bank", image, arguments: [device, String(TRANSFERS)] }];
    const fast = run(programs, bank);
    const slow = run(programs, bank, SLOW);
    return [
      figure(`txn, ${device}: transactions in a million steps`, "", [fast.perMillion]),
      figure(`txn, ${device}: the same, ${SLOW.base} steps a request`, "", [slow.perMillion]),
      figure(`txn, ${device}: writes per transaction`, "", [fast.writes]),
      figure(`txn, ${device}: barriers per transaction`, "", [fast.barriers]),
    ];
  });
}

function run(programs: readonly Program[], folder: string, latency = DEFAULT_LATENCY) {
  const image = readFileSync(join(folder, "bank.img"));
  const kernel = new Kernel({ disk: { sectors: 24, image, latency } });
  const counts = { read: 0, write: 0, barrier: 0 };
  kernel.onEvent = (event) => {
    if (event.kind === "diskRequest") counts[event.request] += 1;
  };
  new Launcher(kernel).launch(programs);
  const before = kernel.steps;
  kernel.run(1_000_000_000);
  return {
    perMillion: (TRANSFERS / (kernel.steps - before)) * 1e6,
    writes: counts.write / TRANSFERS,
    barriers: counts.barrier / TRANSFERS,
  };
}
