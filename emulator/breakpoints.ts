/**
 * The addresses at which a run stops, each in one address space. They belong to whoever debugs the machine, not to the
 * machine: snapshots and hashes don't cover them, and a run with breakpoints retires the same instructions as one without.
 */
export class Breakpoints {
  /** Called when the set of asids at `address` becomes empty or stops being empty. */
  onChange: (address: number) => void = () => {};
  /** While true none stops: for executing again what is known. */
  isMuted = false;
  readonly #asidsByAddress = new Map<number, Set<number>>();

  set(asid: number, address: number): void {
    const at = address >>> 0;
    const asids = this.#asidsByAddress.get(at);
    if (asids) {
      asids.add(asid);
      return;
    }
    this.#asidsByAddress.set(at, new Set([asid]));
    this.onChange(at);
  }

  clear(asid: number, address: number): void {
    const at = address >>> 0;
    const asids = this.#asidsByAddress.get(at);
    if (!asids?.delete(asid) || asids.size > 0) return;
    this.#asidsByAddress.delete(at);
    this.onChange(at);
  }

  has(asid: number, address: number): boolean {
    return !this.isMuted && (this.#asidsByAddress.get(address >>> 0)?.has(asid) ?? false);
  }

  /** Whether any address space has a breakpoint at `address`. */
  hasAddress(address: number): boolean {
    return this.#asidsByAddress.has(address >>> 0);
  }

  clearAll(): void {
    const addresses = [...this.#asidsByAddress.keys()];
    this.#asidsByAddress.clear();
    for (const address of addresses) this.onChange(address);
  }
}
