/** Guests and frames that the network's tests share. */
import type { KernelConfiguration } from "../kernel-configuration.ts";
import { call, term } from "./snippets.ts";
import type { GuestSystem } from "./system.ts";

export type Network = NonNullable<KernelConfiguration["network"]>;
export const withNetwork = (network: Network = {}): KernelConfiguration => ({
  network: { latency: 100, ...network },
  policy: { tick: 300 },
});
export const words = (system: GuestSystem, name: string, from: number, count: number) =>
  Array.from({ length: count }, (_, i) => system.data(name, from + i));
/** Slot of the guest's own data page. */
export const PAGE = 17;
/** A frame whose first byte says whose it is. */
export const frame = (first: number, length = 60): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i === 0 ? first : i));
export const at = (step: number, first: number, length?: number) => ({
  step,
  bytes: frame(first, length),
});
/** Inserts a filter with terms from word 256 of the data page on. */
export const insert = (slot: number, index?: number, { over = 0, count = 1, word = 256 } = {}) =>
  call("FILTER_INSERT", [0, "SLOT_NETWORK", PAGE, 4 * word, count, over, slot], index);
/** A filter for frames that begin with a byte, in slot 100, and its ring in the data page's second half. */
export const listen = (first: number) => `
    ${term(256, 0, 1, 0xff, first)}
    ${insert(100, 0)}`;
/** A ring in a page of its own, bound at 0x40000. */
export const ring = `
    ${call("PAGE_ALLOC", [0, "SLOT_MEMORY", "ANY", 101])}
    ${call("BIND", [0, 0x40000, 101, "RIGHT_READ | RIGHT_WRITE"])}
    ${call("RING_SET", [100, 101, 1], 1)}`;
export const ringWords = (system: GuestSystem, name: string, count: number, from = 0): number[] => {
  const bytes = system.view.read(system.id(name), 0x40000 + 4 * from, 4 * count);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: count }, (_, i) => view.getUint32(4 * i, true));
};
export const packets = (system: GuestSystem) =>
  system
    .events("packet")
    .map(({ number, target, dropped }) => [number, target, dropped ?? "taken"]);
