import { describe, expect, test } from "vitest";
import { parseElf } from "#emulator";
import { compileFixture } from "../testing/compile-fixture.ts";
import { DebugInfo, type StructType, sizeOf, stripped, type Type, typeName } from "./debug-info.ts";

const source = `
typedef unsigned int uint32_t;
typedef struct boot boot_t;
struct elsewhere;
struct nowhere;
struct boot { int a; struct boot *next; union { int u; float f; }; boot_t *others[2]; };
struct bits { unsigned a : 3; unsigned b : 7; signed c : 12; unsigned char d; unsigned long long e : 40; };
struct flexible { int count; short data[]; };
enum color { RED, GREEN = 5, BLUE = -1 };
enum wide { ZERO, TOP = 0xf0000000u };
union number { float f; double d; unsigned char raw[8]; };

int v_int; unsigned char v_uchar; long long v_ll; double v_double; _Bool v_bool; char v_char; signed char v_schar;
const char *v_text; char *const v_fixed; const volatile int *const volatile v_all; void *v_void; const void *v_cvoid;
int v_matrix[4][2]; char *v_names[3]; int (*v_row)[2]; uint32_t v_uint32;
void (*v_fp)(int); int (*v_table[3])(const char *, ...); int (*(*v_nested)(void))(char); void (*v_old)();
struct boot v_boot; struct bits v_bits; struct flexible *v_flexible; enum color v_color; enum wide v_wide;
union number v_number; struct { int anonymous; } v_anonymous; boot_t *v_boot_t; int *restrict v_restrict; _Atomic int v_atomic;
struct elsewhere *v_elsewhere; struct nowhere *v_nowhere;
int _start(void) { return v_int; }
`;
const elsewhere = `struct elsewhere { int here; char there; } v_definition; int use(void) { return v_definition.here; }`;

