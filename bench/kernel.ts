/**
 * What the kernel's own work costs: host nanoseconds for each operation, guest instructions on the libOS's side, and crossings.
 * Each is a loop of assembled lines, less the same loop without the operation; instructions and crossings are counted, not measured.
 */
import { assemble, ElfImage } from "#emulator";
import { Kernel, type KernelConfiguration, KernelView, Launcher, type Program } from "#exokernel";
import { type Figure, figure } from "./figures.ts";

const TEXT = 0x1_0000;
const DATA = 0x2_0000;
const RUNS = 11;
/** Operations of one run. */
const COUNT = 20_000;

const CALL = { setWord: 0x04, bind: 0x22, yield: 0x32, transfer: 0x40, setEntry: 0x03, rest: 0x34 };
const URET = ".word 0x00200073";
const UCAUSE_BREAKPOINT = 3;
const STORE_FAULT = 15;
const TRANSFER = 23;

const entry = (number: number, label: string): string =>
  `li a0, 0\nli a1, ${number}\nla a2, ${label}\nli a7, ${CALL.setEntry}\necall`;

function image(source: string): ElfImage {
  const { bytes } = assemble(source, { origin: TEXT });
  const segment = (at: number, content: Uint8Array, size: number, writable: boolean) => ({
    virtualAddress: at,
    fileOffset: 0,
    fileSize: content.length,
    memorySize: size,
    readable: true,
    writable,
    executable: !writable,
    bytes: content,
  });
  return new ElfImage(
    { entry: TEXT, flags: 0 },
    [segment(TEXT, bytes, bytes.length, false), segment(DATA, new Uint8Array(), 4096, true)],
    [],
    [],
  );
}

interface Loop {
  readonly name: string;
  /** Each guest's assembly; the loop is the first one's. */
  readonly sources: readonly string[];
  /** Operations in one turn of the loop. */
  readonly each: number;
  readonly configuration?: KernelConfiguration;
}

const TICK = 1_000_000_000;

/** Runs a loop in pieces, each long enough, and gives nanoseconds, instructions and crossings of one turn. */
function measure({ name, sources, each, configuration }: Loop): Figure[] {
  const kernel = new Kernel({ policy: { tick: TICK }, ...configuration });
  const programs: Program[] = sources.map((source, i) => ({
    name: `guest${i}`,
    image: image(source),
  }));
  new Launcher(kernel).launch(programs);
  const view = new KernelView(kernel);
  kernel.run(20_000);
  const nanoseconds: number[] = [];
  const instructions: number[] = [];
  const crossings: number[] = [];
  for (let i = 0; i < RUNS; i += 1) {
    const before = totals(kernel, view);
    const started = performance.now();
    kernel.run(COUNT * 12);
    const time = performance.now() - started;
    const after = totals(kernel, view);
    const turns = after.turns - before.turns;
    nanoseconds.push((1e6 * time) / turns / each);
    instructions.push((after.retired - before.retired) / turns / each);
    crossings.push((after.entries - before.entries) / turns / each);
  }
  return [
    figure(`${name}`, "ns", nanoseconds),
    figure(`${name}: guest instructions`, "", instructions),
    figure(`${name}: kernel entries`, "", crossings),
  ];
}

/** Word 0 of the data page counts turns; steps less retired instructions are entries of the kernel. */
function totals(kernel: Kernel, view: KernelView) {
  const first = view.environments()[1]?.id ?? 0;
  const bytes = view.read(first, DATA, 4);
  const turns = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const { retired } = kernel.machine;
  return { turns, retired, entries: kernel.steps - retired };
}

/** One turn: counts, and does something. s0 is the data page. */
const loop = (before: string, body: string, after = ""): string => `
    li a0, 0
    li a7, ${CALL.yield}
    ecall
    li s0, ${DATA}
    ${before}
  9: lw t0, 0(s0)
    addi t0, t0, 1
    sw t0, 0(s0)
    ${body}
    j 9b
    ${after}`;

/** A page that collides in the software TLB with its neighbour 16 MiB away, bound anew at each fault. */
const COLLIDING = `
  fault:
    csrr a1, utval
    srli a1, a1, 12
    slli a1, a1, 12
    li a0, 0
    li a2, 17
    li a3, 3
    li a7, ${CALL.bind}
    ecall
    ${URET}`;

