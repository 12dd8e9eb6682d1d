/**
 * Text that is generated from the table of `abi.ts`: the C header, the stubs of the kernel calls and `docs/abi.md`, all in one file since
 * they list the same things. Text in, text out; `tools/generate-abi.mjs` writes the files and `abi-header.test.ts` fails when one of them is stale.
 */
import { SECTOR_BYTES } from "#emulator";
import {
  ABI_VERSION,
  ALL_RIGHTS,
  ANY,
  BOOT_MAGIC,
  CALLS,
  type CallRow,
  ENTRIES,
  ENTRY_COUNT,
  ENVIRONMENT_STATES,
  ERRORS,
  type Field,
  INTERRUPT_BIT,
  KINDS,
  LAYOUT,
  LIMITS,
  LOSS_REASONS,
  MAPPING_GUARANTEED,
  PAGE_STATES,
  RELATIONS,
  RIGHTS,
  SLOTS,
  STRUCTURES,
  structureSize,
  TERM_OR,
} from "./abi.ts";

const ORIGIN = "Generated from exokernel/abi.ts by tools/generate-abi.mjs. Do not edit.";

/** User-level trap registers of the withdrawn N extension (N 1.1, table 1); the test compares them with the machine's. */
export const TRAP_REGISTERS = {
  ustatus: 0x000,
  uie: 0x004,
  utvec: 0x005,
  uscratch: 0x040,
  uepc: 0x041,
  ucause: 0x042,
  utval: 0x043,
  uip: 0x044,
} as const;

/** Exception causes as `ucause` holds them (Priv §3.1.15, Machine Cause Register), which are also entries 0..15. */
export const EXCEPTION_CAUSES = {
  instructionMisaligned: { number: 0, meaning: "a jump to an odd address" },
  instructionAccess: { number: 1, meaning: "a fetch from where no memory is" },
  illegalInstruction: { number: 2, meaning: "not an instruction of this machine" },
  breakpoint: { number: 3, meaning: "ebreak" },
  loadMisaligned: { number: 4, meaning: "a load from an address that its size does not divide" },
  loadAccess: { number: 5, meaning: "a load from where no memory is" },
  storeMisaligned: { number: 6, meaning: "a store to an address that its size does not divide" },
  storeAccess: { number: 7, meaning: "a store to where no memory is" },
  instructionPage: { number: 12, meaning: "a fetch from a page that is not bound for it" },
  loadPage: { number: 13, meaning: "a load from a page that is not bound for it" },
  storePage: { number: 15, meaning: "a store to a page that is not bound for it" },
} as const;

/** Calls that return more than a0: a1, a2, ... go where the stub's last parameter points. */
const EXTRA_RESULTS: Readonly<Record<string, readonly string[]>> = {
  repossession_next: ["resource", "by", "reason", "slot", "saved"],
  revocation_next: ["owed", "left", "stage", "by"],
  arbiter_info: ["wanted", "most", "available"],
  extent_info: ["first"],
  disk_next: ["tag", "status"],
  disk_info: ["free"],
  network_info: ["octets0", "octets4", "sent", "unmatched"],
};

/** Calls whose target travels in t6, so that every argument register is free for the message. */
const TARGET_IN_T6: readonly string[] = ["transfer_sync", "transfer_async"];

const calls = (): readonly CallRow[] => Object.values(CALLS);

/** `firstPage` -> `FIRST_PAGE`. */
const upperSnake = (name: string): string =>
  name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** A word of C: hexadecimal and unsigned where the sign bit is set. */
const word = (value: number): string => (value > 0x7fff_ffff ? `${hex(value)}u` : String(value));

function define(name: string, value: string | number, meaning?: string): string {
  const text = `#define ${name.padEnd(30)} ${value}`;
  return meaning === undefined ? text : `${text.padEnd(48)} /* ${meaning} */`;
}

