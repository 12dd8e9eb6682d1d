import { Xorshift32 } from "../devices/xorshift.ts";

/** What tests choose by: the same choices for the same seed. */
export class Dice extends Xorshift32 {
  isOneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}
