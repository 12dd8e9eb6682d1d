/** What people call an environment: the same words as the call stack's threads, `client (env 515)`. */
import type { EnvironmentItem } from "../../debug-adapter/protocol.ts";

export interface EnvironmentNames {
  /** `client (env 515)`; `the kernel` for 0. */
  readonly full: (id: number) => string;
  /** `client`, or `env 515` where nobody of that id is known. */
  readonly short: (id: number) => string;
}

export function environmentNames(environments: readonly EnvironmentItem[]): EnvironmentNames {
  const names = new Map(environments.map(({ id, name }) => [id, name]));
  return {
    full: (id) => {
      if (id === 0) return "the kernel";
      const name = names.get(id);
      return name === undefined ? `env ${id}` : `${name} (env ${id})`;
    },
    short: (id) => (id === 0 ? "the kernel" : (names.get(id) ?? `env ${id}`)),
  };
}
