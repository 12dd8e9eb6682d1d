/** What is compiled comes to what the evaluator finds in the frame, or has no answer where that can't be said from registers and the TLB. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Condition, type ConditionState, evaluateCondition, type Machine } from "#emulator";
import { type StoppedProgram, stopAt } from "../testing/stopped-program.ts";
import { FIXTURE } from "../testing/values-fixture.ts";
import { compileCondition } from "./compile-condition.ts";
import { evaluateNumber } from "./evaluate.ts";
import { isTrue } from "./operators.ts";

const OPTIMISED = `
struct node { int value; unsigned char tag; struct node *next; };
volatile int sink;
volatile float single_sink;
volatile double double_sink;
int table[8] = {3, 1, 4, 1, 5, 9, 2, 6};
static inline __attribute__((always_inline)) int square(int x) {
  int result = x * x;
  sink = result; // inlined
  return result;
}
__attribute__((noinline)) int work(int count, struct node *node, short small, unsigned char byte, long long wide, float single, double twice) {
  int unused = count * 77;
  int doubled = count * 2;
  for (int i = 0; i < count; i++) {
    doubled += table[i & 7] + small;
    sink = doubled + byte; // stop
    single_sink = single;
    double_sink = twice;
    if (node->next) node = node->next;
  }
  wide = wide + doubled;
  sink = square(doubled + node->value) + (int)wide;
  return doubled;
}
int main(void) {
  single_sink = 1.5f;
  double_sink = -0.25;
  struct node second = {sink + 2, 200, 0};
  struct node first = {sink + 1, 7, &second};
  return work(sink + 5, &first, sink - 3, sink + 250, sink, single_sink, double_sink);
}
void _start(void) { sink = main(); for (;;) {} }
`;

function siteOf({ debug, image, machine }: StoppedProgram) {
  return {
    debug,
    pc: machine.hart.pc,
    readCode: (address: number, size: number) => {
      const segment = image.segments.find(
        ({ virtualAddress: at, bytes }) => at <= address && address + size <= at + bytes.length,
      );
      const start = address - (segment?.virtualAddress ?? 0);
      return segment?.bytes.subarray(start, start + size);
    },
    symbolAddress: (name: string) => image.symbol(name)?.value,
    functionName: (address: number) => image.symbolAt(address)?.name,
  };
}

function stateOf({ hart, tlb, memory }: Machine): ConditionState {
  return {
    x: new Int32Array(hart.registers()),
    readForCondition: (address, bytes) => {
      const entry = tlb.lookup(hart.asid, address >>> 12);
      if (entry === undefined) return undefined;
      const pa = entry.frame * 4096 + (address & 4095);
      if (bytes === 4) return memory.readU32(pa);
      return bytes === 2 ? memory.readU16(pa) : memory.readU8(pa);
    },
  };
}

const inner = stopAt(FIXTURE, "// stop");
const optimised = stopAt(OPTIMISED, "// stop", { flags: ["-O2", "-g"], hit: 2 });
const inlined = stopAt(OPTIMISED, "// inlined", { flags: ["-O2", "-g"] });
const old = stopAt(OPTIMISED, "// stop", { flags: ["-O2", "-g", "-gdwarf-4"], hit: 3 });

/** The compiled condition, and both answers; a string is the evaluator's reason. */
function answers(text: string, program: StoppedProgram) {
  const compiled = compileCondition(text, siteOf(program));
  return {
    compiled,
    answer: compiled && evaluateCondition(compiled, stateOf(program.machine)),
    expected: expectedOf(text, program),
  };
}

/** What the evaluator finds, as a word: of what is wider or has a fraction, whether it is other than 0. */
function expectedOf(text: string, program: StoppedProgram): number | string {
  const found = evaluateNumber(text, program.frame());
  if (!found.ok) return found.message;
  const { value, type } = found.operand;
  if (typeof value === "bigint" && type.size <= 4) return Number(BigInt.asIntN(32, value));
  return isTrue(found.operand) ? 1 : 0;
}

