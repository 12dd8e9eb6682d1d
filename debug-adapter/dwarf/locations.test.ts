import { describe, expect, test } from "vitest";
import { parseElf } from "#emulator";
import { compileFixture, lineOf } from "../testing/compile-fixture.ts";
import {
  DebugInfo,
  type FrameContext,
  partOf,
  readBytes,
  type StructType,
  sizeOf,
} from "./debug-info.ts";

const source = `
struct pair { int first, second; };
volatile int sink;
int global = 5;
__attribute__((noinline)) int work(int a, int b) {
  int sum = a + b;
  sink = sum;
  int later = sum * 3; // computed
  sink = later; // stored
  return later;
}
__attribute__((noinline)) struct pair make(int n) {
  struct pair p = { n, 7 };
  sink = n; // made
  return p;
}
int variable(int n) {
  int values[n];
  for (int i = 0; i < n; i++) values[i] = sink;
  sink = values[0]; // filled
  return values[n - 1];
}
int _start(void) { return work(1, 2) + make(3).first + variable(global); }
`;

function frameOf(
  pc: number,
  registers: Readonly<Record<number, number>>,
  words: Readonly<Record<number, number>> = {},
): FrameContext {
  return {
    pc,
    readRegister: (register) => registers[register],
    readMemory: (address, size) => {
      if (size !== 4 || words[address] === undefined) return undefined;
      return new Uint8Array(new Uint32Array([words[address]]).buffer);
    },
  };
}

describe.each(["-gdwarf-4", "-gdwarf-5"])("%s", (version) => {
  const load = (level: string) => {
    const info = DebugInfo.fromElf(parseElf(compileFixture({ "a.c": source }, version, level)));
    const file = info.sourceFiles().find((path) => path.endsWith("/a.c"))!;
    const addressOf = (mark: string) =>
      info.lineAddresses(file, lineOf(source, mark))!.addresses[0]!;
    const variable = (pc: number, name: string) =>
      info
        .scopesAt(pc)
        .flatMap(({ variables }) => variables)
        .find((candidate) => candidate.name === name)!;
    return { info, addressOf, variable };
  };

  test("unoptimised, variables are on the stack, relative to s0", () => {
    const { info, addressOf, variable } = load("-O0");
    const pc = addressOf("computed");
    const frame = frameOf(pc, { 2: 0x8000, 8: 0x8020 });
    const places = ["a", "b", "sum", "later"].map((name) =>
      info.evaluateLocation(variable(pc, name).location, frame),
    );
    for (const place of places) {
      expect(place).toMatchObject({ kind: "memory" });
      const { address } = place as { address: number };
      expect(address).toBeGreaterThanOrEqual(0x8000);
      expect(address).toBeLessThan(0x8020 - 8);
    }
    expect(new Set(places.map((place) => JSON.stringify(place))).size).toBe(4);
  });

  test("a global is in memory at its symbol", () => {
    const image = parseElf(compileFixture({ "a.c": source }, version, "-O0"));
    const info = DebugInfo.fromElf(image);
    const { location } = info.globalNamed("global")!;
    const place = info.evaluateLocation(location, frameOf(0, {}));
    expect(place).toEqual({ kind: "memory", address: image.symbol("global")!.value });
  });

  test("optimised, a parameter is in its register first and may be gone later", () => {
    const { info, variable } = load("-O2");
    const work = info.functionsNamed("work")[0]!;
    const [a] = work.parameters;
    const at = (pc: number) =>
      info.evaluateLocation(a!.location, frameOf(pc, { 10: 1, 2: 0x8000 }));
    expect(at(work.lowPc)).toEqual({ kind: "register", register: 10 });
    const later = at(work.ranges[0]!.high - 2);
    expect(later).toMatchObject({
      kind: "unavailable",
      reason: expect.stringMatching(/optimised/),
    });
    expect(variable(work.lowPc, "sum")).toBeDefined();
  });

  test("without registers, the reason is said", () => {
    const { info, addressOf, variable } = load("-O0");
    const pc = addressOf("computed");
    const place = info.evaluateLocation(variable(pc, "sum").location, frameOf(pc, {}));
    expect(place).toMatchObject({ kind: "unavailable", reason: expect.stringMatching(/register/) });
  });

  test("the members of a struct that was split up are found one by one", () => {
    const { info, addressOf, variable } = load("-O2");
    const pc = addressOf("// made");
    const pair = variable(pc, "p");
    const frame = frameOf(pc, { 10: 3, 11: 7 });
    const place = info.evaluateLocation(pair.location, frame);
    const second = (pair.type as StructType).members[1]!;
    const part = partOf(place, second.offset, sizeOf(second.type)!);
    expect(readBytes(part, 4, frame)).toEqual(new Uint8Array([7, 0, 0, 0]));
  });

  test("the length of a variable-length array is read from the frame", () => {
    const { info, addressOf, variable } = load("-O0");
    const pc = addressOf("filled");
    const { type } = variable(pc, "values");
    expect(type).toMatchObject({ kind: "array", count: undefined });
    if (type.kind !== "array") return;
    const words: Record<number, number> = {};
    for (let address = 0x7f80; address < 0x8020; address += 4) words[address] = 6;
    expect(info.arrayCount(type, frameOf(pc, { 2: 0x7f80, 8: 0x8020 }, words))).toBe(6);
    expect(info.arrayCount(type, frameOf(pc, {}))).toBeUndefined();
  });
});

