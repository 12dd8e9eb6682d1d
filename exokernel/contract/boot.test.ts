import { expect, test } from "vitest";
import {
  ABI_VERSION,
  BOOT_MAGIC,
  ERRORS,
  LAYOUT,
  LIMITS,
  MAPPING_GUARANTEED,
  STRUCTURES,
} from "../abi.ts";
import { checkInvariants } from "../invariants.ts";
import { Kernel } from "../kernel.ts";
import { LaunchError, Launcher } from "../launcher.ts";
import { LAUNCHER_INDEX } from "../layout.ts";
import {
  A,
  B,
  call,
  counting,
  done,
  envArgument,
  put,
  readArgument,
  setEntry,
  wait,
} from "../testing/snippets.ts";
import { boot, DATA, type GuestSystem, guestImage, TEXT, words } from "../testing/system.ts";

const STORE_FAULT = 15;
const bootFields = STRUCTURES.exo_boot.fields.map((field) => field.name);
/** A string in a guest's memory. */
const text = (system: GuestSystem, id: number, address: number) => {
  const bytes = system.view.read(id, address, 300);
  return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
};
const message = (make: () => unknown): string => {
  try {
    make();
  } catch (problem) {
    if (problem instanceof LaunchError) return problem.message;
    throw problem;
  }
  return "nothing was thrown";
};

test("C12: a0 at entry is the boot page, and every other register is zero", () => {
  const others = Array.from({ length: 31 }, (_, i) => i + 1).filter((i) => i !== 10);
  const system = boot([
    {
      name: "a",
      source: `${others.map((i) => `or x5, x5, x${i}`).join("\n")}
      mv t1, a0
      ${put(0, "t1")}
      ${put(1, "t0")}
      ${done}`,
    },
  ]);
  system.run(300);
  expect(words(system, "a", 0, 2)).toEqual([LAYOUT.bootPage, 0]);
});

test("C12: the guest reads in the boot page who it is, what it has and where its lists are", () => {
  const copyFields = bootFields.map((_, i) => `lw t1, ${4 * i}(t0)\n${put(i, "t1")}`).join("\n");
  const system = boot(
    [
      { name: "first", source: done },
      {
        name: "second",
        slices: [7, 3, 9],
        dataPages: 3,
        arguments: ["-v", "grün", envArgument("first")],
        source: `mv t0, a0\n${copyFields}\n${done}`,
      },
    ],
    { policy: { tick: 600 } },
  );
  system.run(3000);
  const field = (name: string) => system.data("second", bootFields.indexOf(name));
  const mappings = system.view.bindings(B);
  expect(field("magic")).toBe(BOOT_MAGIC);
  expect(field("version")).toBe(ABI_VERSION);
  expect(field("environment")).toBe(B);
  expect(field("launcher")).toBe(0x101);
  expect(field("tick")).toBe(600);
  expect(field("slice_count")).toBe(3);
  expect(field("argument_count")).toBe(4);
  expect(field("mapping_count")).toBe(mappings.length);
  expect(field("heap_start")).toBe(DATA + 3 * 4096);
  expect(field("stack_top")).toBe(LAYOUT.stackTop);
  expect(field("boot_pages")).toBe(1);
  expect(system.view.environment(B)?.slices).toEqual([3, 7, 9]);
  const used = system.view.capabilities(B).map((capability) => capability.ref & 0xffff);
  expect(field("first_free_slot")).toBe(Math.max(...used) + 1);

  const word = (address: number) =>
    new DataView(system.view.read(B, address, 4).buffer).getUint32(0, true);
  const strings = [0, 1, 2, 3, 4].map((i) => word(field("arguments") + 4 * i));
  expect(strings.slice(0, 4).map((address) => text(system, B, address))).toEqual([
    "second",
    "-v",
    "grün",
    String(A),
  ]);
  expect(strings[4]).toBe(0);
  const listed = mappings.map((_, i) => [0, 4, 8].map((o) => word(field("mappings") + 12 * i + o)));
  const bound = mappings.map((binding) => [
    binding.virtualPage * 4096 + binding.rights + (binding.guaranteed ? MAPPING_GUARANTEED : 0),
    binding.frame,
    binding.capability & 0xffff,
  ]);
  const byAddress = (a: number[], b: number[]) => a[0] - b[0];
  expect(listed.sort(byAddress)).toEqual(bound.sort(byAddress));
});

