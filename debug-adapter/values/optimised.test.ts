import { describe, expect, test } from "vitest";
import { stopAt } from "../testing/stopped-program.ts";
import { setValue } from "./assign.ts";
import { childrenOf } from "./children.ts";
import { evaluate } from "./evaluate.ts";
import { formatValue } from "./format.ts";
import type { FrameAccess } from "./frame-access.ts";

const SOURCE = `
typedef unsigned char uint8_t;
struct pair { int first; int second; };
struct small { uint8_t a, b; short c; };
volatile int sink;
volatile long long wide_sink;

static inline __attribute__((always_inline)) int square(int x) {
  int result = x * x;
  sink = result; // inlined
  return result;
}

__attribute__((noinline)) int work(int count, long long wide, struct pair pair, struct small small, char letter) {
  int unused = count * 77;
  int doubled = count * 2;
  sink = doubled; // stop
  wide_sink = wide + small.a + letter;
  sink = square(doubled + pair.second);
  return doubled + pair.first + small.b;
}

int main(void) {
  struct pair pair = {sink + 3, sink + 4};
  struct small small = {5, 6, sink - 7};
  return work(sink + 21, 0x123456789abcll + sink, pair, small, 'q' + sink);
}

void _start(void) {
  sink = main();
  for (;;) {}
}
`;

function shown(text: string, frame: FrameAccess): string {
  const result = evaluate(text, frame);
  return result.ok ? formatValue(result.value, frame) : result.message;
}

function set(frame: FrameAccess, target: string, text: string): string {
  const result = evaluate(target, frame);
  if (!result.ok) return result.message;
  const outcome = setValue(result.value, text, frame);
  return outcome.ok ? shown(target, frame) : outcome.message;
}

describe.each([{ flags: ["-O2", "-g", "-gdwarf-5"] }, { flags: ["-O2", "-g", "-gdwarf-4"] }])(
  "with $flags",
  ({ flags }) => {
    const stop = () => stopAt(SOURCE, "// stop", { flags });

    test("parameters in registers and in pieces have their values", () => {
      const frame = stop().frame();
      expect(shown("count", frame)).toBe("21");
      expect(shown("wide", frame)).toBe("20015998343868");
      expect(shown("pair", frame)).toBe("{first = 3, second = 4}");
      expect(shown("small", frame)).toBe("{a = 5, b = <optimised out>, c = -7}");
      expect(shown("letter", frame)).toBe("113 'q'");
      expect(shown("doubled", frame)).toBe("42");
      expect(shown("pair.second * 2 + small.c", frame)).toBe("1");
    });

    test("what the compiler computes itself is known but can't be changed", () => {
      const frame = stop().frame();
      const text = shown("unused", frame);
      expect(text).toBe("1617");
      expect(set(frame, "unused", "1")).toBe(
        "'unused' can't be changed: it is a value without a place of its own",
      );
      expect(shown("&count", frame)).toBe(
        "'count' is in register a0, which has no address (column 2)",
      );
    });

    test("a parameter in a register can be changed", () => {
      const frame = stop().frame();
      expect(set(frame, "count", "-3")).toBe("-3");
      expect(set(frame, "letter", "'z'")).toBe("122 'z'");
      expect(set(frame, "wide", "0x123456789abcdef")).toBe("81985529216486895");
      expect(set(frame, "wide", "-1")).toBe("-1");
      expect(set(frame, "pair.second", "9")).toBe("9");
      expect(shown("pair", frame)).toBe("{first = 3, second = 9}");
      expect(set(frame, "small.b", "6")).toBe("'small.b' can't be changed: it is optimised out");
      expect(set(frame, "small.c", "6")).toBe(
        "'small.c' can't be changed: it is a value without a place of its own",
      );
    });

    test("what the compiler no longer keeps says so", () => {
      const frame = { ...stopAt(SOURCE, "// inlined", { flags }).frame(), depth: 1 };
      expect(shown("count", frame)).toBe("<optimised out at this address>");
      expect(shown("wide", frame)).toBe("<partly optimised out>");
      expect(shown("wide + 1", frame)).toBe(
        "'wide' can't be read: partly optimised out (column 1)",
      );
    });

    test("in an inlined function its own variables are in scope, one frame out the caller's are", () => {
      const program = stopAt(SOURCE, "// inlined", { flags });
      const inlined = program.frame();
      const caller = { ...inlined, depth: 1 };
      expect(shown("x", inlined)).toBe("46");
      expect(shown("result", inlined)).toBe("2116");
      expect(shown("doubled", inlined)).toMatch(/^there is no 'doubled' in scope/);
      expect(shown("doubled", caller)).toBe("42");
      expect(shown("result", caller)).toMatch(/^there is no 'result' in scope/);
    });

    test("children of a struct in pieces are its members", () => {
      const frame = stop().frame();
      const result = evaluate("pair", frame);
      if (!result.ok) throw new Error(result.message);
      const children = childrenOf(result.value, frame);
      expect(children.map(({ name, value }) => `${name}: ${formatValue(value, frame)}`)).toEqual([
        "first: 3",
        "second: 4",
      ]);
    });
  },
);
