/**
 * Packet files in the classic pcap format (draft-ietf-opsawg-pcap, sections 4 and 5), read in both byte orders and with micro- and
 * nanoseconds, written in one. Bytes in, bytes out.
 */
import { FRAME_BYTES_MAX } from "#emulator";

/** What is wrong with a file, as the end of a sentence that begins with its name. */
export class PcapError extends Error {}

export interface CapturedPacket {
  /** When it was captured, since 1970. */
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly bytes: Uint8Array;
}

const MICROSECONDS = 0xa1b2_c3d4;
const NANOSECONDS = 0xa1b2_3c4d;
const PCAPNG = 0x0a0d_0d0a;
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** LINKTYPE_ETHERNET. */
const ETHERNET = 1;

/** The packets of a file, in its order. Throws `PcapError`. */
export function readPcap(file: Uint8Array): CapturedPacket[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const { isLittle, perSecond } = formatOf(view);
  if (file.length < FILE_HEADER) throw new PcapError("ends within its header of 24 bytes");
  const link = view.getUint32(20, isLittle) & 0xffff;
  if (link !== ETHERNET) {
    throw new PcapError(`has packets of link type ${link}, and only Ethernet (1) is known`);
  }
  const packets: CapturedPacket[] = [];
  for (let at = FILE_HEADER; at < file.length; ) {
    const number = packets.length + 1;
    if (file.length - at < RECORD_HEADER) throw endsWithin(number);
    const word = (field: number) => view.getUint32(at + field, isLittle);
    const length = word(8);
    if (length < word(12)) {
      throw new PcapError(
        `holds only ${length} of the ${word(12)} bytes of packet ${number}; capture whole packets`,
      );
    }
    if (length < 1 || length > FRAME_BYTES_MAX) {
      throw new PcapError(
        `has ${length} bytes in packet ${number}, and a frame has 1 to ${FRAME_BYTES_MAX}`,
      );
    }
    if (file.length - at - RECORD_HEADER < length) throw endsWithin(number);
    packets.push({
      seconds: word(0),
      nanoseconds: word(4) * (1e9 / perSecond),
      bytes: file.slice(at + RECORD_HEADER, at + RECORD_HEADER + length),
    });
    at += RECORD_HEADER + length;
  }
  return packets;
}

const endsWithin = (number: number): PcapError =>
  new PcapError(`ends within packet ${number}; it was cut short`);

function formatOf(view: DataView): { readonly isLittle: boolean; readonly perSecond: number } {
  if (view.byteLength >= 4) {
    for (const isLittle of [true, false]) {
      const magic = view.getUint32(0, isLittle);
      if (magic === MICROSECONDS) return { isLittle, perSecond: 1e6 };
      if (magic === NANOSECONDS) return { isLittle, perSecond: 1e9 };
    }
    if (view.getUint32(0) === PCAPNG) {
      throw new PcapError("is in the newer format pcapng; save it as pcap");
    }
  }
  throw new PcapError("is no pcap file");
}

/** A frame and the step at which it passed. */
export interface PassedFrame {
  readonly step: number;
  readonly bytes: Uint8Array;
}

/** Steps of what is written, as a clock: a step is a microsecond. */
const STEPS_PER_SECOND = 1_000_000;

/** A file with these frames: little endian, microseconds; the clock shows steps. */
export function writePcap(frames: readonly PassedFrame[]): Uint8Array {
  const size = frames.reduce((sum, { bytes }) => sum + RECORD_HEADER + bytes.length, FILE_HEADER);
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  view.setUint32(0, MICROSECONDS, true);
  // Version 2.4, and the most bytes that a packet may have here.
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, 0xffff, true);
  view.setUint32(20, ETHERNET, true);
  let at = FILE_HEADER;
  for (const { step, bytes } of frames) {
    view.setUint32(at, Math.floor(step / STEPS_PER_SECOND), true);
    view.setUint32(at + 4, step % STEPS_PER_SECOND, true);
    view.setUint32(at + 8, bytes.length, true);
    view.setUint32(at + 12, bytes.length, true);
    file.set(bytes, at + RECORD_HEADER);
    at += RECORD_HEADER + bytes.length;
  }
  return file;
}
