/**
 * Packets, from the interface to a receiver's ring and from a sender's page to the interface. The kernel knows no protocol: whose a
 * frame is, the filters say, and what it means is a libOS's affair.
 */
import { assert, type NetworkConfiguration, type NetworkDevice, PAGE_SIZE } from "#emulator";
import type { Core } from "./core.ts";
import { filterAt } from "./filters.ts";
import { HEADER } from "./layout.ts";
import { putIntoRing } from "./rings.ts";
import { setPending } from "./upcall.ts";

/** A frame that arrives at a step: scripted, or recorded when it came from outside. */
export interface NetworkInput {
  readonly step: number;
  /** 1..1514 bytes, from the Ethernet header on. */
  readonly bytes: Uint8Array;
}

/** The network of a run. */
export interface KernelNetwork extends NetworkConfiguration {
  readonly packets?: readonly NetworkInput[];
}

export function networkOf(core: Core): NetworkDevice {
  const { network } = core.machine;
  assert(network !== undefined, "the machine has a network");
  return network;
}

/** Frames counted since the machine was made; those that no filter matched since the boot. */
export interface NetworkStats {
  readonly sent: number;
  readonly received: number;
  readonly unmatched: number;
  /** Accepted and still on the way out. */
  readonly waiting: number;
}

export function networkStats(core: Core): NetworkStats | undefined {
  const { network } = core.machine;
  if (network === undefined) return undefined;
  const { sent, received, waiting } = network;
  return { sent, received, unmatched: core.records.network("unmatched"), waiting };
}

/** Hands bytes of a page to the interface. The caller has checked everything. */
export function send(core: Core, frame: number, offset: number, length: number): void {
  const bytes = core.machine.memory.readBytes(frame * PAGE_SIZE + offset, length);
  const number = networkOf(core).transmit(core.machine.steps, bytes);
  core.emit({ kind: "packetSent", number, length });
}

/** What has left the line by now: with a loopback it arrives. */
export function leaveLine(core: Core): void {
  const { network, steps } = core.machine;
  for (let left = network?.leave(steps); left !== undefined; left = network?.leave(steps)) {
    core.records.setHeader(HEADER.idling, 0);
    core.emit({ kind: "packetLeft", number: left.number, length: left.bytes.length }, 0);
    if (left.isLooped) receive(core, left.bytes, "looped");
  }
}

/** Bytes of a frame that its event shows: enough for the headers of UDP over IPv4. */
const HEAD_BYTES = 64;

/** A frame arrives now: the filters decide whose it is, and it goes into that ring or is dropped. */
export function receive(core: Core, bytes: Uint8Array, way: "received" | "looped"): void {
  const { machine, records } = core;
  const number = networkOf(core).receive(bytes, way);
  records.setHeader(HEADER.idling, 0);
  const head = [...bytes.subarray(0, HEAD_BYTES)]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
  const packet = { kind: "packet", number, length: bytes.length, head } as const;
  const nobody = { filter: -1, target: 0, alsoMatched: [] };
  if (machine.isPowerOff) {
    core.emit({ ...packet, ...nobody, dropped: "no power" }, 0);
    return;
  }
  const [winner, ...alsoMatched] = core.filterTrie.match(bytes);
  const filter = winner === undefined ? undefined : filterAt(records, winner);
  if (filter === undefined) {
    records.setNetwork("unmatched", records.network("unmatched") + 1);
    core.emit({ ...packet, ...nobody, dropped: "no filter" }, 0);
    return;
  }
  const dropped = putIntoRing(core, filter.number, number, bytes);
  const whose = { filter: filter.number, target: filter.owner, alsoMatched };
  core.emit({ ...packet, ...whose, ...(dropped === undefined ? {} : { dropped }) }, 0);
  const index = records.indexOf(filter.owner);
  if (dropped === undefined && index !== undefined) setPending(core, index, "packet");
}
