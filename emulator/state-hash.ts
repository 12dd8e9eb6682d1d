/**
 * A 64-bit digest of bytes, for telling two states of the machine apart. Four lanes of 32 bits, since a multiplication takes
 * longer than a load: each step is a bijection of its lane, so two inputs that differ in one word never collide. It is no
 * cryptographic hash: whoever wants a collision can make one.
 */
export class StateHash {
  #a = 0x243f6a88;
  #b = 0x85a308d3;
  #c = 0x13198a2e;
  #d = 0x03707344;

  /** Takes in `words`, whose length must be a multiple of 4. */
  update(words: Int32Array): void {
    let a = this.#a;
    let b = this.#b;
    let c = this.#c;
    let d = this.#d;
    for (let index = 0; index < words.length; index += 4) {
      a = Math.imul(a ^ words[index], 0x9e3779b1);
      a ^= a >>> 15;
      b = Math.imul(b ^ words[index + 1], 0x85ebca77);
      b ^= b >>> 13;
      c = Math.imul(c ^ words[index + 2], 0xc2b2ae3d);
      c ^= c >>> 16;
      d = Math.imul(d ^ words[index + 3], 0x27d4eb2f);
      d ^= d >>> 14;
    }
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#d = d;
  }

  /** Sixteen hexadecimal digits. */
  digest(): string {
    const high = mix(
      this.#a ^ Math.imul(this.#b, 0x165667b1) ^ rotate(this.#c, 11) ^ rotate(this.#d, 23),
    );
    const low = mix(
      this.#b ^
        Math.imul(this.#a, 0x9e3779b1) ^
        rotate(this.#d, 7) ^
        Math.imul(this.#c, 0x85ebca77),
    );
    return hex8(high) + hex8(low);
  }
}

function rotate(value: number, count: number): number {
  return (value << count) | (value >>> (32 - count));
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function hex8(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}
