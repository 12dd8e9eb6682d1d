/** Generated guests that do anything, for properties of the kernel and of its history: assembly from drawn numbers. */
import fc from "fast-check";
import { CALLS } from "../abi.ts";
import { A, B, C, call, setEntry, term } from "./snippets.ts";
import { boot, type GuestSystem } from "./system.ts";

/** A value or label that a kernel call may make something of, or, one time in eight, not. */
function operand(parameter: string, drawn: number): string | number {
  const pick = (...from: readonly (string | number)[]) => from[(drawn >>> 3) % from.length];
  if (drawn % 8 === 0) return pick(0, 1, -1, 16, 200, 0x2_0001, 0x8000_0000, 0x1_0011);
  switch (parameter) {
    case "memory":
      return 1;
    case "processor":
      return 2;
    case "console":
      return 3;
    case "creator":
      return 4;
    case "disk":
      return 5;
    case "network":
      return 7;
    case "filter":
      return pick(100, 101, 120);
    case "over":
      return pick(0, 0, 0, 120, 100);
    case "length":
      return pick(1, 60, 64, 1514);
    case "state":
      return 6;
    case "resource":
      return pick(1, 2, 5);
    case "pages":
      return pick(0, 1, 2, 8);
    case "clear":
      return pick(0, 1, 2, 3);
    case "extent":
      return pick(100, 101, 102, 103);
    case "count":
      return pick(1, 1, 2, 3, 8, 0);
    case "sector":
      return pick(0, 0, 1, 2);
    case "offset":
      return pick(0, 512, 1024, 4096 - 512);
    case "destination":
      return pick(100, 101, 102, 103, 300);
    case "page":
    case "source":
      return pick(17, 100, 101, 102, 103);
    case "slice":
      return pick(18, 100, 101);
    case "rights":
      return pick(1, 3, 7, 1, 3, 7, 9, 15);
    case "address":
      return pick(0x4_0000, 0x4_1000, 0x104_0000, 0x8_0000);
    case "frame":
    case "position":
    case "first":
      return -1;
    case "entry":
      return pick(21, 16, 17, 19, 20, 23, 24);
    case "pc":
      return pick("body", "entered", 0);
    case "receiver":
    case "giver":
    case "target":
      return pick(A, B, C, 0);
    default:
      return 0;
  }
}

/** One line of a random program; `drawn` chooses and fills it. */
function line(drawn: readonly number[]): string {
  const [kind, x, y, z] = drawn;
  const register = (n: number) => `x${n % 32}`;
  const csr = [
    "ustatus",
    "utvec",
    "uscratch",
    "uepc",
    "ucause",
    "utval",
    "uie",
    "uip",
    "cycle",
    "time",
  ][y % 10];
  const address = [0x1_0000, 0x2_0000, 0x4_0000, 0x7fff_0000, 0, 0xffff_fffc][x % 6];
  switch (kind % 28) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4: {
      const { number, parameters } = Object.values(CALLS)[x % Object.keys(CALLS).length];
      const set = parameters.map(({ name }, i) => `la a${i}, ${operand(name, y >>> (3 * i))}`);
      return [...set, `li t6, ${0x102 + (z % 3)}`, `li a7, ${number}`, "ecall"].join("\n");
    }
    case 5:
      return `.word ${(x ^ (y << 8)) >>> 0}`;
    case 6:
      return `.half ${z & 0xffff}`;
    case 7:
    case 8:
      return `li ${register(y)}, ${address}`;
    case 9:
    case 10:
      return `lw ${register(x)}, ${(y % 64) * 4}(${register(z)})`;
    case 11:
    case 12:
      return `sw ${register(x)}, ${(y % 64) * 4}(${register(z)})`;
    case 13:
      return `csrrw ${register(x)}, ${csr}, ${register(z)}`;
    case 14:
      return `csrwi ustatus, ${x % 2 === 0 ? 1 : x % 18}`;
    case 15:
      return `amoadd.w ${register(x)}, ${register(y)}, (${register(z)})`;
    case 16:
      return `lr.w ${register(x)}, (${register(z)})\nsc.w ${register(y)}, ${register(x)}, (${register(z)})`;
    case 17:
      return x % 2 === 0 ? "uret" : "kcall REST";
    case 18:
      return `bne ${register(x)}, ${register(y)}, body`;
    case 19:
      return `jalr ${register(x)}, ${register(z)}, ${y % 64}`;
    case 20:
      return `csrr ${register(x)}, ${csr}`;
    case 21:
      return "j body";
    case 23:
      return [
        call("DISK_WRITE", [110, x % 4, 1, 17, (y % 8) * 512, z]),
        call("DISK_READ", [110, y % 3, 1 + (z % 2), 17, (x % 8) * 512, y]),
      ].join("\n");
    case 24:
      return [call("DISK_BARRIER", [110, z]), "kcall DISK_NEXT", "kcall SLEEP"][x % 3];
    case 25:
      return call("NETWORK_SEND", ["SLOT_NETWORK", 17, (x % 8) * 16, 1 + (y % 80)]);
    case 26:
      return [
        call("FILTER_INSERT", [0, "SLOT_NETWORK", 17, 3072 + 16 * (x % 8), 1 + (y % 2), 0, 121]),
        call("RING_SET", [120, 17, z % 2]),
        call("FILTER_REMOVE", [0, 121]),
      ][z % 3];
    case 22:
      return `csrr t6, utval\nkcall TRANSFER_SYNC`;
    default:
      return `addi ${register(x)}, ${register(z)}, ${y % 2048}`;
  }
}

