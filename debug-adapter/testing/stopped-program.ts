/** A fixture program that runs on the real machine, without a kernel, and has stopped at a marked line: frames with real locals for tests. */
import { type ElfImage, Machine, PAGE_SIZE, parseElf, RIGHT } from "#emulator";
import { DebugInfo, type FrameContext, type UnwindFrame } from "../dwarf/debug-info.ts";
import { type FrameAccess, PC } from "../values/frame-access.ts";
import { compileFixture } from "./compile-fixture.ts";

const PAGES = 512;
const STACK_PAGES = 4;
const STEPS_MAX = 1_000_000;
const ASID = 1;
const SP = 2;
const PRESERVED = new Set([1, 3, 4, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27]);

export interface StoppedProgram {
  readonly image: ElfImage;
  readonly debug: DebugInfo;
  readonly machine: Machine;
  /** The frame that is `index` frames out from where it stopped; frames of inlined functions aren't counted. */
  frame(index?: number): FrameAccess;
}

/** Runs `source` (its entry is `_start`, in fixture.c) to the line that contains `marker`, for the `hit`th time. */
export function stopAt(
  source: string,
  marker: string,
  { flags = ["-O0", "-g"], hit = 1 }: { flags?: readonly string[]; hit?: number } = {},
): StoppedProgram {
  const image = parseElf(compileFixture({ "fixture.c": source }, ...flags));
  const debug = DebugInfo.fromElf(image);
  const machine = load(image);
  const file = debug.sourceFiles().find((path) => path.endsWith("/fixture.c"));
  const line = source.split("\n").findIndex((text) => text.includes(marker)) + 1;
  if (!file || line === 0) throw new Error(`there is no line with ${marker}`);
  for (const address of debug.lineAddresses(file, line)?.addresses ?? []) {
    machine.breakpoints.set(ASID, address);
  }
  for (let count = 1; count <= hit; count++) {
    const stop = machine.run(STEPS_MAX, count > 1);
    if (stop.kind !== "breakpoint") throw new Error(`stopped by ${JSON.stringify(stop)}`);
  }
  return { image, debug, machine, frame: (index = 0) => frameAt(index, image, debug, machine) };
}

function load(image: ElfImage): Machine {
  const machine = new Machine({ pages: PAGES });
  machine.hart.asid = ASID;
  const rights = RIGHT.R | RIGHT.W | RIGHT.X | RIGHT.D;
  const map = (page: number) => machine.tlb.write({ asid: ASID, vpn: page, frame: page, rights });
  for (const { virtualAddress, memorySize, bytes } of image.segments) {
    machine.memory.writeBytes(virtualAddress, bytes);
    const end = virtualAddress + memorySize;
    for (let at = virtualAddress - (virtualAddress % PAGE_SIZE); at < end; at += PAGE_SIZE) {
      map(at / PAGE_SIZE);
    }
  }
  for (let page = PAGES - STACK_PAGES; page < PAGES; page++) map(page);
  machine.hart.setX(SP, PAGES * PAGE_SIZE);
  machine.hart.setPc(image.entry);
  return machine;
}

function frameAt(index: number, image: ElfImage, debug: DebugInfo, machine: Machine): FrameAccess {
  const { hart } = machine;
  const readMemory = (address: number, size: number) => {
    const bytes = new Uint8Array(size);
    for (let offset = 0; offset < size; offset++) {
      const at = physical(machine, address + offset);
      if (at === undefined) return undefined;
      bytes[offset] = machine.memory.readU8(at);
    }
    return bytes;
  };
  let current: UnwindFrame = { pc: hart.pc, registers: [...hart.registers()] };
  const savedAt = new Map<number, number>();
  for (let count = 0; count < index; count++) {
    const caller = debug.unwind(current, readMemory);
    if (!caller || "end" in caller) throw new Error(`there is no frame ${index}`);
    for (const [register, address] of caller.savedAt) savedAt.set(register, address);
    current = caller;
  }
  const { pc, registers, isReturnAddress } = current;
  const context: FrameContext = {
    pc: isReturnAddress ? pc - 1 : pc,
    readRegister: (register) =>
      index === 0 && register < 32 ? hart.x(register) : registers[register],
    readMemory,
    caller: () => frameAt(index + 1, image, debug, machine).context,
  };
  const access: FrameAccess = {
    debug,
    context,
    pc,
    writeMemory: (address, bytes) => {
      for (let offset = 0; offset < bytes.length; offset++) {
        const at = physical(machine, address + offset);
        if (at === undefined) return `the page of 0x${address.toString(16)} isn't bound`;
        machine.memory.writeU8(at, bytes[offset]!);
      }
      return undefined;
    },
    writeRegister: (register, value) => {
      const saved = savedAt.get(register);
      if (saved !== undefined) {
        const word = Uint32Array.of(value);
        return access.writeMemory(saved, new Uint8Array(word.buffer));
      }
      if (index > 0 && !PRESERVED.has(register)) return "the register wasn't saved";
      if (register === PC) hart.setPc(value);
      else hart.setX(register, value);
      return undefined;
    },
    writeFloat: (index, bits) => {
      hart.setF(index, bits);
      return undefined;
    },
    symbolAddress: (name) => image.symbol(name)?.value,
    functionName: (address) => image.symbolAt(address)?.name,
  };
  return access;
}

function physical(machine: Machine, address: number): number | undefined {
  const entry = machine.tlb.lookup(ASID, Math.floor(address / PAGE_SIZE) % (1 << 20));
  return entry && entry.frame * PAGE_SIZE + (address % PAGE_SIZE);
}
