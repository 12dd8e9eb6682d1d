/** A machine, a kernel and guests of a few assembled lines: what the kernel's tests are made of. */
import { assemble, ElfImage, type ElfSection } from "#emulator";
import {
  CALLS,
  type CallName,
  ENTRIES,
  ERRORS,
  KINDS,
  LAYOUT,
  LOSS_REASONS,
  RIGHTS,
  SLOTS,
} from "../abi.ts";
import type { EventBody, EventKind, KernelEvent } from "../events.ts";
import { checkInvariants } from "../invariants.ts";
import { Kernel, LAUNCHER_INDEX } from "../kernel.ts";
import type { KernelConfiguration } from "../kernel-configuration.ts";
import type { KernelStop } from "../kernel-stop.ts";
import { KernelView } from "../kernel-view.ts";
import { Launcher } from "../launcher.ts";
import { refSlot } from "../records.ts";

export const TEXT = 0x1_0000;
export const DATA = 0x2_0000;

/** Names that every guest may use: calls as ENV_CREATE, errors as E_INVAL, entries as ENTRY_END_SLICE, and so on. */
export const GUEST_SYMBOLS: Readonly<Record<string, number>> = Object.fromEntries([
  ...Object.values(CALLS).map((call) => [call.name.toUpperCase(), call.number]),
  ...Object.entries(ERRORS).map(([name, error]) => [`E_${name}`, error.code]),
  ...Object.entries(ENTRIES).map(([name, entry]) => [`ENTRY_${snake(name)}`, entry.number]),
  ...Object.entries(RIGHTS).map(([name, right]) => [`RIGHT_${name}`, right]),
  ...Object.entries(KINDS).map(([name, kind]) => [`KIND_${snake(name)}`, kind]),
  ...Object.entries(SLOTS).map(([name, slot]) => [`SLOT_${snake(name)}`, slot]),
  ...Object.entries(LOSS_REASONS).map(([name, reason]) => [`LOSS_${snake(name)}`, reason]),
  ["ANY", -1],
  ["DATA", DATA],
  ["BOOT", LAYOUT.bootPage],
]);

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

export interface Guest {
  readonly name: string;
  /** Assembly; execution begins at its first line. `DATA` is a writable page, and `call NAME` is `li a7, NAME; ecall`. */
  readonly source: string;
  readonly slices?: number | readonly number[];
  readonly dataPages?: number;
  /** Text and data are `.exo` sections: guaranteed mappings. */
  readonly guaranteed?: boolean;
  readonly arguments?: readonly string[];
  readonly createsEnvironments?: boolean;
  readonly guaranteedPages?: number;
  readonly quota?: number;
  readonly administers?: boolean;
  readonly isArbiter?: boolean;
}

export interface GuestSystem {
  readonly kernel: Kernel;
  readonly launcher: Launcher;
  readonly view: KernelView;
  /** Ids by name. */
  readonly ids: ReadonlyMap<string, number>;
  readonly symbols: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly output: () => string;
  readonly run: (steps: number) => KernelStop;
  /** Word `index` of the guest's data page. */
  readonly data: (name: string, index: number) => number;
  readonly events: <K extends EventKind>(
    kind: K,
  ) => (KernelEvent & Extract<EventBody, { kind: K }>)[];
  readonly id: (name: string) => number;
  /** The launcher's slot with the capability that controls a guest. */
  readonly control: (name: string) => number;
  /** After a power failure: switches on and launches the guests again. */
  readonly reboot: () => void;
  /** A kernel call of the launcher. */
  readonly launcherCall: (name: CallName, ...args: number[]) => number;
}