describe.each(["-gdwarf-4", "-gdwarf-5"])("%s", (version) => {
  const image = parseElf(
    compileFixture(
      { "types.c": source, "elsewhere.c": elsewhere },
      version,
      "-O0",
      "-Wl,--no-gc-sections",
    ),
  );
  const info = DebugInfo.fromElf(image);
  const typeOf = (name: string): Type => info.globalNamed(name)!.type;
  const structOf = (name: string) => stripped(typeOf(name)) as StructType;

  test.each`
    variable         | name                               | size
    ${"v_int"}       | ${"int"}                           | ${4}
    ${"v_uchar"}     | ${"unsigned char"}                 | ${1}
    ${"v_ll"}        | ${"long long"}                     | ${8}
    ${"v_double"}    | ${"double"}                        | ${8}
    ${"v_bool"}      | ${"_Bool"}                         | ${1}
    ${"v_text"}      | ${"const char *"}                  | ${4}
    ${"v_fixed"}     | ${"char *const"}                   | ${4}
    ${"v_void"}      | ${"void *"}                        | ${4}
    ${"v_cvoid"}     | ${"const void *"}                  | ${4}
    ${"v_matrix"}    | ${"int [4][2]"}                    | ${32}
    ${"v_names"}     | ${"char *[3]"}                     | ${12}
    ${"v_row"}       | ${"int (*)[2]"}                    | ${4}
    ${"v_uint32"}    | ${"uint32_t"}                      | ${4}
    ${"v_fp"}        | ${"void (*)(int)"}                 | ${4}
    ${"v_table"}     | ${"int (*[3])(const char *, ...)"} | ${12}
    ${"v_nested"}    | ${"int (*(*)(void))(char)"}        | ${4}
    ${"v_boot"}      | ${"struct boot"}                   | ${20}
    ${"v_bits"}      | ${"struct bits"}                   | ${16}
    ${"v_color"}     | ${"enum color"}                    | ${4}
    ${"v_number"}    | ${"union number"}                  | ${8}
    ${"v_anonymous"} | ${"struct {…}"}                    | ${4}
    ${"v_boot_t"}    | ${"boot_t *"}                      | ${4}
    ${"v_restrict"}  | ${"int *restrict"}                 | ${4}
    ${"v_elsewhere"} | ${"struct elsewhere *"}            | ${4}
  `("$variable has the type $name of $size bytes", ({ variable, name, size }) => {
    expect(typeName(typeOf(variable))).toBe(name);
    expect(sizeOf(typeOf(variable))).toBe(size);
  });

  test("qualifiers of a pointer and of its target are told apart", () => {
    expect(typeName(typeOf("v_all"))).toMatch(
      /^(const volatile|volatile const) int \*(const volatile|volatile const)$/,
    );
  });

  test("_Atomic is known from DWARF 5 on", () => {
    expect(typeName(typeOf("v_atomic"))).toBe(version === "-gdwarf-5" ? "_Atomic int" : "int");
  });

  test("plain char is unsigned on RISC-V, and base types have their encoding", () => {
    expect(typeOf("v_char")).toMatchObject({ kind: "base", encoding: "unsigned char" });
    expect(typeOf("v_schar")).toMatchObject({ kind: "base", encoding: "signed char" });
    expect(typeOf("v_bool")).toMatchObject({ kind: "base", encoding: "boolean" });
    expect(typeOf("v_double")).toMatchObject({ kind: "base", encoding: "float" });
  });

  test("a struct has members at their offsets, an anonymous union without a name among them", () => {
    const { members } = structOf("v_boot");
    expect(members.map(({ name, offset }) => [name, offset])).toEqual([
      ["a", 0],
      ["next", 4],
      [undefined, 8],
      ["others", 12],
    ]);
    expect(members.every(({ bits }) => bits === undefined)).toBe(true);
    expect(typeName(members[3]!.type)).toBe("boot_t *[2]");
  });

  test("a recursive struct leads back to itself", () => {
    const boot = structOf("v_boot");
    const next = boot.members[1]!.type;
    expect(next.kind === "pointer" && next.target).toBe(boot);
  });

  test("bit fields are counted from the low bits of their first byte", () => {
    const fields = structOf("v_bits").members.map(({ name, offset, bits }) => [name, offset, bits]);
    expect(fields).toEqual([
      ["a", 0, { offset: 0, size: 3 }],
      ["b", 0, { offset: 3, size: 7 }],
      ["c", 1, { offset: 2, size: 12 }],
      ["d", 3, undefined],
      ["e", 8, { offset: 0, size: 40 }],
    ]);
  });

  test("a flexible array member has no count, and so no size", () => {
    const pointer = typeOf("v_flexible");
    const struct = pointer.kind === "pointer" ? (pointer.target as StructType) : undefined;
    const data = struct!.members[1]!.type;
    expect(data).toMatchObject({ kind: "array", count: undefined });
    expect(typeName(data)).toBe("short []");
    expect(sizeOf(data)).toBeUndefined();
    expect(sizeOf(struct!)).toBe(4);
  });

  test("enumerators have their values, signed or not", () => {
    expect(stripped(typeOf("v_color"))).toMatchObject({
      isSigned: true,
      enumerators: [
        { name: "RED", value: 0n },
        { name: "GREEN", value: 5n },
        { name: "BLUE", value: -1n },
      ],
    });
    expect(stripped(typeOf("v_wide"))).toMatchObject({
      isSigned: false,
      enumerators: [
        { name: "ZERO", value: 0n },
        { name: "TOP", value: 0xf000_0000n },
      ],
    });
  });

  test("a struct declared here and defined in another unit is the one defined there", () => {
    const pointer = stripped(typeOf("v_elsewhere"));
    const target = pointer.kind === "pointer" ? stripped(pointer.target) : undefined;
    expect(target).toMatchObject({ kind: "struct", name: "elsewhere", size: 8 });
    expect(target).toBe(stripped(info.globalNamed("v_definition")!.type));
  });

  test("a struct that no unit defines is a declaration without a size", () => {
    const pointer = stripped(typeOf("v_nowhere"));
    const target = pointer.kind === "pointer" ? stripped(pointer.target) : undefined;
    expect(target).toMatchObject({ kind: "struct", name: "nowhere", isDeclaration: true });
    expect(sizeOf(target!)).toBeUndefined();
  });

  test.each`
    spelling                | name                    | size
    ${"struct boot"}        | ${"struct boot"}        | ${20}
    ${"struct boot *"}      | ${"struct boot *"}      | ${4}
    ${"boot_t**"}           | ${"boot_t **"}          | ${4}
    ${"uint32_t"}           | ${"uint32_t"}           | ${4}
    ${"union number"}       | ${"union number"}       | ${8}
    ${"enum color"}         | ${"enum color"}         | ${4}
    ${"const char *"}       | ${"char *"}             | ${4}
    ${"unsigned"}           | ${"unsigned int"}       | ${4}
    ${"long unsigned int"}  | ${"unsigned long"}      | ${4}
    ${"short"}              | ${"short"}              | ${2}
    ${"unsigned long long"} | ${"unsigned long long"} | ${8}
    ${"void *"}             | ${"void *"}             | ${4}
    ${"float"}              | ${"float"}              | ${4}
  `("a cast to '$spelling' finds the type", ({ spelling, name, size }) => {
    const type = info.typeNamed(spelling)!;
    expect(typeName(type)).toBe(name);
    expect(sizeOf(type)).toBe(size);
  });

  test.each(["struct absent", "boot", "absent_t", "", "*", "int * x", "struct"])(
    "'%s' names no type",
    (spelling) => {
      expect(info.typeNamed(spelling)).toBeUndefined();
    },
  );
});
