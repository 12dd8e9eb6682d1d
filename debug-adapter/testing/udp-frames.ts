/** Ethernet frames with UDP over IPv4 (RFC 894, RFC 791, RFC 768), as the network's tests and samples have them. */

/** A frame to a port of 10.0.0.1 with a text in it. */
export function udpFrame(port: number, text: string): Uint8Array {
  const data = new TextEncoder().encode(text);
  const frame = new Uint8Array(42 + data.length);
  const view = new DataView(frame.buffer);
  frame.set([0x02, 0x65, 0x78, 0x6f, 0x00, 0x01], 0);
  frame.set([0x02, 0x65, 0x78, 0x6f, 0x00, 0x02], 6);
  view.setUint16(12, 0x0800);
  frame.set([0x45, 0], 14);
  view.setUint16(16, 28 + data.length);
  frame.set([64, 17], 22);
  frame.set([10, 0, 0, 2], 26);
  frame.set([10, 0, 0, 1], 30);
  view.setUint16(24, checksum(view));
  view.setUint16(34, 50_000);
  view.setUint16(36, port);
  // The checksum of UDP stays 0: none was computed.
  view.setUint16(38, 8 + data.length);
  frame.set(data, 42);
  return frame;
}

/** Of the IPv4 header: the complement of the sum of its half-words, with the carries put back. */
function checksum(view: DataView): number {
  let sum = 0;
  for (let at = 14; at < 34; at += 2) sum += view.getUint16(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
