/** `dataBreakpointInfo`: what of a program can be watched, under which id, and if it can't, why. */
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import type { DataBreakpoints } from "../data-breakpoints.ts";
import type { Debuggee } from "../debuggee.ts";
import { UserError } from "../errors.ts";
import { formatValue } from "../values/format.ts";
import type { FrameAccess } from "../values/frame-access.ts";
import { addressOf, byteSize, notBound, reasonText, type Value } from "../values/value.ts";
import { type BytesTarget, dataIdOf, type Piece, parseKernelObject } from "../watched-target.ts";
import type { Inspector } from "./inspector.ts";
import type { Located } from "./variable-tree.ts";

type Body = Dap.DataBreakpointInfoResponse["body"];

const ALL: Dap.DataBreakpointAccessType[] = ["read", "write", "readWrite"];
const PAGE_BYTES = 4096;
/** What an address without a length means. */
const ADDRESS_BYTES = 4;
/** More than that nobody watches by name; whole pages are there by number. */
export const BYTES_MAX = 1 << 20;

export function dataBreakpointInfo(
  debuggee: Debuggee,
  inspector: Inspector,
  breakpoints: DataBreakpoints,
  args: Dap.DataBreakpointInfoArguments,
): Body {
  const { name, bytes } = args;
  if (bytes !== undefined && !(Number.isInteger(bytes) && bytes >= 1 && bytes <= BYTES_MAX)) {
    throw new UserError(140, `A data breakpoint is on 1 to ${BYTES_MAX} bytes, not on ${bytes}.`);
  }
  if (!args.variablesReference) {
    const object = parseKernelObject(name);
    if (object !== undefined) {
      const problem = breakpoints.problemWith(object);
      if (problem !== undefined) return { dataId: null, description: problem };
      return {
        dataId: dataIdOf(object),
        description: breakpoints.describe(object),
        accessTypes: ["write"],
      };
    }
  }
  const found = bytesNamed(debuggee, inspector, args);
  if (typeof found === "string") {
    return { dataId: null, description: `'${name}' cannot be watched: it is ${found}.` };
  }
  return {
    dataId: breakpoints.name(found.target, found.show),
    description: breakpoints.describe(found.target),
    accessTypes: ALL,
  };
}

/** The bytes of a variable, an expression or an address as a client names it, or a phrase why there are none. */
export function bytesNamed(
  debuggee: Debuggee,
  inspector: Inspector,
  args: Dap.DataBreakpointInfoArguments,
): NamedBytes | string {
  return args.asAddress
    ? atAddress(debuggee, inspector, args)
    : ofValue(debuggee, located(inspector, args), args.name, args.bytes);
}

export interface NamedBytes {
  readonly target: BytesTarget;
  readonly show: ((bytes: Uint8Array) => string) | undefined;
}

function located(
  inspector: Inspector,
  { name, variablesReference, frameId }: Dap.DataBreakpointInfoArguments,
): Located | undefined {
  return variablesReference
    ? inspector.find(variablesReference, name)
    : inspector.locate(name, frameId);
}

/** The bytes at an address, `0x40000020` or `258:0x40000020`, of the frame's environment. */
function atAddress(
  debuggee: Debuggee,
  inspector: Inspector,
  { name, bytes = ADDRESS_BYTES, frameId }: Dap.DataBreakpointInfoArguments,
): NamedBytes | string {
  const parsed = /^\s*(?:(\d+):)?(0x[0-9a-fA-F]+|\d+)\s*$/.exec(name);
  const address = Number(parsed?.[2]);
  if (parsed === null || address > 0xffff_ffff) {
    throw new UserError(137, `'${name}' is not an address.`);
  }
  const environment =
    parsed[1] === undefined ? inspector.environmentOf(frameId) : Number(parsed[1]);
  const pieces = piecesAt(debuggee, environment, address, bytes);
  if (typeof pieces === "string") return pieces;
  const target: BytesTarget = {
    kind: "bytes",
    pieces,
    everyWrite: false,
    environment,
    address,
    name: `0x${address.toString(16)}`,
  };
  return { target, show: undefined };
}

/** The bytes of a value, or why it has none that can be watched. */
function ofValue(
  debuggee: Debuggee,
  found: Located | undefined,
  name: string,
  bytes: number | undefined,
): NamedBytes | string {
  if (found === undefined) return "not a variable in memory";
  const { value, frame, environment } = found;
  const { place, bits } = value;
  const address = bits && place.kind === "memory" ? place.address : addressOf(value);
  if (typeof address === "string") return reasonText(address);
  const own = bits ? Math.ceil((bits.offset + bits.size) / 8) : byteSize(value.type, frame);
  const size = bytes ?? own;
  if (size === undefined || size === 0) return "of a type without a size";
  if (size > BYTES_MAX) return `too large to be watched: ${size} bytes`;
  const pieces = piecesAt(debuggee, environment, address, size);
  if (typeof pieces === "string") return pieces;
  const target: BytesTarget = {
    kind: "bytes",
    pieces,
    everyWrite: false,
    environment,
    address,
    name: value.evaluateName ?? name,
  };
  return { target, show: size === own ? shower(value, frame, address, size) : undefined };
}

/** The physical stretches behind a range of virtual addresses, as the environment's bindings are now. */
function piecesAt(
  debuggee: Debuggee,
  environment: number,
  address: number,
  length: number,
): Piece[] | string {
  const pieces: Piece[] = [];
  for (let done = 0; done < length; ) {
    const at = (address + done) >>> 0;
    const binding = debuggee.view.translate(environment, at);
    if (binding === undefined) return `on a ${notBound(at)}`;
    const offset = at % PAGE_BYTES;
    const count = Math.min(length - done, PAGE_BYTES - offset);
    pieces.push({ pa: binding.frame * PAGE_BYTES + offset, length: count });
    done += count;
  }
  return pieces;
}

/** Shows bytes as the value would be shown if it consisted of them. */
function shower(
  value: Value,
  frame: FrameAccess,
  address: number,
  size: number,
): (bytes: Uint8Array) => string {
  return (bytes) => {
    const readMemory = (at: number, count: number): Uint8Array | undefined => {
      if (at >= address && at + count <= address + size) {
        return bytes.slice(at - address, at - address + count);
      }
      return frame.context.readMemory(at, count);
    };
    return formatValue(value, { ...frame, context: { ...frame.context, readMemory } });
  };
}
