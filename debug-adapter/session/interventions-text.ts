/** What entered a run from outside, as people read it. */
import type { Intervention } from "#exokernel";

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

export function describeIntervention(what: Intervention, nameOf: (id: number) => string): string {
  switch (what.kind) {
    case "console":
      return `typed ${JSON.stringify(new TextDecoder().decode(what.bytes))}`;
    case "packet":
      return `packet of ${what.bytes.length} byte${what.bytes.length === 1 ? "" : "s"} arrived`;
    case "memory":
      return `${what.bytes.length} byte${what.bytes.length === 1 ? "" : "s"} written at ${hex(what.address)} of ${nameOf(what.environment)}`;
    case "register": {
      const name = what.register === 32 ? "pc" : `x${what.register}`;
      return `${name} of ${nameOf(what.environment)} set to ${hex(what.value)}`;
    }
    case "float": {
      const [low, high] = what.words;
      const bits = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
      return `f${what.register} of ${nameOf(what.environment)} set to 0x${bits.toString(16)}`;
    }
    case "failPower":
      return `power failure (${what.mode}${what.mode === "random" ? `, seed ${what.seed}` : ""})`;
    case "powerOn":
      return "power on";
  }
}
