import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What takes minutes in the long form (EXOSCOPE_FULL=1): it comes first, so that none is left to one core at the end. */
const LONG: readonly string[] = [
  "debug-adapter/qemu-floats.property.test.ts",
  "exokernel/hostile-guests.test.ts",
  "emulator/translator/lock-step.property.test.ts",
  "libos/world/bank.test.ts",
  "debug-adapter/sessions/one-hash.session.test.ts",
  "libos/txn/power.test.ts",
  "exokernel/hostile.test.ts",
  "exokernel/quiet-ticks.test.ts",
  "libos/pager/pager.test.ts",
  "exokernel/refusals.test.ts",
  "emulator/isa/illegal.test.ts",
  "emulator/translator/float-engines.property.test.ts",
];

/** Vitest's order, but for the long files. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONG.indexOf(relative(import.meta.dirname, moduleId));
      return at === -1 ? LONG.length : at;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