/** Survives what it can, registers entries in the middle of itself, and then does anything. */
const program = (lines: readonly (readonly number[])[], entries: readonly number[]) => `
    la t0, recover
    csrw utvec, t0
    ${setEntry("ENTRY_DOUBLE_UPCALL", "recover")}
    ${call("EXTENT_ALLOC", [0, "SLOT_DISK", "ANY", 4, 110])}
    ${Array.from({ length: 8 }, (_, i) => term(768 + 4 * i, i % 2, 1, i % 3 === 0 ? 1 : 3, i % 2)).join("\n")}
    ${call("FILTER_INSERT", [0, "SLOT_NETWORK", 17, 3072, 1, 0, 120])}
    ${call("RING_SET", [120, 17, 1])}
    ${["TRANSFER", "TRANSFER_ASYNC", "CALLEE_DIED"].map((e) => setEntry(`ENTRY_${e}`, "entered")).join("\n")}
    ${entries.map((entry) => setEntry(16 + (entry % 11), "entered")).join("\n")}
    j body
  recover:
    csrr t0, uepc
    addi t0, t0, 4
    csrr t1, ucause
    addi t1, t1, -12
    bnez t1, known
    la t0, body          # it jumped somewhere
  known:
    csrw uepc, t0
    csrwi ustatus, 16
    uret
  body:
    ${lines
      .slice(0, lines.length >> 1)
      .map(line)
      .join("\n")}
  entered:
    ${lines
      .slice(lines.length >> 1)
      .map(line)
      .join("\n")}
    j body`;

/** Two or three guests, the machine, and their input. */
export const programs = fc.noBias(
  fc.record({
    guests: fc.array(
      fc.record({
        lines: fc.array(fc.array(fc.nat(0xfff_ffff), { minLength: 4, maxLength: 4 }), {
          minLength: 2,
          maxLength: 40,
        }),
        entries: fc.array(fc.nat(100), { maxLength: 4 }),
        guaranteed: fc.boolean(),
        createsEnvironments: fc.boolean(),
      }),
      { minLength: 2, maxLength: 3 },
    ),
    tick: fc.constantFrom(13, 100, 1000),
    tlbEntries: fc.constantFrom(4, 64),
    pieces: fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 }),
    watched: fc.integer({ min: 1, max: 20 }),
    input: fc.integer({ min: 0, max: 4000 }),
    latency: fc.constantFrom(0, 7, 400),
    beforeWrite: fc.integer({ min: 1, max: 12 }),
  }),
);
export type Programs = typeof programs extends fc.Arbitrary<infer T> ? T : never;

export function bootPrograms(drawn: Programs): GuestSystem {
  const { guests, tick, tlbEntries, input, latency, beforeWrite } = drawn;
  return boot(
    guests.map(({ lines, entries, ...rest }, i) => ({
      name: `guest${i}`,
      source: program(lines, entries),
      ...rest,
    })),
    {
      pages: 300,
      tlbEntries,
      policy: { tick },
      console: [
        { step: input, bytes: Uint8Array.of(1, 2, 3) },
        { step: 2 * input, bytes: Uint8Array.of(4) },
      ],
      network: {
        loopback: input % 2 === 0,
        latency,
        packets: [
          { step: input, bytes: Uint8Array.of(0, 1, 2) },
          { step: input + latency, bytes: new Uint8Array(100).fill(1) },
        ],
      },
      disk: {
        sectors: 32,
        latency: { base: latency, perSector: 1 },
        crash: { beforeWrite, mode: "random", seed: input },
      },
    },
  );
}