describe("is compiled, and has the value that the evaluator finds", () => {
  test.each([
    "number == 99",
    "shadow",
    "argument * 2 > 7",
    "letter == 'A' && small < 0",
    "byte + half - unsigned_half",
    "natural > 3000000000u",
    "yes && !no",
    "color == GREEN || level == LOW",
    "(flags & EXECUTE) != 0",
    "numbers[3] == 40",
    "numbers[argument - 1]",
    "grid[1][2]",
    "word[1] == 'e'",
    "*text",
    "text[4] == 'h'",
    "node->value",
    "node->next->value == 2",
    "!node->next->next",
    "outer.node.next == node",
    "outer_pointer->numbers[1]",
    "(*outer_pointer).node.value",
    "&outer == outer_pointer",
    "outer_pointer + 1 > outer_pointer",
    "&numbers[4] - numbers",
    "both.bytes[2]",
    "anonymous.green",
    "counter == 7",
    "fields.low == 5",
    "fields.middle < 0",
    "fields.wide + 1",
    "fields.flag ? 3 : 4",
    "fields.color == BLUE",
    "fields.low - 6 < 0",
    "octets[3] - 1",
    "vague == &counter",
    "*(int *)vague",
    "handler_pointer == handler",
    "table[1] != table[2]",
    "(unsigned char)number",
    "(signed char)byte",
    "(_Bool)natural",
    "sizeof numbers / sizeof(int)",
    "LIMIT << 2",
    "-half >> 3",
    "half / 7 % 5",
    "number ? byte : half",
    "$sp == $s0",
    "$a0 > 5",
    "$pc",
    "none == NULL",
    "true",
    "big",
    "big == 0",
    "big * 3 > 5000000000 || big < -5000000000",
    "(big ^ 0x100000001ll) - 7 != ~big",
    "big << 3 >> 60",
    "-big + 1 > big",
    "(unsigned long long)number << 40 > 1ull << 46",
    "(unsigned char)big",
    "(unsigned long long)big > single",
    "(unsigned long long)big > number",
    "(unsigned long long)big >> 60 == 15",
    "(long long)((unsigned long long)big) < 0",
    "(long long)number * 1000000007 == 99000000693",
    "!big",
    "ratio",
    "ratio > 1",
    "ratio * 2 + 1 >= single",
    "-ratio < 0",
    "!ratio",
    "(_Bool)ratio",
    "single / 3 == (float)(single / 3)",
    "single * 0.1f > single * 0.1",
    "(double)number / 7 > 14.1",
    "(float)2147483647 == 2147483648.0f",
    "(double)big == big",
    "number + 0.5 > 99",
    "big ? 1 : 2",
    "1 ? 2 : 2.5",
    "5000000000",
  ])("%s", (text) => {
    const { compiled, answer, expected } = answers(text, inner);
    expect(compiled).toBeDefined();
    expect(answer).toBe(expected);
  });

  test.each<[string, StoppedProgram]>([
    ["i == 1", optimised],
    ["doubled > 3 && node->tag == 7", optimised],
    ["node->value * 2", optimised],
    ["table[i & 7] == small", optimised],
    ["byte", old],
    ["i * 2 - 3", old],
    ["result", inlined],
    ["x", inlined],
    ["single == 1.5f", optimised],
    ["single * 2 > twice", old],
    ["double_sink < single", optimised],
  ])("%s, optimised", (text, program) => {
    const { compiled, answer, expected } = answers(text, program);
    expect(typeof expected === "number", String(expected)).toBe(compiled !== undefined);
    expect(compiled && answer).toBe(compiled && expected);
  });

  test("most of what is in scope of optimised code", () => {
    const texts = ["i", "doubled", "node->value", "small", "byte", "count", "sink", "table[2]"];
    const compiled = texts.filter((text) => answers(text, optimised).compiled !== undefined);
    expect(compiled.length).toBeGreaterThanOrEqual(6);
  });
});

/** Prologues and epilogues move the stack pointer and the frame pointer; what is optimised moves variables. */
test.each([
  ["-O0", OPTIMISED],
  ["-O2", OPTIMISED],
  ["-O0", FIXTURE],
  ["-O2", FIXTURE],
])("at %s each variable is the evaluator's at every instruction of a run", (level, source) => {
  const program = stopAt(source, "struct node second", { flags: [level, "-g"] });
  const { machine, debug } = program;
  let compared = 0;
  for (let steps = 0; steps < 1500; steps += 1) {
    const before = machine.hart.pc;
    machine.run(1, true);
    const { pc } = machine.hart;
    const names = debug
      .scopesAt(pc)
      .flatMap(({ depth, variables }) => (depth === 0 ? variables : []));
    for (const { name } of names) {
      const { compiled, answer, expected } = answers(name, program);
      if (compiled === undefined || answer === undefined) continue;
      compared += 1;
      expect(answer, `${name} at 0x${pc.toString(16)}`).toBe(expected);
    }
    if (pc === before) break;
  }
  expect(compared).toBeGreaterThan(200);
});

test.each([
  "big / 3",
  "big % 10 == 1",
  "big << number",
  "1 << big",
  "(int)ratio",
  "numbers[big]",
  "vla[1]",
  "number = 3",
  "number++",
  "handler(3)",
  "missing == 1",
  "number ==",
  "outer",
  "$ucause",
  "*vague",
  "yes ? text : 0",
  "0 && missing",
  "number, 1",
])("'%s' is not compiled", (text) => {
  expect(compileCondition(text, siteOf(inner))).toBeUndefined();
});

test.each([
  ["*wild == 1", "page not bound"],
  ["*wild_number", "page not bound"],
  ["1 / (number - 99)", "division by zero"],
  ["number % no", "division by zero"],
  ["1 << number", "undefined in C"],
  ["yes && *wild", "page not bound"],
])("'%s' has no answer: %s", (text, reason) => {
  const { compiled, answer, expected } = answers(text, inner);
  expect(compiled).toBeDefined();
  expect(answer).toBeUndefined();
  expect(expected).toContain(reason);
});

