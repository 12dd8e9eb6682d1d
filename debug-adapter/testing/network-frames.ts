/** Frames as another host would send them to a guest with the network library, with every checksum right. */
import { onesComplement } from "./dissect.ts";

/** The guest's hardware address, and the other host's. */
const GUEST = [0x02, 0x65, 0x78, 0x6f, 0x00, 0x01];
const OTHER = [0x02, 0x65, 0x78, 0x6f, 0x00, 0x02];
const EVERYBODY = [255, 255, 255, 255, 255, 255];

const octets = (address: string): number[] => address.split(".").map(Number);
const word = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff];
const checksum = (bytes: readonly number[]): number => ~onesComplement(bytes) & 0xffff;

function padded(bytes: readonly number[]): Uint8Array {
  const frame = new Uint8Array(Math.max(60, bytes.length));
  frame.set(bytes);
  return frame;
}

export function arpFrame(
  operation: "request" | "reply",
  sender: string,
  target: string,
  station: readonly number[] = OTHER,
): Uint8Array {
  const isRequest = operation === "request";
  return padded([
    ...(isRequest ? EVERYBODY : GUEST),
    ...station,
    ...[0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, isRequest ? 1 : 2],
    ...station,
    ...octets(sender),
    ...(isRequest ? [0, 0, 0, 0, 0, 0] : GUEST),
    ...octets(target),
  ]);
}

function ipFrame(source: string, target: string, protocol: number, data: number[]): Uint8Array {
  const header = (sum: number) => [
    ...[0x45, 0],
    ...word(20 + data.length),
    ...[0, 1, 0x40, 0, 64, protocol],
    ...word(sum),
    ...octets(source),
    ...octets(target),
  ];
  return padded([...GUEST, ...OTHER, 0x08, 0x00, ...header(checksum(header(0))), ...data]);
}

export function udpFrameTo(
  { source, target }: { readonly source: string; readonly target: string },
  sourcePort: number,
  targetPort: number,
  data: readonly number[],
  withChecksum = true,
): Uint8Array {
  const length = 8 + data.length;
  const ports = [...word(sourcePort), ...word(targetPort), ...word(length)];
  const pseudo = [...octets(source), ...octets(target), 0, 17, ...word(length)];
  const sum = withChecksum ? checksum([...pseudo, ...ports, 0, 0, ...data]) || 0xffff : 0;
  return ipFrame(source, target, 17, [...ports, ...word(sum), ...data]);
}

export function echoRequestFrame(
  { source, target }: { readonly source: string; readonly target: string },
  data: readonly number[],
): Uint8Array {
  const rest = [0x12, 0x34, 0, 1, ...data];
  const sum = checksum([8, 0, 0, 0, ...rest]);
  return ipFrame(source, target, 1, [8, 0, ...word(sum), ...rest]);
}

/** Makes the checksum of a frame's IP header right again after the header was changed. */
export function mendHeader(frame: Uint8Array): void {
  if (frame.length < 34) return;
  frame.set([0, 0], 24);
  frame.set(word(checksum([...frame.subarray(14, 34)])), 24);
}