/** Assembles the guests, boots them and leaves them before their first instruction. */
export function boot(
  guests: readonly Guest[],
  configuration: KernelConfiguration = {},
): GuestSystem {
  const kernel = new Kernel({ pages: 1024, ...configuration });
  const symbols = new Map<string, ReadonlyMap<string, number>>();
  const images = new Map<string, ElfImage>();
  let output = "";
  kernel.machine.console.onOutput = (byte) => {
    output += String.fromCharCode(byte);
  };
  const programs = guests.map((guest) => {
    const key = `${guest.source} ${guest.dataPages} ${guest.guaranteed}`;
    const { image, names } = guestImage(guest);
    symbols.set(guest.name, names);
    if (!images.has(key)) images.set(key, image);
    return {
      name: guest.name,
      image: images.get(key) as ElfImage,
      ...(guest.slices === undefined ? {} : { slices: guest.slices }),
      ...(guest.arguments === undefined ? {} : { arguments: guest.arguments }),
      ...given(guest, [
        "createsEnvironments",
        "guaranteedPages",
        "quota",
        "administers",
        "isArbiter",
      ]),
    };
  });
  const launcher = new Launcher(kernel);
  const launched = launcher.launch(programs);
  const ids = new Map(launched.map(({ id, program }) => [program.name, id]));
  const view = new KernelView(kernel);
  const id = (name: string): number => {
    const found = ids.get(name);
    if (found === undefined) throw new Error(`no guest ${name}`);
    return found;
  };
  return {
    kernel,
    launcher,
    view,
    ids,
    symbols,
    id,
    output: () => output,
    control: (name) => {
      for (const capability of view.capabilities(view.environments()[0].id)) {
        const { kind, resource, ref } = capability;
        if (kind === "environment" && resource === id(name)) return refSlot(ref);
      }
      throw new Error(`the launcher does not control ${name}`);
    },
    reboot: () => {
      kernel.powerOn();
      new Launcher(kernel).launch(programs);
    },
    launcherCall: (name, ...args) => kernel.call(LAUNCHER_INDEX, name, ...args),
    run: (steps) => runChecked(kernel, steps),
    data: (name, index) => {
      const bytes = view.read(id(name), DATA + 4 * index, 4);
      return new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
    },
    events: <K extends EventKind>(kind: K) =>
      kernel.core.log.since(0).filter((event) => event.kind === kind) as (KernelEvent &
        Extract<EventBody, { kind: K }>)[],
  };
}

/** Those of the keys that an object has a value for. */
function given<T extends object, K extends keyof T>(
  from: T,
  keys: readonly K[],
): Partial<Pick<T, K>> {
  const all = keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]]);
  return Object.fromEntries(all) as Partial<Pick<T, K>>;
}

/** Runs, and checks the invariants at the end. */
function runChecked(kernel: Kernel, steps: number): KernelStop {
  const stop = kernel.run(steps);
  const problems = checkInvariants(kernel);
  if (problems.length > 0) throw new Error(`invariants broken:\n${problems.join("\n")}`);
  return stop;
}

/** The image that the launcher gets for a guest, and its labels. */
export function guestImage(guest: Guest): { image: ElfImage; names: Map<string, number> } {
  const source = guest.source.replace(
    /^(\s*(?:\w+:)?\s*)kcall\s+(\w+)\s*(?:#.*)?$/gm,
    "$1li a7, $2\necall",
  );
  const { bytes, symbols } = assemble(source, { origin: TEXT, symbols: GUEST_SYMBOLS });
  const dataBytes = 4096 * (guest.dataPages ?? 1);
  const segment = (address: number, content: Uint8Array, size: number, writable: boolean) => ({
    virtualAddress: address,
    fileOffset: 0,
    fileSize: content.length,
    memorySize: size,
    readable: true,
    writable,
    executable: !writable,
    bytes: content,
  });
  const section = (name: string, address: number, size: number): ElfSection => ({
    name,
    type: 1,
    address,
    size,
    offset: 0,
    flags: 2,
    bytes: new Uint8Array(),
    isCompressed: false,
  });
  const sections =
    guest.guaranteed === true
      ? [section(".exo.text", TEXT, bytes.length), section(".exo.data", DATA, dataBytes)]
      : [];
  const image = new ElfImage(
    { entry: TEXT, flags: 0 },
    [segment(TEXT, bytes, bytes.length, false), segment(DATA, new Uint8Array(), dataBytes, true)],
    sections,
    [],
  );
  return { image, names: symbols };
}

/** Words of an environment's data, from number `from` on. */
export const words = (system: GuestSystem, name: string, from: number, count: number) =>
  Array.from({ length: count }, (_, i) => system.data(name, from + i));