test("C12: the boot page cannot be stored to", () => {
  const system = boot([
    {
      name: "a",
      source: `
      ${setEntry(STORE_FAULT, "fault")}
      li t0, BOOT
      sw zero, 0(t0)
      ${done}
    fault: csrr t0, utval
      ${put(0, "t0")}
      ${done}`,
    },
  ]);
  system.run(100);
  expect(system.data("a", 0)).toBe(LAYOUT.bootPage);
  expect(system.view.translate(A, LAYOUT.bootPage)).toMatchObject({ rights: 1, guaranteed: true });
});

test("C12: arguments that fill several boot pages are all there, and more than four pages are refused", () => {
  const long = "x".repeat(3000);
  const system = boot([{ name: "a", source: done, arguments: [long, long, long] }]);
  const word = (address: number) =>
    new DataView(system.view.read(A, address, 4).buffer).getUint32(0, true);
  const field = (name: string) => word(LAYOUT.bootPage + 4 * bootFields.indexOf(name));
  expect(field("boot_pages")).toBe(3);
  const last = word(field("arguments") + 12);
  expect(new TextDecoder().decode(system.view.read(A, last, 3001))).toBe(`${long}\0`);
  expect(message(() => boot([{ name: "a", source: done, arguments: Array(6).fill(long) }]))).toBe(
    "Cannot load 'a': its arguments and the list of its 2 pages need 5 boot pages, at most 4 fit; shorten the arguments or the program's data.",
  );
});

test("C12: sections named .exo are guaranteed, sixteen pages of them and no more", () => {
  const system = boot([{ name: "a", source: done, guaranteed: true, dataPages: 15 }]);
  expect(system.view.bindings(A).filter((b) => b.guaranteed)).toHaveLength(16 + 1);
  expect(message(() => boot([{ name: "a", source: done, guaranteed: true, dataPages: 16 }]))).toBe(
    "Cannot load 'a': its .exo sections take 17 pages and at most 16 are guaranteed; mark less code and data as resident.",
  );
});

test("C6: two environments of one image share its text, read-only, and have data of their own", () => {
  const source = `
    ${setEntry(STORE_FAULT, "fault")}
    li t1, BOOT
    lw t0, 8(t1)
    ${put(0, "t0")}
    la t0, fault
    sw zero, 0(t0)
    ${done}
  fault: csrr t0, utval
    ${put(1, "t0")}
    ${done}`;
  const system = boot([
    { name: "a", source },
    { name: "b", source },
  ]);
  system.run(30_000);
  expect([system.data("a", 0), system.data("b", 0)]).toEqual([A, B]);
  expect(system.data("a", 1)).toBe(system.symbols.get("a")?.get("fault"));
  expect(system.data("b", 1)).toBe(system.data("a", 1));
  const [textA, textB] = [A, B].map((id) => system.view.translate(id, TEXT));
  expect(textA?.frame).toBe(textB?.frame);
  expect(textA?.rights).toBe(5);
  expect(system.view.page(textA?.frame ?? 0)).toMatchObject({ owner: 0x101, bindings: 2 });
  expect(system.view.translate(A, DATA)?.frame).not.toBe(system.view.translate(B, DATA)?.frame);
});

test("C6: a guest can neither bind shared text writable nor pass it on", () => {
  const system = boot([
    {
      name: "a",
      source: `
      li t1, BOOT
      lw t0, 36(t1)      # the list of mappings; text is the first
      lw s0, 8(t0)       # its slot
      li a0, 0
      li a1, 0x40000
      mv a2, s0
      li a3, 3
      kcall BIND
      ${put(0, "a0")}
      mv a0, s0
      li a1, ${B}
      li a2, 1
      kcall CAP_OFFER
      ${put(1, "a0")}
      li a0, 0
      mv a1, s0
      kcall PAGE_FREE
      ${put(2, "a0")}
      ${done}`,
    },
    { name: "b", source: done },
  ]);
  system.run(300);
  expect(words(system, "a", 0, 3)).toEqual([-3, -3, -14]);
});

