import type { Debuggee } from "../debuggee.ts";
export class Inspector {
  constructor(_debuggee: Debuggee) {}
}
