/**
 * Snapshots of the whole machine: copies of the pages that changed since the one before, so that a snapshot costs what was
 * written and not what there is.
 *
 * They form a tree by what each was taken after; a page that a snapshot does not hold is its parent's, and at the root a page
 * of zeros. The machine itself is always some snapshot, its *base*, plus the pages that are dirty since.
 */
import { assert } from "./assert.ts";
import type { Machine } from "./machine.ts";
import { PAGE_SHIFT, PAGE_SIZE } from "./memory/physical.ts";
import { RAM_BASE, STATE_BYTES } from "./state-layout.ts";

/** A moment of the machine. What it holds is its tree's affair. */
export interface Snapshot {
  /** Bytes of pages that only this snapshot holds, for whoever bounds the memory of a history. */
  readonly bytes: number;
}

class Node implements Snapshot {
  parent: Node | undefined;
  readonly children = new Set<Node>();
  readonly pages = new Map<number, Uint8Array>();
  /** The state area in pieces of a page; those that did not change are shared with the parent. */
  readonly state: readonly Uint8Array[];
  ownStateBytes: number;

  constructor(parent: Node | undefined, state: readonly Uint8Array[], ownStateBytes: number) {
    this.parent = parent;
    this.state = state;
    this.ownStateBytes = ownStateBytes;
    parent?.children.add(this);
  }

  get bytes(): number {
    return this.pages.size * PAGE_SIZE + this.ownStateBytes;
  }

  /** The content of a page at this moment; undefined where it is all zeros. */
  page(number: number): Uint8Array | undefined {
    for (let node: Node | undefined = this; node !== undefined; node = node.parent) {
      const page = node.pages.get(number);
      if (page !== undefined) return page;
    }
    return undefined;
  }
}

const STATE_PIECES = STATE_BYTES / PAGE_SIZE;

/** All snapshots of one machine. The machine must not be running when one is taken or restored. */
export class Snapshots {
  readonly #machine: Machine;
  readonly #pages: Uint8Array;
  readonly #words: Int32Array;
  readonly #state: Uint8Array;
  #base: Node;

  constructor(machine: Machine) {
    this.#machine = machine;
    const { buffer } = machine.linear;
    this.#pages = new Uint8Array(buffer, RAM_BASE);
    this.#words = new Int32Array(buffer, RAM_BASE);
    this.#state = new Uint8Array(buffer, 0, STATE_BYTES);
    this.#base = this.#makeNode(undefined);
    const { flags, pages, isSinceStart } = machine.dirty;
    for (const page of isSinceStart ? pages : flags.keys()) {
      if (!this.#isZero(page)) this.#base.pages.set(page, this.#copy(page));
    }
    this.#clean();
  }

  /** The snapshot that the machine was last equal to. */
  get base(): Snapshot {
    return this.#base;
  }

  /** Pages written since the base: what the next snapshot will copy. */
  get dirtyCount(): number {
    return this.#machine.dirty.count;
  }

  /** Takes a snapshot: it copies the dirty pages, and the pieces of the state area that changed. */
  take(): Snapshot {
    const node = this.#makeNode(this.#base);
    // One buffer for all of them: allocating 400 of a page each takes longer than the copying.
    const { pages } = this.#machine.dirty;
    const copies = new Uint8Array(pages.length * PAGE_SIZE);
    for (const [i, page] of pages.entries()) {
      const copy = copies.subarray(i * PAGE_SIZE, (i + 1) * PAGE_SIZE);
      copy.set(this.#pages.subarray(page << PAGE_SHIFT, (page + 1) << PAGE_SHIFT));
      node.pages.set(page, copy);
    }
    this.#base = node;
    this.#clean();
    return node;
  }

  /** Makes the machine what it was at `snapshot`. Writes only pages that may differ; decoded code elsewhere stays. */
  restore(snapshot: Snapshot): void {
    const target = snapshot as Node;
    const changed = new Set(this.#machine.dirty.pages);
    for (const node of between(this.#base, target)) {
      for (const page of node.pages.keys()) changed.add(page);
    }
    const { memory } = this.#machine;
    for (const page of changed) {
      const content = target.page(page);
      const at = page << PAGE_SHIFT;
      if (content === undefined) this.#pages.fill(0, at, at + PAGE_SIZE);
      else this.#pages.set(content, at);
      if (page < memory.pageCount && memory.holdsCode[page] !== 0) {
        memory.onCodeWritten(at, PAGE_SIZE);
      }
    }
    for (const [i, piece] of target.state.entries()) this.#state.set(piece, i * PAGE_SIZE);
    this.#machine.tlb.rebuild();
    this.#base = target;
    this.#machine.dirty.clear();
  }

  /** Forgets a snapshot; those taken after it stay whole. The first one stays. */
  drop(snapshot: Snapshot): void {
    const node = snapshot as Node;
    const { parent } = node;
    assert(parent !== undefined, "the first snapshot stays");
    if (this.#base === node) {
      // The machine differs from the parent by what this one held, too.
      for (const page of node.pages.keys()) this.#machine.dirty.mark(page);
      this.#base = parent;
    }
    parent.children.delete(node);
    for (const child of node.children) {
      child.parent = parent;
      parent.children.add(child);
      // What it shared with this one, and that one not with its own parent, is the child's alone now.
      for (const [i, piece] of node.state.entries()) {
        if (child.state[i] === piece && parent.state[i] !== piece) child.ownStateBytes += PAGE_SIZE;
      }
      for (const [page, content] of node.pages) {
        // A copy, since what it lies in is to be freed.
        if (!child.pages.has(page)) child.pages.set(page, content.slice());
      }
    }
    node.parent = undefined;
    node.children.clear();
    node.pages.clear();
  }

  #makeNode(parent: Node | undefined): Node {
    let own = 0;
    const state = Array.from({ length: STATE_PIECES }, (_, i) => {
      const now = this.#state.subarray(i * PAGE_SIZE, (i + 1) * PAGE_SIZE);
      const before = parent?.state[i];
      if (before !== undefined && isEqual(now, before)) return before;
      own += PAGE_SIZE;
      return now.slice();
    });
    return new Node(parent, state, own);
  }

  #copy(page: number): Uint8Array {
    return this.#pages.slice(page << PAGE_SHIFT, (page + 1) << PAGE_SHIFT);
  }

  #isZero(page: number): boolean {
    const first = (page << PAGE_SHIFT) >>> 2;
    for (let at = first; at < first + PAGE_SIZE / 4; at++) if (this.#words[at] !== 0) return false;
    return true;
  }

  /** Starts to count writes anew: the next store to each page must be noticed. */
  #clean(): void {
    this.#machine.dirty.clear();
    this.#machine.tlb.stores.clear();
  }
}

/** The nodes whose pages may differ between two moments: both ways up to where they meet. */
function between(a: Node, b: Node): Node[] {
  const above = new Set<Node>();
  for (let node: Node | undefined = a; node !== undefined; node = node.parent) above.add(node);
  const nodes: Node[] = [];
  let meet: Node | undefined = b;
  for (; meet !== undefined && !above.has(meet); meet = meet.parent) nodes.push(meet);
  assert(meet !== undefined, "both snapshots are of one machine");
  for (let node = a; node !== meet; node = node.parent as Node) nodes.push(node);
  return nodes;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  const left = new Int32Array(a.buffer, a.byteOffset, a.length >>> 2);
  const right = new Int32Array(b.buffer, b.byteOffset, b.length >>> 2);
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}