// C of a parameter, by what it names.
const PARAMETER_TYPES: Readonly<Record<string, string>> = {
  rights: "exo_rights",
  receiver: "exo_env",
  giver: "exo_env",
  target: "exo_env",
  frame: "uint32_t",
  address: "uintptr_t",
  pc: "uintptr_t",
};
const WORDS =
  /^(entry|index|value|argument|position|first|sector|count|offset|length|tag|pages|clear|bytes\d+)$/;

function parameterType(name: string): string {
  return PARAMETER_TYPES[name] ?? (WORDS.test(name) ? "uint32_t" : "exo_slot");
}

/** `libos/include/exo_abi.h`: every number and structure of the interface, for C and for assembly. */
export function abiHeader(): string {
  const lines = [
    `/* ${ORIGIN} */`,
    "#ifndef EXO_ABI_H",
    "#define EXO_ABI_H",
    "",
    define("EXO_ABI_VERSION", ABI_VERSION),
    define("EXO_BOOT_MAGIC", hex(BOOT_MAGIC)),
    "",
    "/* Kernel calls: a7 is the number, a0.. the parameters; a0 returns a value >= 0 or an error < 0. */",
    ...calls().map((call) => define(`EXO_CALL_${call.name.toUpperCase()}`, hex(call.number))),
    "",
    "/* Errors. */",
    ...Object.entries(ERRORS).map(([name, error]) =>
      define(`EXO_E_${name}`, `(${error.code})`, error.text),
    ),
    "/* For tables of names and texts: X(name, code, text). */",
    "#define EXO_ERRORS(X) \\",
    Object.entries(ERRORS)
      .map(([name, error]) => `  X(${name}, ${error.code}, "${error.text}")`)
      .join(" \\\n"),
    "",
    "/* Rights of a capability. */",
    ...Object.entries(RIGHTS).map(([name, bit]) => define(`EXO_RIGHT_${name}`, bit)),
    define("EXO_RIGHTS_ALL", ALL_RIGHTS),
    "",
    "/* What a capability is about. */",
    ...Object.entries(KINDS).map(([name, kind]) => define(`EXO_KIND_${upperSnake(name)}`, kind)),
    "",
    "/* Exception causes, which are also the entries 0..15. */",
    ...Object.entries(EXCEPTION_CAUSES).map(([name, cause]) =>
      define(`EXO_CAUSE_${upperSnake(name)}`, cause.number, cause.meaning),
    ),
    "",
    "/* Interrupt-like entries: ucause is EXO_INTERRUPT + the number. */",
    ...Object.entries(ENTRIES).map(([name, entry]) =>
      define(`EXO_ENTRY_${upperSnake(name)}`, entry.number, entry.meaning),
    ),
    define("EXO_ENTRY_COUNT", ENTRY_COUNT),
    define("EXO_INTERRUPT", word(INTERRUPT_BIT)),
    "",
    "/* Why something was taken. */",
    ...Object.entries(LOSS_REASONS).map(([name, reason]) =>
      define(`EXO_LOSS_${upperSnake(name)}`, reason),
    ),
    "",
    "/* Capability slots that the launcher fills. */",
    ...Object.entries(SLOTS).map(([name, slot]) => define(`EXO_SLOT_${upperSnake(name)}`, slot)),
    "",
    "/* Limits. */",
    ...Object.entries(LIMITS).map(([name, limit]) => define(`EXO_MAX_${upperSnake(name)}`, limit)),
    define("EXO_ANY", word(ANY), "any instance will do"),
    "",
    "/* How a term of a predicate compares. */",
    ...Object.entries(RELATIONS).map(([name, number]) =>
      define(`EXO_RELATION_${upperSnake(name)}`, number),
    ),
    define("EXO_OR", hex(TERM_OR), "in exo_term.where: begins another product"),
    "",
    "/* The kernel's own records, as struct exo_state_... show them. */",
    ...Object.entries(PAGE_STATES).map(([name, value]) =>
      define(`EXO_PAGE_${upperSnake(name)}`, hex(value)),
    ),
    ...Object.entries(ENVIRONMENT_STATES).map(([name, value]) =>
      define(`EXO_STATE_${upperSnake(name)}`, value),
    ),
    "",
    "/* The address space at entry. */",
    define("EXO_PAGE_SIZE", 4096),
    define("EXO_SECTOR_SIZE", SECTOR_BYTES),
    define("EXO_STACK_TOP", hex(LAYOUT.stackTop)),
    define("EXO_BOOT_PAGE", hex(LAYOUT.bootPage)),
    define("EXO_MAPPING_GUARANTEED", hex(MAPPING_GUARANTEED), "in exo_mapping.page"),
    "",
    "/* User-level trap registers: the assembler does not know the names of the withdrawn N extension. */",
    ...Object.entries(TRAP_REGISTERS).map(([name, number]) =>
      define(`EXO_CSR_${name.toUpperCase()}`, `0x${number.toString(16).padStart(3, "0")}`),
    ),
    define("EXO_USTATUS_UIE", 1, "upcalls are enabled"),
    define("EXO_USTATUS_UPIE", 16, "they were, before this upcall"),
    "",
    "#ifdef __ASSEMBLER__",
    "/* Returns from an upcall, without the kernel: pc = uepc, UIE = UPIE. */",
    "#define EXO_URET .insn i 0x73, 0, x0, x0, 2",
    "#else",
    "#include <stdint.h>",
    "",
    '#define EXO_URET() __asm__ volatile(".insn i 0x73, 0, x0, x0, 2" ::: "memory")',
    "",
    "typedef uint32_t exo_slot;   /* of the caller's capability table */",
    "typedef uint32_t exo_env;    /* an environment's id */",
    "typedef uint32_t exo_rights; /* EXO_RIGHT_... */",
    "",
    ...Object.entries(STRUCTURES).flatMap(([name, structure]) => [
      `/* ${structure.meaning} */`,
      `struct ${name} {`,
      ...structure.fields.map((field: Field) => {
        const type = field.type === "u32" ? "uint32_t" : "int32_t";
        const count = field.count === undefined ? "" : `[${field.count}]`;
        return `  ${`${type} ${field.name}${count};`.padEnd(28)} /* ${field.meaning} */`;
      }),
      "};",
      `_Static_assert(sizeof(struct ${name}) == ${structureSize(name as keyof typeof STRUCTURES)}, "${name}");`,
      "",
    ]),
    "/* What the calls with more than one result fill in: a1, a2, ... */",
    ...Object.entries(EXTRA_RESULTS).flatMap(([name, fields]) => [
      `struct exo_${name} {`,
      ...fields.map((field) => `  uint32_t ${field};`),
      "};",
    ]),
    "#endif",
    "",
    "#endif",
    "",
  ];
  return lines.join("\n");
}

