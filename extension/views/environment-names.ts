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

/** Orders what belongs to environments as their ids are, and the launcher's last: it only began what is looked at. */
export function launcherLast<T>(
  items: readonly T[],
  environments: readonly EnvironmentItem[],
  idOf: (item: T) => number | undefined,
): readonly T[] {
  const launchers = new Set(
    environments.filter(({ isLauncher }) => isLauncher).map(({ id }) => id),
  );
  const isLaunchers = (item: T) => launchers.has(idOf(item) ?? 0);
  return [...items.filter((item) => !isLaunchers(item)), ...items.filter(isLaunchers)];
}