const LOOPS: readonly Loop[] = [
  { name: "an empty turn of the loop", sources: [loop("", "")], each: 1 },
  {
    name: "kernel call, the lightest that does something",
    sources: [loop("", `li a0, 0\nli a1, 1\nli a2, 7\nli a7, ${CALL.setWord}\necall`)],
    each: 1,
  },
  {
    name: "exception to the handler and back",
    sources: [
      loop(
        entry(UCAUSE_BREAKPOINT, "handler"),
        "ebreak",
        `handler:\ncsrr t1, uepc\naddi t1, t1, 4\ncsrw uepc, t1\n${URET}`,
      ),
    ],
    each: 1,
  },
  {
    name: "protected control transfer, one way",
    sources: [
      `la s1, reply\n${loop(entry(TRANSFER, "reply"), `li t6, 0x103\nli a7, ${CALL.transfer}\necall\nreply: li s0, ${DATA}`)}`,
      `${entry(TRANSFER, "serve")}\nli a7, ${CALL.rest}\necall\nserve: csrr t6, utval\nli a7, ${CALL.transfer}\necall`,
    ],
    each: 2,
  },
  {
    name: "yield to a named environment",
    sources: [
      loop("", `li a0, 0x103\nli a7, ${CALL.yield}\necall`),
      `1: li a0, 0x102\nli a7, ${CALL.yield}\necall\nj 1b`,
    ],
    each: 2,
  },
  {
    name: "refill from the software TLB",
    sources: [
      loop(
        `li s1, 0x400000\nli s2, 0x404000\nli a3, 3\nmv a1, s1\n1: li a0, 0\nli a2, 17\nli a7, ${CALL.bind}\necall\nli t0, 4096\nadd a1, a1, t0\nblt a1, s2, 1b`,
        "li t2, 4096\nmv t1, s1\nlw t3, 0(t1)\nadd t1, t1, t2\nlw t3, 0(t1)\nadd t1, t1, t2\nlw t3, 0(t1)\nadd t1, t1, t2\nlw t3, 0(t1)",
      ),
    ],
    each: 4,
    // Text, data and four pages do not fit into four entries.
    configuration: { tlbEntries: 4 },
  },
  {
    name: "refill through the libOS: fault, bind, retry",
    sources: [
      loop(
        `${entry(STORE_FAULT, "fault")}\nli s1, 0x400000\nli s2, 0x1400000`,
        "sw t0, 0(s1)\nsw t0, 0(s2)",
        COLLIDING,
      ),
    ],
    each: 2,
  },
];

/** Classification: how long the interface's frame takes to its ring with so many filters, of which the last one wins. */
function classification(filters: number): Figure {
  const kernel = new Kernel({ network: {} });
  const call = (name: Parameters<Kernel["call"]>[1], ...args: number[]): number => {
    const result = kernel.call(1, name, ...args);
    if (result < 0) throw new Error(`${name} was refused: ${result}`);
    return result;
  };
  const any = 0xffff_ffff;
  const list = call("pageAlloc", 0, 1, any, 100);
  call("pageAlloc", 0, 1, any, 101);
  for (let i = 0; i < filters; i += 1) {
    // IPv4, UDP, and a port: what filters of different programs have in common, and what they have not.
    const terms = [
      [12, 2, 0xffff, 0x0800],
      [23, 1, 0xff, 17],
      [36, 2, 0xffff, 1000 + i],
    ];
    for (const [word, value] of terms.flat().entries()) {
      kernel.machine.memory.writeU32(list * 4096 + 4 * word, value);
    }
    call("filterInsert", 0, 7, 100, 0, terms.length, 0, 200 + i);
  }
  call("ringSet", 200 + filters - 1, 101, 1);
  const frame = new Uint8Array(60);
  frame.set([0x08, 0x00], 12);
  frame[23] = 17;
  frame.set([(1000 + filters - 1) >> 8, (1000 + filters - 1) & 255], 36);
  const values: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const started = performance.now();
    for (let i = 0; i < 2000; i += 1) kernel.networkInput(frame);
    values.push((1e6 * (performance.now() - started)) / 2000);
  }
  return figure(
    `a packet classified, ${filters} filter${filters === 1 ? "" : "s"}`,
    "ns",
    values.slice(1),
  );
}

export function measureKernel(): Figure[] {
  return [...LOOPS.flatMap((each) => measure(each)), ...[1, 10, 100].map(classification)];
}
