/**
 * What a data breakpoint is about, and the `dataId` that names it to a client. The id says everything that is needed to set it
 * again in the same session: physical bytes, since a page may be seen through many mappings, or an object of the kernel.
 *
 *     bytes:0x92020+4@258:0x40000020#cell      4 bytes of page 0x92, called `cell`, seen at that address by environment 258
 *     writes:0x92020+4@258:0x40000020#cell     the same, but a write of what was there already counts too
 *     page:0x92                                any write to the page
 *     page:0x92:owner                          who owns it
 *     capability:258:16                        what is in slot 16 of environment 258
 *     slice:3, extent:5, filter:2              who has that position of the slice vector, that extent, that packet filter
 *     environment:258                          what becomes of an environment: started, asked to give back, destroyed
 *     binding:258:0x40000000                   the binding of a page of an environment's addresses
 */
import type { KernelObject } from "./protocol.ts";

/** A stretch of physical memory. */
export interface Piece {
  readonly pa: number;
  readonly length: number;
}

export interface BytesTarget {
  readonly kind: "bytes";
  /** In the order of the virtual addresses; more than one where the object crosses pages. */
  readonly pieces: readonly Piece[];
  /** Whether a write that changes nothing is one. */
  readonly everyWrite: boolean;
  readonly environment: number;
  readonly address: number;
  readonly name: string;
}

export type WatchedTarget =
  | BytesTarget
  | { readonly kind: "page"; readonly frame: number }
  | { readonly kind: "owner"; readonly frame: number }
  | { readonly kind: "capability"; readonly environment: number; readonly slot: number }
  /** Neither a page nor a slot: those have kinds of their own. */
  | { readonly kind: "object"; readonly object: KernelObject };

const hex = (value: number): string => `0x${value.toString(16)}`;
const NUMBER = "(0x[0-9a-fA-F]+|\\d+)";
const PAGE = new RegExp(`^page:${NUMBER}(:owner)?$`);
const CAPABILITY = new RegExp(`^capability:${NUMBER}:${NUMBER}$`);
const RESOURCE = new RegExp(`^(slice|extent|filter|environment):${NUMBER}$`);
const BINDING = new RegExp(`^binding:${NUMBER}:${NUMBER}$`);
const BYTES = new RegExp(`^(bytes|writes):([0-9a-fx+,]+)@${NUMBER}:${NUMBER}#([\\s\\S]*)$`);

export function dataIdOf(target: WatchedTarget): string {
  switch (target.kind) {
    case "bytes": {
      const pieces = target.pieces.map(({ pa, length }) => `${hex(pa)}+${length}`).join(",");
      const at = `${target.environment}:${hex(target.address)}`;
      return `${target.everyWrite ? "writes" : "bytes"}:${pieces}@${at}#${target.name}`;
    }
    case "page":
      return `page:${hex(target.frame)}`;
    case "owner":
      return `page:${hex(target.frame)}:owner`;
    case "capability":
      return `capability:${target.environment}:${target.slot}`;
    case "object":
      return objectId(target.object);
  }
}

function objectId(object: KernelObject): string {
  if ("environment" in object && object.address !== undefined) {
    return `binding:${object.environment}:${hex(object.address)}`;
  }
  const [[kind, number] = []] = Object.entries(object);
  return `${kind}:${number}`;
}

/** What a `dataId` names; undefined if it is none of ours. */
export function parseDataId(dataId: string): WatchedTarget | undefined {
  return parseKernelObject(dataId) ?? parseBytes(dataId);
}

/** The ids that a person can write: pages, capabilities and the other objects of the kernel. */
export function parseKernelObject(text: string): WatchedTarget | undefined {
  const page = PAGE.exec(text);
  if (page !== null) {
    return { kind: page[2] === undefined ? "page" : "owner", frame: Number(page[1]) };
  }
  const capability = CAPABILITY.exec(text);
  if (capability !== null) {
    return { kind: "capability", environment: Number(capability[1]), slot: Number(capability[2]) };
  }
  const resource = RESOURCE.exec(text);
  if (resource !== null) {
    const object = { [resource[1]!]: Number(resource[2]) } as KernelObject;
    return { kind: "object", object };
  }
  const binding = BINDING.exec(text);
  if (binding === null) return undefined;
  const address = (Number(binding[2]) & ~0xfff) >>> 0;
  return { kind: "object", object: { environment: Number(binding[1]), address } };
}

function parseBytes(dataId: string): BytesTarget | undefined {
  const parsed = BYTES.exec(dataId);
  if (parsed === null) return undefined;
  const [, kind, list = "", environment, address, name = ""] = parsed;
  const pieces = list.split(",").map((piece) => {
    const [pa, length] = piece.split("+").map(Number);
    return { pa: pa ?? Number.NaN, length: length ?? Number.NaN };
  });
  const isSound = pieces.every(
    ({ pa, length }) => Number.isInteger(pa) && Number.isInteger(length) && length > 0,
  );
  if (!isSound) return undefined;
  return {
    kind: "bytes",
    pieces,
    everyWrite: kind === "writes",
    environment: Number(environment),
    address: Number(address),
    name,
  };
}

/** What people read for a target that is bytes, a page or a slot: `cell (4 bytes at 0x40000020, page 0x92)`. */
export function describeTarget(
  target: Exclude<WatchedTarget, { kind: "object" }>,
  nameOf: (id: number) => string,
): string {
  switch (target.kind) {
    case "bytes": {
      const length = target.pieces.reduce((sum, piece) => sum + piece.length, 0);
      const frames = [...new Set(target.pieces.map(({ pa }) => hex(pa >>> 12)))];
      const pages = `page${frames.length > 1 ? "s" : ""} ${frames.join(", ")}`;
      const size = `${length} byte${length === 1 ? "" : "s"}`;
      return `${target.name} (${size} at ${hex(target.address)}, ${pages})`;
    }
    case "page":
      return `page ${hex(target.frame)}`;
    case "owner":
      return `owner of page ${hex(target.frame)}`;
    case "capability":
      return `capability in slot ${target.slot} of ${nameOf(target.environment)}`;
  }
}
