/** What the capability graph's page wishes, and what it is told to do. */
export interface CapabilitySubject {
  readonly environment: number;
  readonly slot: number;
}
export type CapabilityGraphWish =
  /** A command of VS Code's about a capability. */
  | {
      readonly kind: "command";
      readonly command: string;
      readonly subject: CapabilitySubject;
      readonly label: string;
    }
  | { readonly kind: "dot" };
/** It is told nothing but the state. */
export type CapabilityGraphOrder = never;