test("C12: an argument may name an environment for its id, and a name that is unknown is an error", () => {
  const system = boot([
    {
      name: "a",
      arguments: [envArgument("b")],
      source: `${readArgument(1, "s0")}\n${put(0, "s0")}\n${done}`,
    },
    { name: "b", source: done, arguments: [`to=${envArgument("a")},${envArgument("b")}`] },
  ]);
  system.run(300);
  expect(system.data("a", 0)).toBe(B);
  const strings = system.view.read(B, LAYOUT.bootPage, 4096);
  expect(new TextDecoder().decode(strings)).toContain(`to=${A},${B}`);
  expect(message(() => boot([{ name: "a", source: done, arguments: [envArgument("c")] }]))).toBe(
    "Cannot load 'a': an argument names the environment 'c', which is not in this scenario.",
  );
});

test("C12: a launch that fails leaves no environment, and frees all that it had allocated but shared text", () => {
  const kernel = new Kernel({ pages: 1024 });
  const launcher = new Launcher(kernel);
  const { image } = guestImage({ name: "a", source: done });
  const good = { name: "a", image };
  const free = kernel.core.records.header(20);
  const bad = { ...good, name: "b", slices: [99] };
  expect(message(() => launcher.launch([good, bad]))).toBe(
    "Cannot load 'b': slice_alloc was refused: position 99 of 0..63.",
  );
  expect(kernel.run(100)).toEqual({ kind: "exited" });
  expect(kernel.core.records.header(20)).toBe(free - 1);
  launcher.launch([good]);
  expect(kernel.run(100)).toEqual({ kind: "budget" });
  expect(checkInvariants(kernel)).toEqual([]);
});

test("no leaks: after launching and destroying more environments than the launcher has slots, all is as before", () => {
  const kernel = new Kernel({ pages: 700 });
  const launcher = new Launcher(kernel);
  const program = {
    name: "a",
    image: guestImage({
      name: "a",
      source: `
      ${call("PAGE_ALLOC", [0, "SLOT_MEMORY", "ANY", 300])}
      ${call("BIND", [0, 0x40000, 300, 3])}
      ${call("CAP_DERIVE", [0, 300, 0, 900, 3])}
      ${call("SLICE_ALLOC", [0, "SLOT_PROCESSOR", "ANY", 301])}
      ${call("CAP_OFFER", [300, 0x101, 1])}
      li t0, 0x40000
      sw t0, 0(t0)
      ${call("ENV_DESTROY", [0])}`,
    }).image,
    slices: 2,
  };
  launcher.launch([program]);
  kernel.run(10_000);
  // From here on the text is there, and the launcher's table has its page.
  const { records } = kernel.core;
  const before = {
    free: records.header(20),
    capabilities: records.counter(LAUNCHER_INDEX, "capabilities"),
  };
  for (let i = 0; i < 1100; i += 1) {
    launcher.launch([program]);
    if (kernel.run(10_000).kind !== "exited") throw new Error("it did not exit");
  }
  expect(checkInvariants(kernel)).toEqual([]);
  // The launcher's slots come round: its table has all its eight pages now, seven more than before.
  expect({
    free: records.header(20),
    capabilities: records.counter(LAUNCHER_INDEX, "capabilities"),
  }).toEqual({ ...before, free: before.free - 7 });
  for (let position = 0; position < LIMITS.sliceVector; position += 1) {
    expect(records.sliceOwner(position)).toBe(0);
  }
});

test("C11: the launcher may destroy the environment that runs, and the run goes on with the next", () => {
  const system = boot([
    { name: "a", source: counting() },
    { name: "b", source: counting() },
  ]);
  system.run(500);
  expect(system.view.running).toBe(system.id("a"));
  expect(system.launcherCall("envDestroy", system.control("a"))).toBe(0);
  expect(system.view.running).toBe(0);
  expect(system.run(500)).toEqual({ kind: "budget" });
  expect(system.view.running).toBe(system.id("b"));
});

test("C11: the launcher can neither be destroyed nor started, not even by itself", () => {
  const system = boot([{ name: "a", source: done }]);
  expect(system.launcherCall("envDestroy", 0)).toBe(ERRORS.INVAL.code);
  expect(system.events("refused")[0]).toMatchObject({ guard: "the launcher stays" });
  expect(system.launcherCall("envStart", 0, TEXT, 0)).toBe(ERRORS.INVAL.code);
  expect(system.run(500)).toEqual({ kind: "budget" });
});

