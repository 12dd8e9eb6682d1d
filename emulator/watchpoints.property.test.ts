import fc from "fast-check";
import { expect, test } from "vitest";
import type { Machine } from "./machine.ts";
import { RIGHT } from "./memory/tlb.ts";
import { CODE, DATA, guest, map } from "./testing/guest.ts";
import type { Watch } from "./watchpoints.ts";

/**
 * Random programs of loads and stores under random watches, against a machine without watches that is stepped one
 * instruction at a time: what each instruction accesses is worked out from its text and the registers, and what it
 * changed from RAM before and after.
 */

const DATA_PA = 8 * 4096;
const ALIAS = 0x40000;
const LOOP = CODE + 20;
const ITERATIONS = 3;
const BASES = { s0: 8, s1: 9, s2: 18 } as const;

interface Line {
  readonly text: string;
  readonly base: keyof typeof BASES;
  readonly offset: number;
  readonly size: number;
  readonly isRead: boolean;
  readonly isWrite: boolean;
  /** An SC: it stores only if its result is 0. */
  readonly isConditional: boolean;
}

const base = fc.constantFrom(...(Object.keys(BASES) as (keyof typeof BASES)[]));
const data = fc.constantFrom("a1", "a2", "a3");

const plain: fc.Arbitrary<Line> = fc
  .tuple(
    fc.constantFrom(...(["lb", "lbu", "lh", "lhu", "lw", "sb", "sh", "sw", "sw", "sb"] as const)),
    base,
    data,
    fc.nat(24),
  )
  .map(([name, at, register, n]) => {
    const size = { b: 1, h: 2, w: 4 }[name[1] as "b" | "h" | "w"];
    const offset = (n - 8) & -size;
    const isWrite = name.startsWith("s");
    return {
      text: `${name} ${register}, ${offset}(${at})`,
      base: at,
      offset,
      size,
      isRead: !isWrite,
      isWrite,
      isConditional: false,
    };
  });

const atomic: fc.Arbitrary<Line> = fc
  .tuple(fc.constantFrom("lr.w", "sc.w", "amoadd.w", "amoswap.w"), base, data)
  .map(([name, at, register]) => ({
    text: name === "lr.w" ? `lr.w ${register}, (${at})` : `${name} a4, ${register}, (${at})`,
    base: at,
    offset: 0,
    size: 4,
    isRead: name !== "sc.w",
    isWrite: name !== "lr.w",
    isConditional: name === "sc.w",
  }));

const programs = fc.array(fc.oneof({ weight: 4, arbitrary: plain }, atomic), {
  minLength: 1,
  maxLength: 12,
});

/** Near the end of the first data page and the start of the second, where the bases point. */
const watches = fc
  .array(
    fc.record({
      offset: fc.integer({ min: 4070, max: 4125 }),
      length: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(70, 4096)),
      read: fc.boolean(),
      write: fc.boolean(),
    }),
    { maxLength: 4 },
  )
  .map((list) =>
    list.map(
      ({ offset, length, read, write }, id): Watch => ({
        id,
        pa: DATA_PA + offset,
        length,
        read,
        write,
      }),
    ),
  );

/** s0 is in the first data page, s1 in the second, s2 in the first through another mapping. */
function machineFor(program: readonly Line[], period: number): Machine {
  const body = program.map(({ text }) => text).join("; ");
  const { machine } = guest(
    `li a1, 1; li a2, -2; li a3, 0; li t0, ${ITERATIONS}; nop
     loop: ${body}; addi a3, a3, 77; addi t0, t0, -1; bnez t0, loop; ecall`,
    { tlbEntries: 8 },
  );
  map(machine, ALIAS, 8, RIGHT.R | RIGHT.W | RIGHT.D);
  machine.hart.setX(BASES.s0, DATA + 4080);
  machine.hart.setX(BASES.s1, DATA + 4096 + 16);
  machine.hart.setX(BASES.s2, ALIAS + 4080);
  machine.timerDeadline = period;
  return machine;
}