test("a value at the entry comes from the call site of the caller", () => {
  // Clang 17 writes no call site parameters for RISC-V, so the debug data is written by hand, as GCC would.
  const assembly = `
.text
.globl _start
_start: call callee
after: j _start
end_start:
.globl callee
callee: nop
ret
end_callee:
.section .debug_abbrev,"",@progbits
.byte 1, 0x11, 1, 0x03, 8, 0x11, 1, 0x12, 1, 0, 0                    # compile unit: name, low_pc, high_pc
.byte 2, 0x2e, 1, 0x03, 8, 0x11, 1, 0x12, 1, 0x40, 0x18, 0, 0        # subprogram: also frame_base
.byte 3, 0x05, 0, 0x03, 8, 0x02, 0x18, 0, 0                          # parameter: name, location
.byte 4, 0x48, 1, 0x7d, 1, 0, 0                                      # call site: return_pc
.byte 5, 0x49, 0, 0x02, 0x18, 0x7e, 0x18, 0, 0                       # its parameter: location, value
.byte 0
.section .debug_info,"",@progbits
.4byte end - begin
begin: .2byte 5
.byte 1, 4
.4byte .debug_abbrev
.byte 1
.asciz "by-hand.c"
.4byte _start, end_callee
.byte 2
.asciz "_start"
.4byte _start, end_start
.byte 1, 0x52
.byte 4
.4byte after
.byte 5, 1, 0x5a, 2, 0x78, 4                                         # in a0: s0 + 8 - 4
.byte 0, 0
.byte 2
.asciz "callee"
.4byte callee, end_callee
.byte 1, 0x52
.byte 3
.asciz "x"
.byte 4, 0xa3, 1, 0x5a, 0x9f                                         # entry_value(a0), stack_value
.byte 0, 0
end:
`;
  const image = parseElf(compileFixture({ "by-hand.S": assembly }, "-g0"));
  const info = DebugInfo.fromElf(image);
  const callee = info.functionsNamed("callee")[0]!;
  const { location } = callee.parameters[0]!;
  const after = image.symbol("after")!.value;
  const inside = callee.lowPc + 2;
  const caller = frameOf(after - 1, { 8: 40 });

  const called = { ...frameOf(inside, { 10: 99 }), caller: () => caller };
  expect(info.evaluateLocation(location, called)).toEqual({ kind: "value", value: 44n });

  const atEntry = frameOf(callee.lowPc, { 10: 99 });
  expect(info.evaluateLocation(location, atEntry)).toEqual({ kind: "value", value: 99n });

  const alone = frameOf(inside, { 10: 99 });
  expect(info.evaluateLocation(location, alone)).toMatchObject({
    kind: "unavailable",
    reason: expect.stringMatching(/known only at the function's entry/),
  });
  const elsewhere = { ...alone, caller: () => frameOf(after + 1, { 8: 40 }) };
  expect(info.evaluateLocation(location, elsewhere)).toMatchObject({
    reason: expect.stringMatching(/caller doesn't describe the call/),
  });
  expect(info.problems).toEqual([]);
});
