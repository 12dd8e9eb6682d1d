/**
 * What a call to another environment costs, by each mechanism: guest instructions of all that take part and entries of the kernel, counted
 * exactly at -O2. Cycles are a model: our kernel's work costs no guest instruction, so a charge for each crossing stands for it.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ElfImage, parseElf } from "#emulator";
import { Kernel, KernelView, Launcher } from "#exokernel";
import { buildGuestFile } from "./build-guest.ts";
import { type Figure, figure } from "./figures.ts";
import { MECHANISMS, type Mechanism } from "./rpc-mechanisms.ts";
import { measurePipeCalls, PIPE_CALLS, SYSTEMS } from "./unix.ts";

export interface Cost {
  readonly name: string;
  readonly payload: Mechanism["payload"];
  /** For each call: guest instructions, and crossings between a program and the kernel, of which an entry is two. */
  readonly instructions: number;
  readonly crossings: number;
  readonly measured: boolean;
}

/** Charges for a crossing, in cycles, for which the table is worked out. Aegis's 30 instructions a transfer are 15 [Engler95, Protected Control Transfers]. */
const CHARGES = [0, 15, 100, 500] as const;

const WARM_UP = 1_000_000;
const CALLS = 512;

export function cycles(cost: Cost, charge: number): number {
  return cost.instructions + cost.crossings * charge;
}

/** The charge for a crossing from which on `a` is cheaper than `b`, or undefined when that does not depend on it. */
export function turningPoint(a: Cost, b: Cost): number | undefined {
  const charge = (a.instructions - b.instructions) / (b.crossings - a.crossings);
  return a.crossings < b.crossings && charge > 0 ? charge : undefined;
}

/** Who is cheapest, from a charge of 0 upwards: each with the charge from which on it is. */
export function winners(costs: readonly Cost[]): { readonly cost: Cost; readonly from: number }[] {
  const found: { cost: Cost; from: number }[] = [];
  let [best] = [...costs].sort(
    (a, b) => a.instructions - b.instructions || a.crossings - b.crossings,
  );
  let from = 0;
  while (best !== undefined) {
    found.push({ cost: best, from });
    const now = best;
    const [next] = costs
      .flatMap((cost) => {
        const at = turningPoint(cost, now);
        return at === undefined || at < from ? [] : [{ cost, at }];
      })
      .sort((a, b) => a.at - b.at || a.cost.crossings - b.cost.crossings);
    best = next?.cost;
    from = next?.at ?? 0;
  }
  return found;
}

export async function measureCosts(
  root: string,
  folder: string,
  mechanisms: readonly Mechanism[] = MECHANISMS,
): Promise<Cost[]> {
  const images = new Map<string, ElfImage>();
  const costs: Cost[] = [];
  for (const mechanism of mechanisms) {
    for (const { source } of mechanism.programs) {
      if (images.has(source)) continue;
      const path = join(folder, "rpc.c");
      writeFileSync(path, source);
      images.set(source, parseElf((await buildGuestFile(root, path, folder, "2")).bytes));
    }
    costs.push(measure(mechanism, images));
  }
  return costs;
}

/** The same by the pipes of our two systems of UNIX, whose programs come from their own disks. */
export async function measureUnixPipes(root: string, folder: string): Promise<Cost[]> {
  const costs = await measurePipeCalls(root, folder);
  return SYSTEMS.flatMap((system) =>
    (["null call", "4096 bytes"] as const).map((payload) => ({
      name: `pipes of ${system}`,
      payload,
      ...costs[system][PIPE_CALLS[payload]],
      measured: true,
    })),
  );
}

function measure(mechanism: Mechanism, images: ReadonlyMap<string, ElfImage>): Cost {
  const { name, payload, programs, elsewhere } = mechanism;
  // Slices are long: their ends are no part of a call.
  const kernel = new Kernel({ policy: { tick: 1_000_000 } });
  const launched = new Launcher(kernel).launch(
    programs.map(({ source, ...program }) => {
      const image = images.get(source);
      if (image === undefined) throw new Error(`${name}: '${program.name}' was not built`);
      return { ...program, image };
    }),
  );
  const view = new KernelView(kernel);
  const address = images.get(programs[0]?.source ?? "")?.symbol("turns")?.value ?? 0;
  const turns = () => {
    const word = view.read(launched[0]?.id ?? 0, address, 4);
    return new DataView(word.buffer, word.byteOffset).getUint32(0, true);
  };
  const runTo = (wanted: number) => {
    for (let i = 0; turns() < wanted; i += 1) {
      if (kernel.run(200).kind !== "budget" || i > 1_000_000)
        throw new Error(`${name}: the programs stopped after ${turns()} calls`);
    }
  };
  /** To the instruction that counts the next multiple of 64: batches end there as well. */
  const align = () => {
    const next = (Math.floor(turns() / 64) + 1) * 64;
    runTo(next - 1);
    while (turns() < next) kernel.run(1);
    return { turns: turns(), retired: kernel.machine.retired, steps: kernel.steps };
  };
  kernel.run(WARM_UP);
  const before = align();
  runTo(before.turns + CALLS - 64);
  const after = align();
  const calls = after.turns - before.turns;
  const retired = after.retired - before.retired;
  const entries = elsewhere?.entries ?? (after.steps - before.steps - retired) / calls;
  return {
    name,
    payload,
    instructions: retired / calls,
    crossings: 2 * entries,
    measured: elsewhere === undefined,
  };
}

export async function measureRpc(root: string, folder: string): Promise<Figure[]> {
  const costs = [...(await measureCosts(root, folder)), ...(await measureUnixPipes(root, folder))];
  process.stderr.write(costsText(costs));
  return costs.flatMap((cost) => {
    const id = `rpc: ${cost.payload}, ${cost.name}`;
    return [
      figure(`${id}: guest instructions`, "", [cost.instructions]),
      figure(`${id}: crossings`, "", [cost.crossings]),
      ...CHARGES.slice(1).map((charge) =>
        figure(`${id}: cycles (model, ${charge} a crossing)`, "", [cycles(cost, charge)]),
      ),
    ];
  });
}

const round = (value: number) => String(Math.round(value * 100) / 100);

/** The comparison, and the charges at which the winner changes, as people read it. */
export function costsText(costs: readonly Cost[]): string {
  const lines: string[] = [];
  for (const payload of new Set(costs.map((cost) => cost.payload))) {
    const rows = costs.filter((cost) => cost.payload === payload);
    lines.push(
      "",
      `${payload.padEnd(32)} instructions  crossings${CHARGES.slice(1)
        .map((charge) => `  cycles@${charge}`.padStart(12))
        .join("")}   (cycles: model, charge for a crossing)`,
    );
    for (const row of rows) {
      lines.push(
        `  ${row.name.padEnd(32)}${round(row.instructions).padStart(11)}${round(row.crossings).padStart(11)}${CHARGES.slice(
          1,
        )
          .map((charge) => round(cycles(row, charge)).padStart(12))
          .join("")}`,
      );
    }
    lines.push(
      `  cheapest: ${winners(rows)
        .map(({ cost, from }) => `${cost.name} from ${round(from)}`)
        .join(", ")} a crossing`,
    );
  }
  return `${lines.join("\n")}\n`;
}