/** The C parameters of a call's stub, in the order of a0, a1, ... */
function stubParameters(call: CallRow): string[] {
  const declared = call.parameters.map((each) => `${parameterType(each.name)} ${each.name}`);
  if (TARGET_IN_T6.includes(call.name)) {
    declared.push("exo_env target", ...[1, 2, 3, 4, 5, 6].map((n) => `uint32_t word${n}`));
  }
  if (call.name in EXTRA_RESULTS) declared.push(`struct exo_${call.name} *more`);
  return declared;
}

/** `libos/include/exo_calls.h`: one C function a call. */
export function abiPrototypes(): string {
  const lines = [
    `/* ${ORIGIN} */`,
    "#ifndef EXO_CALLS_H",
    "#define EXO_CALLS_H",
    "",
    '#include "exo_abi.h"',
    "",
  ];
  for (const call of calls()) {
    const parameters = stubParameters(call);
    lines.push(
      "/*",
      ` * ${call.meaning}`,
      ...call.parameters.map((each) => ` *   ${each.name}: ${each.meaning}`),
      ...(TARGET_IN_T6.includes(call.name)
        ? [" *   target: the environment to enter; it and the words arrive there in a0..a6"]
        : []),
      ` * Returns ${call.result}.`,
      " */",
      `int exo_${call.name}(${parameters.length === 0 ? "void" : parameters.join(", ")});`,
      "",
    );
  }
  lines.push("#endif", "");
  return lines.join("\n");
}

