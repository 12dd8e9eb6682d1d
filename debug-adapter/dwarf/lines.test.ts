import { describe, expect, test } from "vitest";
import { parseElf } from "#emulator";
import { compileFixture, lineOf } from "../testing/compile-fixture.ts";
import { DebugInfo } from "./debug-info.ts";

const main = `#include "shared.h"
volatile int sink;

static int
body(int count)
{
  // nothing here has code
  int sum = 0;
  for (int i = 0; i < count; i++) { // loop head
    sum += i; // loop body

    /* a comment inside */
    sink = sum; // after comment
  }
  return sum; // result
} // body ends

int unused_global = 3;

int _start(void) { // start opens
  sink = body(4); // first statement
  sink = twice(sink); // calls inline
  sink = twice(sink) + other(1); // calls inline again
  for (;;) ; // forever
}
// the file ends
`;
const other = `#include "shared.h"
int other(int x) { return twice(x) - 1; } // other
`;
const shared = `extern int other(int);
static inline int twice(int x) {
  int doubled = x + x; // shared body
  return doubled;
}
`;
const sources = { "main.c": main, "other.c": other, "shared.h": shared };

const builds = [
  ["DWARF 4, unoptimised", "-gdwarf-4", "-O0"],
  ["DWARF 5, unoptimised", "-gdwarf-5", "-O0"],
  ["DWARF 4, optimised", "-gdwarf-4", "-O2"],
  ["DWARF 5, optimised", "-gdwarf-5", "-O2"],
] as const;

describe.each(builds)("%s", (_, ...flags) => {
  const image = parseElf(compileFixture(sources, ...flags));
  const info = DebugInfo.fromElf(image);
  const file = info.sourceFiles().find((path) => path.endsWith("/main.c"))!;
  const header = info.sourceFiles().find((path) => path.endsWith("/shared.h"))!;
  const isOptimised = flags[1] === "-O2";
  const at = (line: number) => info.lineAddresses(file, line);

  test("has the full paths of its files and no problems", () => {
    expect(file).toMatch(/^(\/|[A-Z]:\/).*[^.]\/main\.c$/);
    expect(info.sourceFiles()).toEqual([...info.sourceFiles()].sort());
    expect(new Set(info.sourceFiles()).size).toBe(info.sourceFiles().length);
    expect(info.hasLines).toBe(true);
    expect(info.problems).toEqual([]);
  });

  test("an address and its line agree both ways", () => {
    for (const line of info.linesWithCode(file)) {
      const addresses = at(line);
      if (addresses?.line !== line) continue;
      for (const address of addresses.addresses) {
        expect(info.isStatementStart(address)).toBe(true);
        // On a function's opening line the address is that of its first statement, of whatever line.
        if (info.functionAt(address)?.prologueEndAddress === address) continue;
        const lines = info
          .statementRowsIn({ low: address, high: address + 1 })
          .map((row) => `${row.file}:${row.line}`);
        expect(lines).toContain(`${file}:${line}`);
      }
    }
  });

  test("every instruction of a function has a row that covers it", () => {
    for (const name of ["_start", "other"]) {
      const { ranges } = info.functionsNamed(name)[0]!;
      for (const { low, high } of ranges) {
        for (let pc = low; pc < high; pc += 2) {
          const row = info.lineAt(pc)!;
          expect(row.address).toBeLessThanOrEqual(pc);
          expect(row.endAddress).toBeGreaterThan(pc);
          expect(row.line).toBeGreaterThan(0);
        }
      }
    }
  });

  test("a line without code slides to the next of its function that has some", () => {
    const commented = lineOf(main, "a comment inside");
    expect(at(commented)?.line).toBe(lineOf(main, "after comment"));
    expect(at(commented - 1)?.line).toBe(lineOf(main, "after comment"));
  });

  test("a line outside of all functions has no address", () => {
    expect(at(2)).toBeUndefined();
    expect(at(lineOf(main, "unused_global"))).toBeUndefined();
    expect(at(lineOf(main, "the file ends"))).toBeUndefined();
    expect(at(10_000)).toBeUndefined();
    expect(info.lineAddresses("/nowhere.c", 1)).toBeUndefined();
    expect(info.linesWithCode("/nowhere.c")).toEqual([]);
  });

  test("a function's opening line leads to where its frame is set up", () => {
    const start = info.functionsNamed("_start")[0]!;
    const opening = at(lineOf(main, "start opens"))!;
    expect(opening.addresses).toEqual([start.prologueEndAddress]);
    expect(opening.addresses[0]).toBeGreaterThanOrEqual(start.lowPc);
    if (!isOptimised) expect(opening.line).toBe(lineOf(main, "first statement"));
  });

  test("a line of an inlined function has an address for each place where it runs", () => {
    const { line, addresses } = info.lineAddresses(header, lineOf(shared, "shared body"))!;
    expect(line).toBe(lineOf(shared, "shared body"));
    // Unoptimised: one copy of the static function in each unit. Optimised: two inlined copies in _start and one in other.
    expect(addresses.length).toBeGreaterThanOrEqual(isOptimised ? 3 : 2);
    expect(addresses).toEqual([...addresses].sort((a, b) => a - b));
    for (const address of addresses) {
      const names = info.inlinedCallsAt(address).map(({ name }) => name);
      if (isOptimised) expect(names).toEqual(["twice"]);
      else expect(info.functionAt(address)?.name).toBe("twice");
    }
  });

  test("outside of the program there is neither line nor statement", () => {
    for (const address of [0, 4, 0x7fff_fff0, 0xffff_ffff]) {
      expect(info.lineAt(address)).toBeUndefined();
      expect(info.statementAt(address)).toBeUndefined();
      expect(info.isStatementStart(address)).toBe(false);
    }
  });
});

