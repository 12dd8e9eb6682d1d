/** The floating-point registers of a frame as a scope of their own. */

import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import { FLOAT_REGISTER_NAMES } from "#emulator";
import type { KernelView } from "#exokernel";
import type { FrameAccess } from "../values/frame-access.ts";
import { registerValue } from "../values/names-in-scope.ts";
import type { Value } from "../values/value.ts";

/** Of a program that has none of F and D nobody wants to see 32 zeros. */
export function usesFloats(view: KernelView, environment: number): boolean {
  return (
    view.registers(environment)?.floats !== undefined || (view.csrs(environment)?.fcsr ?? 0) !== 0
  );
}

export function floatScope(variablesReference: number): Dap.Scope {
  const name = "Floating-Point Registers";
  return { name, presentationHint: "registers", expensive: false, variablesReference };
}

export function floatRegisters(access: FrameAccess): { name: string; value: Value }[] {
  return ["fflags", "frm", ...FLOAT_REGISTER_NAMES].flatMap((name) => {
    const value = registerValue(name, access);
    return value === undefined ? [] : [{ name, value }];
  });
}
