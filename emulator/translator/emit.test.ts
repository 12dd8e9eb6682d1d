/** The code that is made of the typical shapes, beside the assembly that it is made of: read these files when emit.ts changes. */
import { expect, test } from "vitest";
import wabt from "wabt";
import { Breakpoints } from "../breakpoints.ts";
import type { Condition } from "../condition.ts";
import { DecodedPages } from "../decoded-pages.ts";
import { assemble } from "../isa/assembler.ts";
import type { Execute } from "../isa/instruction.ts";
import { DirtyPages } from "../memory/dirty-pages.ts";
import { PhysicalMemory } from "../memory/physical.ts";
import { RAM_BASE } from "../state-layout.ts";
import { binary, constant, load, register } from "../testing/conditions.ts";
import { emitModule } from "./emit-module.ts";
import { addRegions, type Region } from "./region.ts";

const CODE = 0x10000;

const SHAPES: Readonly<Record<string, string>> = {
  "a loop of loads and stores": `
    root: lw a0, 0(a1)
    addi a0, a0, 1
    sw a0, 4(a1)
    addi a1, a1, 4
    bne a1, a2, root
    ret`,
  "a call and its return": `
    root: addi sp, sp, -16
    sw ra, 12(sp)
    call callee
    lw ra, 12(sp)
    addi sp, sp, 16
    ret
    callee: add a0, a0, a1
    ret`,
  "a condition within a loop": `
    root: beqz a0, 2f
    andi t0, a0, 1
    beqz t0, 1f
    add a1, a1, a0
    1: srli a0, a0, 1
    j root
    2: ret`,
  "a division and an atomic": `
    root: div a0, a0, a1
    amoadd.w a2, a0, (a3)
    ret`,
  "what is left to the interpreter": `
    root: addi a7, zero, 5
    ecall
    ret`,
  "doubles in a loop": `
    root: fld fa0, 0(a0)
    fadd.d fa1, fa1, fa0
    fsd fa1, 8(a0)
    flt.d a1, fa1, fa2
    bnez a1, root
    ret`,
  "singles and an integer": `
    root: flw fa0, 0(a0)
    fmul.s fa0, fa0, fa1
    fcvt.w.s a1, fa0, rtz
    ret`,
  "a multiply-add of doubles": `
    root: fmadd.d fa0, fa1, fa2, fa0
    ret`,
  "a breakpoint with a condition": `
    root: addi a0, a0, 1
    # if *(int *)s0 == 7 || a0 / a1 > 3
    addi a2, a2, -1
    bnez a2, root
    ret`,
};

/** At the second instruction. */
const CONDITION: Condition = {
  kind: "or",
  left: binary("eq", load(register(8)), constant(7)),
  right: binary("ltS", constant(3), binary("divS", register(10), register(11))),
};

test.each(Object.keys(SHAPES))("%s", async (name) => {
  const source = SHAPES[name] ?? "";
  const { bytes } = assemble(source, { origin: CODE });
  const memory = new PhysicalMemory(new ArrayBuffer(RAM_BASE + 4096), 1, new DirtyPages(1));
  memory.writeBytes(0, bytes);
  const nothing: Execute = (_, op) => op;
  const pages = new DecodedPages(
    memory,
    new Breakpoints(),
    {
      decode: (_, op) => op,
      fetch: nothing,
      breakpoint: nothing,
      spanning: nothing,
      illegal: nothing,
      count: undefined,
      enter: nothing,
      indirect: undefined,
    },
    () => {},
  );
  const regions = new Map<number, Region>();
  const operationAt = (pc: number) => {
    const op = pages.page(0, CODE >>> 12).at((pc & 4095) >>> 1);
    pages.decodeAt(op);
    return op;
  };
  addRegions(regions, CODE, { operationAt, pageAt: () => pages.page(0, CODE >>> 12) }, 100);
  const places = {
    loads: 0x20000,
    stores: 0x24000,
    fetches: 0x28000,
    unexpected: 0x2c000,
    isMuted: 0x2c004,
  };
  const { bytes: made } = emitModule(regions, places, 3, (pc) =>
    name === "a breakpoint with a condition" && pc === CODE + 4
      ? [{ asid: 1, condition: CONDITION }]
      : [],
  );
  const { readWasm } = await wabt();
  const module = readWasm(made.slice(), { readDebugNames: false });
  const text = module.toText({ foldExprs: true, inlineExport: true });
  module.destroy();
  const file = `./golden/${name.replaceAll(" ", "-")}.wat`;
  const comment = source.trim().replaceAll(/^ */gm, ";; ");
  await expect(`${comment}\n${text}`).toMatchFileSnapshot(file);
});
