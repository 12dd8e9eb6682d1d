import { describe, expect, test } from "vitest";
import { parseElf } from "#emulator";
import { compileFixture, lineOf } from "../testing/compile-fixture.ts";
import { DebugInfo, typeName } from "./debug-info.ts";

const source = `
extern int shared;
static int hidden = 1;
volatile int sink;
int undefined_here(int);

static inline int scaled(int factor) {
  static int calls;
  int product = factor * sink; // in scaled
  calls += product;
  return product;
}

int nested(int first, short second) {
  static int remembered;
  int outer = first + second; // in outer
  if (outer > 3) {
    int inner = outer * 2;
    {
      int innermost = inner + remembered; // in innermost
      sink = innermost;
    }
  }
  remembered = outer;
  return outer + shared + hidden;
}

static int local_only(void) { return sink; }

void _start(void) {
  sink = nested(1, 2);
  sink = scaled(sink + local_only()); // calls scaled
  for (;;) ;
}
`;
const other = `
int shared = 5;
static int hidden = 2;
static int local_only(void) { return hidden; }
int elsewhere(void) { return local_only(); }
int discarded_variable;
int discarded_function(void) { return discarded_variable; }
`;

const names = (variables: readonly { name: string }[]) => variables.map(({ name }) => name);

describe.each(["-gdwarf-4", "-gdwarf-5"])("%s", (version) => {
  const build = (...flags: string[]) => {
    const image = parseElf(compileFixture({ "a.c": source, "b.c": other }, version, ...flags));
    return { image, info: DebugInfo.fromElf(image) };
  };
  const { image, info } = build(
    "-O0",
    "-ffunction-sections",
    "-fdata-sections",
    "-Wl,--gc-sections",
  );
  const file = info.sourceFiles().find((path) => path.endsWith("/a.c"))!;
  const addressOf = (mark: string) => info.lineAddresses(file, lineOf(source, mark))!.addresses[0]!;

  test("a function has its name, place, type and parameters", () => {
    const nested = info.functionsNamed("nested")[0]!;
    expect(nested).toMatchObject({
      name: "nested",
      declFile: file,
      declLine: lineOf(source, "int nested"),
      isExternal: true,
      lowPc: image.symbol("nested")!.value,
      unit: file,
    });
    expect(nested.ranges).toHaveLength(1);
    expect(nested.parameters.map(({ name, type }) => [name, typeName(type)])).toEqual([
      ["first", "int"],
      ["second", "short"],
    ]);
    expect(typeName(nested.type)).toBe("int (int, short)");
    expect(info.functionAt(nested.lowPc)).toBe(nested);
    expect(info.functionAt(nested.ranges[0]!.high - 1)).toBe(nested);
    expect(info.functionAt(nested.ranges[0]!.high)).not.toBe(nested);
  });

  test("blocks are nested, innermost first, and static variables are among a function's", () => {
    const scopes = info.scopesAt(addressOf("in innermost"));
    expect(scopes.map(({ kind }) => kind)).toEqual(["block", "block", "function"]);
    expect(scopes.map(({ variables }) => names(variables).sort())).toEqual([
      ["innermost"],
      ["inner"],
      ["first", "outer", "remembered", "second"],
    ]);
    const remembered = scopes[2]!.variables.find(({ name }) => name === "remembered");
    expect(remembered).toMatchObject({ isStatic: true, isParameter: false, isArtificial: false });
    expect(remembered!.declLine).toBe(lineOf(source, "static int remembered"));
  });

  test("an outer address isn't in the inner block", () => {
    const scopes = info.scopesAt(addressOf("in outer"));
    expect(scopes.map(({ kind }) => kind)).toEqual(["function"]);
    expect(scopes[0]!.functionName).toBe("nested");
  });

  test("static functions of the same name are both found", () => {
    const units = build("-O0", "-Wl,--no-gc-sections")
      .info.functionsNamed("local_only")
      .map(({ unit }) => unit);
    expect(units.map((unit) => unit.slice(-4)).sort()).toEqual(["/a.c", "/b.c"]);
  });

  test("globals are listed by unit, without what the linker discarded", () => {
    const globals = info.globals();
    expect(globals.map(({ unit }) => unit.slice(-4))).toEqual(["/a.c", "/b.c"]);
    expect(names(globals[0]!.variables)).toEqual(expect.arrayContaining(["hidden", "sink"]));
    expect(names(globals[1]!.variables)).toContain("shared");
    expect(names(globals[1]!.variables)).not.toContain("discarded_variable");
    expect(info.globalNamed("discarded_variable")).toBeUndefined();
    expect(info.functionsNamed("discarded_function")).toEqual([]);
    expect(info.globalNamed("absent")).toBeUndefined();
  });

  test("a static variable is seen from its own unit first", () => {
    const { info } = build("-O0", "-Wl,--no-gc-sections");
    const here = info.functionsNamed("_start")[0]!;
    const there = info.functionsNamed("elsewhere")[0]!;
    const lines = [here, there].map(({ lowPc }) => info.globalNamed("hidden", lowPc)!.declLine);
    expect(lines).toEqual([lineOf(source, "static int hidden"), lineOf(other, "int hidden")]);
  });

  test("optimised, an inlined call is a scope of its own with the line of the call", () => {
    const { info } = build("-O2");
    const start = info.functionsNamed("_start")[0]!;
    const { addresses } = info.lineAddresses(
      info.sourceFiles().find((path) => path.endsWith("/a.c"))!,
      lineOf(source, "in scaled"),
    )!;
    const pc = addresses.find((address) => info.functionAt(address) === start)!;
    expect(info.inlinedCallsAt(pc)).toMatchObject([
      { name: "scaled", callLine: lineOf(source, "calls scaled") },
    ]);
    expect(info.inlinedCallsAt(pc)[0]!.callFile).toMatch(/\/a\.c$/);
    const scopes = info.scopesAt(pc);
    expect(scopes.map(({ kind, functionName, depth }) => [kind, functionName, depth])).toEqual([
      ["inlined function", "scaled", 0],
      ["function", "_start", 1],
    ]);
    expect(names(scopes[0]!.variables)).toEqual(
      expect.arrayContaining(["factor", "product", "calls"]),
    );
    expect(info.problems).toEqual([]);
  });

  test("optimised, a variable without a place is there with the reason", () => {
    const { info } = build("-O2");
    const hidden = info.globalNamed("hidden", info.functionsNamed("_start")[0]!.lowPc)!;
    const frame = { pc: 0, readRegister: () => 0, readMemory: () => undefined };
    const place = info.evaluateLocation(hidden.location, frame);
    expect(["unavailable", "value"]).toContain(place.kind);
  });

  test("outside of the program there is no scope", () => {
    expect(info.scopesAt(0)).toEqual([]);
    expect(info.inlinedCallsAt(0xffff_fffe)).toEqual([]);
    expect(info.functionAt(0)).toBeUndefined();
  });
});
