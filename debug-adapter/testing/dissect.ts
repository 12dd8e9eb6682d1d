/**
 * What is in an Ethernet frame and what is wrong with it, from the RFCs alone: a second opinion on the guests' network library, which
 * shares no line with it. RFC 894, 826, 791, 792, 768.
 */

/** `problems` is empty for a frame that every host must accept from us. */
export interface Dissected {
  readonly to: string;
  readonly from: string;
  readonly problems: readonly string[];
  readonly packet: Packet;
}

export type Packet =
  | {
      readonly kind: "arp";
      readonly operation: number;
      readonly senderStation: string;
      readonly sender: string;
      readonly targetStation: string;
      readonly target: string;
    }
  | (Ip & {
      readonly kind: "udp";
      readonly sourcePort: number;
      readonly targetPort: number;
      readonly checksum: number;
      readonly data: Uint8Array;
    })
  | (Ip & {
      readonly kind: "icmp";
      readonly type: number;
      readonly code: number;
      /** Behind the checksum: of an echo its id and sequence number, then the data. */
      readonly rest: Uint8Array;
    })
  | { readonly kind: "other" };

interface Ip {
  readonly source: string;
  readonly target: string;
}

const LEAST = 60;
const MOST = 1514;

export function dissect(frame: Uint8Array): Dissected {
  const problems: string[] = [];
  if (frame.length < LEAST) problems.push(`a frame of ${frame.length} bytes, at least ${LEAST}`);
  if (frame.length > MOST) problems.push(`a frame of ${frame.length} bytes, at most ${MOST}`);
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 14) {
    return { to: "", from: "", problems: [...problems, "no header"], packet: { kind: "other" } };
  }
  const type = view.getUint16(12);
  const packet: Packet =
    type === 0x0806
      ? arp(frame, view, problems)
      : type === 0x0800
        ? ip(frame, view, problems)
        : { kind: "other" };
  return { to: station(frame, 0), from: station(frame, 6), problems, packet };
}

function arp(frame: Uint8Array, view: DataView, problems: string[]): Packet {
  if (frame.length < 42) {
    problems.push("ARP is cut short");
    return { kind: "other" };
  }
  if (view.getUint16(14) !== 1 || view.getUint16(16) !== 0x0800) problems.push("ARP of others");
  if (frame[18] !== 6 || frame[19] !== 4) problems.push("ARP with other lengths");
  const operation = view.getUint16(20);
  if (operation !== 1 && operation !== 2) problems.push(`ARP operation ${operation}`);
  if (((frame[22] ?? 0) & 1) !== 0) problems.push("ARP from a group");
  const sender = address(frame, 28);
  if (sender !== "0.0.0.0" && !isHost(frame[28] ?? 0)) problems.push(`ARP from ${sender}`);
  if (frame.subarray(42).some((byte) => byte !== 0)) problems.push("padding is not zero");
  return {
    kind: "arp",
    operation,
    senderStation: station(frame, 22),
    sender,
    targetStation: station(frame, 32),
    target: address(frame, 38),
  };
}

function ip(frame: Uint8Array, view: DataView, problems: string[]): Packet {
  if (frame.length < 34) {
    problems.push("IP is cut short");
    return { kind: "other" };
  }
  const headerBytes = 4 * ((frame[14] ?? 0) & 15);
  if ((frame[14] ?? 0) >> 4 !== 4) problems.push("IP version");
  if (headerBytes !== 20) problems.push(headerBytes < 20 ? "IP header length" : "IP options");
  const total = view.getUint16(16);
  const end = 14 + total;
  if (total < 20 || end > frame.length) problems.push("IP total length");
  if (end >= 34 && end < frame.length && frame.subarray(end).some((byte) => byte !== 0)) {
    problems.push("padding is not zero");
  }
  // Don't fragment is the only one of these bits that may be set.
  if ((view.getUint16(20) & 0xbfff) !== 0) problems.push("IP fragment");
  if (frame[22] === 0) problems.push("IP time to live");
  if (onesComplement(frame.subarray(14, 34)) !== 0xffff) problems.push("IP checksum");
  if (!isHost(frame[26] ?? 0)) problems.push("IP source");
  const source = address(frame, 26);
  const target = address(frame, 30);
  if (headerBytes !== 20 || total < 20 || end > frame.length) return { kind: "other" };
  const data = frame.subarray(34, end);
  const inner = { source, target };
  if (frame[23] === 17) return udp(frame, data, inner, problems);
  if (frame[23] === 1) return icmp(data, inner, problems);
  return { kind: "other" };
}

function udp(frame: Uint8Array, data: Uint8Array, { source, target }: Ip, problems: string[]) {
  const at = (offset: number) => ((data[offset] ?? 0) << 8) | (data[offset + 1] ?? 0);
  const length = at(4);
  if (data.length < 8 || length < 8 || length > data.length) {
    problems.push("UDP length");
    return { kind: "other" } as const;
  }
  const checksum = at(6);
  const pseudo = [...frame.subarray(26, 34), 0, 17, length >> 8, length & 0xff];
  if (checksum !== 0 && onesComplement([...pseudo, ...data.subarray(0, length)]) !== 0xffff) {
    problems.push("UDP checksum");
  }
  return {
    kind: "udp",
    source,
    target,
    sourcePort: at(0),
    targetPort: at(2),
    checksum,
    data: Uint8Array.from(data.subarray(8, length)),
  } as const;
}

function icmp(data: Uint8Array, { source, target }: Ip, problems: string[]) {
  if (data.length < 8) {
    problems.push("ICMP is cut short");
    return { kind: "other" } as const;
  }
  if (onesComplement(data) !== 0xffff) problems.push("ICMP checksum");
  const [type = 0, code = 0] = data;
  return {
    kind: "icmp",
    source,
    target,
    type,
    code,
    rest: Uint8Array.from(data.subarray(4)),
  } as const;
}

/** The sum of 16-bit numbers with the carries put back; a last odd byte has a zero behind it. */
export function onesComplement(bytes: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) {
    sum += (bytes[i] ?? 0) * 256 + (bytes[i + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum;
}

const isHost = (first: number): boolean => first !== 0 && first !== 127 && first < 224;

const address = (frame: Uint8Array, at: number): string =>
  [...frame.subarray(at, at + 4)].join(".");

const station = (frame: Uint8Array, at: number): string =>
  [...frame.subarray(at, at + 6)].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
