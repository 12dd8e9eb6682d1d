/** Bytes in JSON, without a platform: RFC 4648 §4, Base 64 Encoding. */

/** Characters that `String.fromCharCode` takes at once on every engine. */
const CHUNK = 8192;

export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(text);
}

/** Undefined when the text is not the encoding of anything. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** The text of which these are exactly the UTF-8 bytes, if there is one. */
export function asText(bytes: Uint8Array): string | undefined {
  try {
    // A decoder that keeps a byte order mark: every byte has to come back.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