describe("unoptimised code", () => {
  const info = DebugInfo.fromElf(parseElf(compileFixture(sources, "-gdwarf-5", "-O0")));
  const file = info.sourceFiles().find((path) => path.endsWith("/main.c"))!;
  const body = info.functionsNamed("body")[0]!;

  test("has one address for a loop's head: where the loop begins", () => {
    const head = info.lineAddresses(file, lineOf(main, "loop head"))!;
    expect(head.addresses).toHaveLength(1);
    const [address] = head.addresses;
    const bodyAddress = info.lineAddresses(file, lineOf(main, "loop body"))!.addresses[0]!;
    expect(address).toBeLessThan(bodyAddress);
  });

  test("has lines with code where statements are, and nowhere else", () => {
    const lines = info.linesWithCode(file);
    for (const mark of ["loop body", "result", "first statement", "forever"]) {
      expect(lines).toContain(lineOf(main, mark));
    }
    for (const mark of ["a comment inside", "nothing here has code", "unused_global"]) {
      expect(lines).not.toContain(lineOf(main, mark));
    }
  });

  test("steps line by line: leaving a statement's range arrives at another statement", () => {
    let pc = body.prologueEndAddress;
    const visited: number[] = [];
    while (pc < body.ranges[0]!.high) {
      const statement = info.statementAt(pc)!;
      expect(statement.range.low).toBeLessThanOrEqual(pc);
      expect(statement.range.high).toBeGreaterThan(pc);
      visited.push(statement.line);
      pc = statement.range.high;
      if (pc < body.ranges[0]!.high) expect(info.isStatementStart(pc)).toBe(true);
    }
    const order = ["int sum", "loop head", "loop body", "after comment", "result"];
    const lines = visited.map((line) => main.split("\n")[line - 1]!);
    const positions = order.map((mark) => lines.findIndex((line) => line.includes(mark)));
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(positions[0]).toBe(0);
  });

  test("marks the end of a prologue in the row where a breakpoint on the function goes", () => {
    const row = info.lineAt(body.prologueEndAddress)!;
    expect(row.isPrologueEnd).toBe(true);
    expect(row.line).toBe(lineOf(main, "int sum"));
    expect(body.prologueEndAddress).toBeGreaterThan(body.lowPc);
  });

  test("a return type on a line of its own counts as part of its function", () => {
    expect(info.lineAddresses(file, lineOf(main, "body(int count)") - 1)).toBeDefined();
    expect(info.lineAddresses(file, lineOf(main, "body(int count)") - 2)).toBeUndefined();
  });
});

test("assembly has a row for each instruction and no prologue to skip", () => {
  const source = `.text
.globl _start
_start:
  addi sp, sp, -16 # first
  sw ra, 12(sp) # second
  j _start
`;
  const info = DebugInfo.fromElf(parseElf(compileFixture({ "start.S": source }, "-g")));
  const file = info.sourceFiles().find((path) => path.endsWith("start.S"))!;
  const first = info.lineAddresses(file, lineOf(source, "# first"))!;
  const second = info.lineAddresses(file, lineOf(source, "# second"))!;
  expect(first.line).toBe(lineOf(source, "# first"));
  expect(second.addresses[0]! - first.addresses[0]!).toBe(2);
  expect(info.linesWithCode(file)).toHaveLength(3);
  expect(info.problems).toEqual([]);
});

test("a program without debug data has no lines and no problems", () => {
  const info = DebugInfo.fromElf(parseElf(compileFixture(sources, "-O2", "-g0")));
  expect(info.hasLines).toBe(false);
  expect(info.sourceFiles()).toEqual([]);
  expect(info.globals()).toEqual([]);
  expect(info.functionsNamed("_start")).toEqual([]);
  expect(info.problems).toEqual([]);
});
