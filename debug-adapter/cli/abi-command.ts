import { parseArgs } from "node:util";
import { abiCount, abiDocs, abiHeader } from "#exokernel";

/** `exo abi`: the kernel's interface as text. */
export function abiCommand(argv: readonly string[]): number {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      count: { type: "boolean" },
      header: { type: "boolean" },
      docs: { type: "boolean" },
    },
  });
  const text =
    values.count === true ? abiCount() : values.header === true ? abiHeader() : abiDocs();
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
  return 0;
}
