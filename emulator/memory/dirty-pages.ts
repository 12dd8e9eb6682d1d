/**
 * Which 4 KiB pages behind the state area were written since the last snapshot: RAM's frames by number, then the pages of disk and network.
 *
 * Who writes marks; but a store that the interpreter's lookaside answers does not come by here. So whoever clears the marks
 * empties that lookaside too, and the first store to a page after it takes the slow path, which marks.
 */
export class DirtyPages {
  /** 1 for each page that was written. Read it to skip a call of `mark`. */
  readonly flags: Uint8Array;
  /** Whether the marks are all since the machine was made, when each page was zeros. */
  isSinceStart = true;
  #pages: number[] = [];

  constructor(pageCount: number) {
    this.flags = new Uint8Array(pageCount);
  }

  get count(): number {
    return this.#pages.length;
  }

  /** The pages marked, in the order of their first write. */
  get pages(): readonly number[] {
    return this.#pages;
  }

  mark(page: number): void {
    if (this.flags[page] !== 0) return;
    this.flags[page] = 1;
    this.#pages.push(page);
  }

  /** Marks the pages of `length` bytes from an offset behind the state area. */
  markRange(offset: number, length: number): void {
    const last = (offset + length - 1) >>> 12;
    for (let page = offset >>> 12; page <= last; page++) this.mark(page);
  }

  clear(): void {
    for (const page of this.#pages) this.flags[page] = 0;
    this.#pages = [];
    this.isSinceStart = false;
  }
}