const NUMBERS = (
  "argument letter small byte half unsigned_half number natural yes no color flags level shadow counter both.word " +
  "node->value node->next->value outer.node.value outer_pointer->numbers[1] numbers[2] grid[1][1] word[1] octets[3] " +
  "anonymous.kind anonymous.red fields.low fields.middle fields.wide fields.flag fields.color big big ratio ratio single *text *wild LIMIT GREEN $a0 $a5 $pc"
).split(" ");
const POINTERS =
  "node node->next text wild none table vague wild_number numbers grid word outer_pointer &outer &counter double_pointer handler_pointer handler $sp $s0".split(
    " ",
  );
const CONSTANTS =
  "0 1 -1 2 7 31 40 0x80000000 2147483647 4294967295 5u 3l 2ul 9ll 0x123456789abcdefll 2.5 0.1f 1e300 'a'".split(
    " ",
  );
const TYPES =
  "char,signed char,unsigned char,short,unsigned short,int,unsigned,long,unsigned long,_Bool,long long,unsigned long long,float,double,int *,char *,struct node *,enum color".split(
    ",",
  );
const OPERATORS = "+ - * / % << >> < > <= >= == != & ^ | && ||".split(" ");

const { tree } = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    { weight: 5, arbitrary: fc.constantFrom(...NUMBERS) },
    { weight: 2, arbitrary: fc.constantFrom(...CONSTANTS) },
    { weight: 1, arbitrary: fc.constantFrom(...POINTERS) },
    {
      weight: 6,
      arbitrary: fc
        .tuple(tie("tree"), fc.constantFrom(...OPERATORS), tie("tree"))
        .map(([a, o, b]) => `(${a}) ${o} (${b})`),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(...TYPES), tie("tree"))
        .map(([type, text]) => `(${type})(${text})`),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom("-", "~", "!", "+", "*", "&"), tie("tree"))
        .map(([sign, text]) => `${sign}(${text})`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...POINTERS), fc.constantFrom(...OPERATORS), tie("tree"))
        .map(([a, o, b]) => `${a} ${o} (${b})`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...POINTERS, "octets"), tie("tree"))
        .map(([a, b]) => `(${a})[(${b}) & 3]`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie("tree"), tie("tree"), tie("tree"))
        .map(([a, b, c]) => `(${a}) ? (${b}) : (${c})`),
    },
  ),
}));

const SEED = Number(process.env["EXOSCOPE_SEED"] ?? Date.now() % 2 ** 31);
console.info(`compile-condition: EXOSCOPE_SEED=${SEED}`);

test("random expressions in random states come to what the evaluator finds", () => {
  const program = stopAt(FIXTURE, "// stop");
  const { machine } = program;
  const counts = { all: 0, compiled: 0, answered: 0 };
  const site = siteOf(program);
  const sp = machine.hart.x(2);
  const whole = new Map<number, number>();
  const scribble = (words: readonly number[]) => {
    // What the last one wrote is put back, so that a counterexample says all that there is to it.
    for (const [at, word] of whole) machine.memory.writeU32(at, word);
    whole.clear();
    // Over locals: most pointers stay what they are, or nothing could be read through them.
    for (const [i, word] of words.entries()) {
      const at = sp + (((word >>> 3) % 140) & ~3) + 4 * (i % 2);
      const entry = machine.tlb.lookup(machine.hart.asid, at >>> 12);
      if (entry === undefined) throw new Error("the stack is there");
      const pa = entry.frame * 4096 + (at & 4095);
      if (!whole.has(pa)) whole.set(pa, machine.memory.readU32(pa));
      machine.memory.writeU32(pa, word);
    }
    machine.hart.setX(10, words[0] ?? 0);
    machine.hart.setX(15, words[1] ?? 0);
  };
  fc.assert(
    fc.property(tree, fc.array(fc.integer(), { minLength: 2, maxLength: 3 }), (text, words) => {
      scribble(words);
      counts.all += 1;
      const compiled: Condition | undefined = compileCondition(text, site);
      if (compiled === undefined) return;
      counts.compiled += 1;
      const answer = evaluateCondition(compiled, stateOf(machine));
      if (answer === undefined) return;
      counts.answered += 1;
      expect(expectedOf(text, program)).toBe(answer);
    }),
    { numRuns: process.env["EXOSCOPE_FULL"] === "1" ? 50_000 : 4000, seed: SEED },
  );
  expect(counts.compiled).toBeGreaterThan(counts.all / 4);
  expect(counts.answered).toBeGreaterThan(counts.compiled / 3);
}, 120_000);

test("what has no answer is what the evaluator can't say, or reads where the TLB is of no use", () => {
  fc.assert(
    fc.property(tree, (text) => {
      const { compiled, answer, expected } = answers(text, inner);
      if (compiled === undefined || answer !== undefined || typeof expected === "string") return;
      // A misaligned load: everything else that can be read is in this program's TLB.
      expect(text).toMatch(/[*[]|->/);
    }),
    { numRuns: 1000, seed: SEED },
  );
});