test("C11: to exit is to destroy oneself, and the status is private word 0", () => {
  const system = boot([
    {
      name: "a",
      source: `${call("ENV_SET_WORD", [0, 0, 42])}\n${call("ENV_SET_WORD", [0, 15, 7])}\n${call("ENV_SET_WORD", [0, 16, 1], 0)}\n${call("ENV_DESTROY", [0])}\n${put(1, "a0")}`,
    },
  ]);
  system.kernel.stopOn = (event) => event.kind === "refused";
  system.run(300);
  expect(system.data("a", 0)).toBe(0);
  expect(system.run(300)).toEqual({ kind: "exited" });
  expect(system.events("destroyed")).toMatchObject([
    { target: A, status: 42, because: "it destroyed itself", environment: A },
  ]);
  expect(system.view.environment(A)).toMatchObject({ state: "destroyed" });
  expect(system.view.environment(A)?.words[0]).toBe(42);
  expect(system.view.capabilities(A)).toEqual([]);
});

test("C13: publishing records the address of an image, of oneself or of one whom one controls, and is an event", () => {
  const system = boot([
    {
      name: "a",
      createsEnvironments: true,
      source: `
      ${call("ENV_PUBLISH", [0, 0x20010], 0)}
      ${call("ENV_PUBLISH", [0, 0x20012], 1)}
      ${call("ENV_CREATE", ["SLOT_ENVIRONMENTS", 200])}
      ${call("ENV_PUBLISH", [200, 0x30000], 2)}
      ${done}`,
    },
  ]);
  system.run(300);
  expect(words(system, "a", 0, 3)).toEqual([0, -1, 0]);
  expect(system.events("published")).toMatchObject([
    { target: A, address: 0x20010, environment: A },
    { target: B, address: 0x30000, environment: A },
  ]);
  expect(system.view.environment(A)?.image).toBe(0x20010);
});

test("C11: CONTROL over an environment allocates, binds, starts and destroys on its behalf; without it nothing does", () => {
  const system = boot(
    [
      {
        name: "a",
        createsEnvironments: true,
        source: `
        ${call("ENV_CREATE", ["SLOT_ENVIRONMENTS", 200])}
        ${call("CAP_DERIVE", [0, 200, 0, 201, "RIGHT_GRANT"], 0)}
        ${call("ENV_START", [201, "TEXT_AGAIN", 5], 1)}
        ${call("CAP_DERIVE", [0, "SLOT_MEMORY", 200, 1, "RIGHT_CONTROL"], 2)}
        ${call("CAP_DERIVE", [0, "SLOT_PROCESSOR", 200, 2, "RIGHT_CONTROL"], 3)}
        ${call("PAGE_ALLOC", [200, 1, "ANY", 16], 4)}
        ${call("CAP_DERIVE", [200, 16, 0, 202, 7])}
        ${call("BIND", [0, 0x40000, 202, 3])}
        # addi a0, a0, 1 then for ever
        li t0, 0x40000
        li t1, 0x00150513
        sw t1, 0(t0)
        li t1, 0x0000006f
        sw t1, 4(t0)
        ${call("BIND", [200, 0x50000, 16, 5])}
        ${call("SLICE_ALLOC", [200, 2, "ANY", 17], 5)}
        ${call("ENV_START", [200, 0x50001, 5], 6)}
        ${call("ENV_START", [200, 0x50000, 5], 7)}
        ${call("ENV_START", [200, 0x50000, 5], 8)}
        ${wait(3)}
        ${done}`.replace("TEXT_AGAIN", String(TEXT)),
      },
    ],
    { policy: { tick: 2000 } },
  );
  system.run(5000);
  expect(system.data("a", 4)).toBeGreaterThan(0);
  expect([0, 1, 2, 3, 5, 6, 7, 8].map((i) => system.data("a", i))).toEqual([
    0, -3, 0, 0, 1, -1, 0, -8,
  ]);
  expect(system.view.registers(B)?.registers[10]).toBe(6);
  system.launcherCall("envDestroy", system.control("a"));
  // What the creator gave derives from the creator's: its text and its slice went with it, and so did authority over it.
  expect(system.view.environment(B)?.slices).toEqual([]);
  expect(system.view.capabilities(B)).toEqual([]);
  expect(system.run(5000)).toEqual({ kind: "exited" });
  expect(system.events("destroyed").at(-1)).toMatchObject({ target: B });
  expect(checkInvariants(system.kernel)).toEqual([]);
});
