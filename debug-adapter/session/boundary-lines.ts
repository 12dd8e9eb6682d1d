/** What the scopes of a boundary and of the user-trap CSRs say, line by line. */
import type { Activation } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";

const hex = (value: number): string => `0x${(value >>> 0).toString(16).padStart(8, "0")}`;

/** An upcall or a transfer in flight, as names and values. */
export function boundaryLines(
  debuggee: Debuggee,
  environment: number,
  activation: Activation,
): [string, string][] {
  const image = debuggee.imageOf(environment);
  const list: [string, string][] = [["step", String(activation.step)]];
  if (activation.kind === "upcall") {
    list.push(["ucause", hex(activation.cause)], ["utval", hex(activation.value)]);
    list.push(["uepc", hex(activation.pc)]);
    list.push([
      "entry",
      `${hex(activation.entryPc)} <${image?.symbolize(activation.entryPc) ?? ""}>`,
    ]);
  } else if (activation.kind === "transfer") {
    list.push(["caller", debuggee.nameOf(activation.caller)]);
    list.push(["synchronous", String(activation.synchronous)]);
    list.push([
      "entry",
      `${hex(activation.entryPc)} <${image?.symbolize(activation.entryPc) ?? ""}>`,
    ]);
  } else {
    list.push(["callee", debuggee.nameOf(activation.callee)]);
  }
  return list;
}

/** A CSR's value, with what its bits or its address mean. */
export function csrText(name: string, value: number, symbol: string | undefined): string {
  if (name === "ustatus") {
    return `${hex(value)} (UIE ${value & 1}, UPIE ${(value >>> 4) & 1})`;
  }
  return symbol === undefined ? hex(value) : `${hex(value)} <${symbol}>`;
}