interface Seen {
  readonly step: number;
  readonly pc: number;
  readonly hits: readonly string[];
}

const hitText = (id: number, access: string, pa: number, before: Uint8Array, after: Uint8Array) =>
  `${id} ${access} ${pa} [${before}] [${after}]`;

function oracle(program: readonly Line[], list: readonly Watch[], period: number) {
  const machine = machineFor(program, period);
  const seen: Seen[] = [];
  for (;;) {
    const { pc } = machine.hart;
    const line = pc >= LOOP ? program[(pc - LOOP) / 4] : undefined;
    const before = machine.memory.bytes.slice();
    const va = line === undefined ? 0 : machine.hart.x(BASES[line.base]) + line.offset;
    const stop = machine.run(1);
    if (stop.kind === "timer") {
      machine.timerDeadline += period;
      continue;
    }
    if (stop.kind === "trap") return { seen, hash: machine.hash() };
    const after = machine.memory.bytes;
    const pa = DATA_PA + ((va - (va < ALIAS ? DATA : ALIAS)) >>> 0);
    const failed = line?.isConditional === true && machine.hart.x(14) !== 0;
    const isIn = (watch: Watch, at: number) => at >= watch.pa && at < watch.pa + watch.length;
    const hits = list.flatMap((watch) => {
      if (line === undefined) return [];
      const touched = Array.from({ length: line.size }, (_, i) => pa + i).filter((at) =>
        isIn(watch, at),
      );
      if (touched.length === 0) return [];
      const from = watch.length > 64 ? (touched[0] ?? 0) : watch.pa;
      const end = watch.length > 64 ? (touched.at(-1) ?? 0) + 1 : watch.pa + watch.length;
      const text = (access: string) =>
        hitText(watch.id, access, pa, before.slice(from, end), after.slice(from, end));
      return [
        ...(line.isRead && watch.read ? [text("read")] : []),
        ...(line.isWrite && !failed && watch.write ? [text("write")] : []),
      ];
    });
    // What has changed in RAM is known to be a write, whatever the text says.
    for (const watch of list.filter(({ write }) => write)) {
      const changed = before.findIndex((byte, at) => isIn(watch, at) && byte !== after[at]);
      if (changed >= 0) expect(hits.some((hit) => hit.startsWith(`${watch.id} write`))).toBe(true);
    }
    if (hits.length > 0) seen.push({ step: machine.steps, pc, hits });
  }
}

function watched(
  program: readonly Line[],
  list: readonly Watch[],
  period: number,
  cuts: readonly number[],
) {
  const machine = machineFor(program, period);
  for (const watch of list) machine.watchpoints.set(watch);
  const seen: Seen[] = [];
  for (let turn = 0; ; turn++) {
    const stop = machine.run(cuts[turn % cuts.length] ?? 1);
    switch (stop.kind) {
      case "timer":
        machine.timerDeadline += period;
        break;
      case "watchpoint":
        seen.push({
          step: machine.steps,
          pc: stop.pc,
          hits: stop.hits.map(({ id, access, pa, before, after }) =>
            hitText(id, access, pa, before, after),
          ),
        });
        break;
      case "trap":
        machine.watchpoints.clearAll();
        return { seen, hash: machine.hash() };
    }
  }
}

test("stops are those of an oracle that looks after each step, however the run is cut, and the run is the same", () => {
  let stops = 0;
  fc.assert(
    fc.property(
      programs,
      watches,
      fc.constantFrom(5, 17, 1000),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
      (program, list, period, cuts) => {
        const expected = oracle(program, list, period);
        stops += expected.seen.length;
        for (const budgets of [[1000], [1], cuts]) {
          expect(watched(program, list, period, budgets)).toEqual(expected);
        }
      },
    ),
    { numRuns: 150 },
  );
  expect(stops).toBeGreaterThan(100);
});