function stub(call: CallRow): string[] {
  const name = `exo_${call.name}`;
  const extra = EXTRA_RESULTS[call.name];
  const body = [`  li a7, EXO_CALL_${call.name.toUpperCase()}`, "  ecall"];
  if (TARGET_IN_T6.includes(call.name)) body.unshift("  mv t6, a0");
  if (extra !== undefined) {
    // The pointer waits in t0, which the kernel leaves alone; a refused call has no further results to store.
    body.unshift(`  mv t0, a${call.parameters.length}`);
    body.push(
      "  bltz a0, 1f",
      ...extra.map((_, index) => `  sw a${index + 1}, ${4 * index}(t0)`),
      "1:",
    );
  }
  return [
    "",
    `/* ${call.meaning} */`,
    `  .weak ${name}`,
    `  .type ${name}, @function`,
    `${name}:`,
    "  .cfi_startproc",
    ...body,
    "  ret",
    "  .cfi_endproc",
    `  .size ${name}, . - ${name}`,
  ];
}

/** `libos/exo_calls.S`: the functions of `exo_calls.h`, resident, so that a fault handler can always call the kernel. */
export function abiStubs(): string {
  return [
    `/* ${ORIGIN} */`,
    '#include "exo_abi.h"',
    "",
    "  .cfi_sections .debug_frame",
    '  .section .exo.text, "ax", @progbits',
    ...calls().flatMap(stub),
    "",
  ].join("\n");
}

/** How many calls each kernel has, and where that number is from. */
const CALL_COUNTS: readonly {
  readonly kernel: string;
  readonly count: number;
  readonly source: string;
}[] = [
  { kernel: "JOS", count: 14, source: "inc/syscall.h of the course's labs 1-5" },
  { kernel: "xv6", count: 21, source: "kernel/syscall.h of xv6-riscv" },
  {
    kernel: "UNIX v6",
    count: 41,
    source: "usr/sys/ken/sysent.c: 64 entries less 21 nosys and 2 nullsys (indir, smdate)",
  },
  { kernel: "FreeBSD 4.5", count: 364, source: "as the exokernel lecture counts them" },
];

/** One line a kernel: its name and how many calls it has; ours first. */
export function abiCount(): string {
  const rows = [
    { kernel: "Exoscope", count: calls().length, source: "exokernel/abi.ts" },
    ...CALL_COUNTS,
  ];
  return rows
    .map((row) => `${row.kernel.padEnd(12)}${String(row.count).padStart(4)}  ${row.source}\n`)
    .join("");
}

const cell = (text: string): string => text.replace(/\|/g, "\\|");

