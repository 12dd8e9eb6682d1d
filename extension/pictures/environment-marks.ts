/**
 * How an environment is marked, the same in every picture: a letter, one of the six hues that themes have for charts, and a
 * hatch. The hues repeat after six and the hatches after eight, so that colour alone never names anybody.
 */
import type { EnvironmentItem } from "../../debug-adapter/protocol.ts";

export const HUES = ["blue", "orange", "green", "purple", "yellow", "red"] as const;
export const HATCHES = [
  "plain",
  "rising",
  "level",
  "dotted",
  "upright",
  "falling",
  "crossed",
  "chequered",
] as const;
export type Hue = (typeof HUES)[number];
export type Hatch = (typeof HATCHES)[number];

export interface EnvironmentMark {
  readonly id: number;
  readonly name: string;
  /** `A` to `Z`, then `A2`; `*` is the launcher. */
  readonly letter: string;
  readonly hue: Hue;
  readonly hatch: Hatch;
  readonly isLauncher: boolean;
}

/** The launcher's record is the first; programs are counted from the second. */
const FIRST_PROGRAM = 2;

export function environmentMark({
  id,
  index,
  name,
  isLauncher,
}: Pick<EnvironmentItem, "id" | "index" | "name" | "isLauncher">): EnvironmentMark {
  const place = isLauncher ? index : Math.max(0, index - FIRST_PROGRAM);
  const round = Math.floor(place / 26);
  const letter = String.fromCharCode(65 + (place % 26)) + (round === 0 ? "" : `${round + 1}`);
  return {
    id,
    name,
    letter: isLauncher ? "*" : letter,
    hue: HUES[place % HUES.length]!,
    hatch: isLauncher ? "chequered" : HATCHES[place % HATCHES.length]!,
    isLauncher,
  };
}

/** Marks in the order of their letters, the launcher's last. */
export function environmentMarks(
  environments: readonly Pick<EnvironmentItem, "id" | "index" | "name" | "isLauncher">[],
): readonly EnvironmentMark[] {
  return [...environments]
    .sort((a, b) => Number(a.isLauncher) - Number(b.isLauncher) || a.index - b.index)
    .map(environmentMark);
}

/** `A client`, or `env 515` where nobody of that id is known. */
export function markedNames(marks: readonly EnvironmentMark[]): (id: number) => string {
  const byId = new Map(marks.map((mark) => [mark.id, mark]));
  return (id) => {
    const mark = byId.get(id);
    return mark === undefined ? `env ${id}` : `${mark.letter} ${mark.name}`;
  };
}