/** A table with its columns aligned, as the formatter of the repository leaves it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map((row) => row.map(cell));
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...cells.map((row) => (row[column] ?? "").length)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...cells.map(line)];
}

const REGISTER_OF_PARAMETER = (index: number): string => `a${index}`;

function callSection(call: CallRow): string[] {
  const parameters = TARGET_IN_T6.includes(call.name)
    ? [["t6", "target", "id of the environment to enter; every other register is the message"]]
    : call.parameters.map((each, index) => [REGISTER_OF_PARAMETER(index), each.name, each.meaning]);
  return [
    `### ${call.name} (${hex(call.number)})`,
    "",
    call.meaning,
    "",
    ...(parameters.length === 0
      ? ["It takes no parameters."]
      : table(["register", "parameter", "meaning"], parameters)),
    "",
    `Returns ${call.result}.`,
    "",
    "```c",
    `int exo_${call.name}(${stubParameters(call).join(", ") || "void"});`,
    "```",
    "",
  ];
}

/** `docs/abi.md`: the whole interface as a reader wants it. */
export function abiDocs(): string {
  return [
    "# The kernel's interface",
    "",
    `<!-- ${ORIGIN} -->`,
    "",
    "A call's number goes in `a7`, its parameters in `a0`, `a1`, ...; `ecall` enters the kernel; `a0` returns a value that is",
    "not negative, or an error, which is. A refused call changes nothing. The capability that a call uses is one of its",
    "parameters: a slot of the caller's capability table (or, where the call acts for another environment, of that one's).",
    "",
    "How that compares:",
    "",
    "```",
    abiCount().trimEnd(),
    "```",
    "",
    "## Calls",
    "",
    ...table(
      ["number", "call", "what it does"],
      calls().map((call) => [hex(call.number), `\`${call.name}\``, call.meaning]),
    ),
    "",
    ...calls().flatMap(callSection),
    "## Errors",
    "",
    "Any call refuses with the error of the first guard that fails; the guard's own sentence is in the kernel's event.",
    "",
    ...table(
      ["code", "name", "meaning"],
      Object.entries(ERRORS).map(([name, error]) => [
        String(error.code),
        `\`EXO_E_${name}\``,
        error.text,
      ]),
    ),
    "",
    "## Rights and kinds",
    "",
    ...table(
      ["bit", "right"],
      Object.entries(RIGHTS).map(([name, bit]) => [String(bit), `\`EXO_RIGHT_${name}\``]),
    ),
    "",
    ...table(
      ["number", "kind of capability"],
      Object.entries(KINDS).map(([name, kind]) => [
        String(kind),
        `\`EXO_KIND_${upperSnake(name)}\``,
      ]),
    ),
    "",
    "## Entries",
    "",
    "Where the kernel enters an environment. Exceptions have the number of their cause and fall back to `utvec`; the others",
    "are entered only where `env_set_entry` registered a pc, with `ucause` = 0x80000000 + the number.",
    "",
    ...table(
      ["number", "name", "when"],
      [
        ...Object.entries(EXCEPTION_CAUSES).map(([name, cause]) => [
          String(cause.number),
          `\`EXO_CAUSE_${upperSnake(name)}\``,
          cause.meaning,
        ]),
        ...Object.entries(ENTRIES).map(([name, entry]) => [
          String(entry.number),
          `\`EXO_ENTRY_${upperSnake(name)}\``,
          entry.meaning,
        ]),
      ],
    ),
    "",
    "## Why something was taken",
    "",
    ...table(
      ["number", "reason"],
      Object.entries(LOSS_REASONS).map(([name, reason]) => [
        String(reason),
        `\`EXO_LOSS_${upperSnake(name)}\``,
      ]),
    ),
    "",
    "## Slots and limits",
    "",
    ...table(
      ["slot", "what the launcher puts there"],
      Object.entries(SLOTS).map(([name, slot]) => [
        String(slot),
        `\`EXO_SLOT_${upperSnake(name)}\``,
      ]),
    ),
    "",
    ...table(
      ["limit", "value"],
      Object.entries(LIMITS).map(([name, limit]) => [
        `\`EXO_MAX_${upperSnake(name)}\``,
        String(limit),
      ]),
    ),
    "",
    "## Structures",
    "",
    ...Object.entries(STRUCTURES).flatMap(([name, structure]) => {
      let offset = 0;
      const rows = structure.fields.map((field: Field) => {
        const at = offset;
        offset += 4 * (field.count ?? 1);
        const count = field.count === undefined ? "" : `[${field.count}]`;
        return [String(at), `\`${field.name}${count}\``, field.meaning];
      });
      return [
        `### struct ${name}`,
        "",
        structure.meaning,
        "",
        ...table(["offset", "field", "meaning"], rows),
        "",
      ];
    }),
  ]
    .join("\n")
    .replace(/\n+$/, "\n");
}

/** Every generated file: its path from the repository's root, and its text. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ["libos/include/exo_abi.h", abiHeader()],
    ["libos/include/exo_calls.h", abiPrototypes()],
    ["libos/exo_calls.S", abiStubs()],
    ["docs/abi.md", abiDocs()],
  ]);
}
