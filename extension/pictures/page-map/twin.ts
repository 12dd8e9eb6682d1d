/** The page map as text: the legend with its counts, then every page that is not free; alike neighbours on one line. */
import { grouped, hex, plural } from "../../views/row.ts";
import {
  legendOf,
  type PageMapBody,
  pageSentence,
  physicalGrid,
  summaryOf,
  virtualGrid,
} from "./model.ts";
import { FLAG, mappingAt } from "./page-table.ts";

export function pageMapText(body: PageMapBody): string {
  const { now, environments, focused } = body;
  const legend = legendOf(body, physicalGrid(now)).map(
    ({ text, count }) => `${grouped(count).padStart(7)}  ${text}`,
  );
  const lines: string[] = [];
  for (let frame = 0; frame < now.pageCount; ) {
    const end = endOfRun(body, frame);
    if ((now.flags[frame]! & FLAG.free) === 0 || (body.since?.changes[frame] ?? 0) !== 0) {
      const more = end - frame - 1;
      const and = more === 0 ? "" : ` · and ${plural(more, "page")} like it, up to ${hex(end - 1)}`;
      lines.push(pageSentence(body, frame) + and);
    }
    frame = end;
  }
  const who = environments.find(({ id }) => id === focused);
  const space =
    who === undefined
      ? []
      : ["", `Address space of ${who.letter} ${who.name}`, "", ...spaceLines(body, who.id)];
  return [`Page map. ${summaryOf(body)}`, "", ...legend, "", ...lines, ...space, ""].join("\n");
}

function spaceLines({ now }: PageMapBody, environment: number): string[] {
  const grid = virtualGrid(now, environment);
  return [...grid.mappings!].flatMap((index, cell) => {
    if (index < 0) return [];
    const { address, rights, guaranteed } = mappingAt(now, index);
    return [
      `${hex(address).padStart(10)} ${rights}  page ${hex(grid.frames[cell]!)}${guaranteed ? "  guaranteed" : ""}`,
    ];
  });
}

/** The first frame after `frame` that is not like it: another owner, other marks, or bound elsewhere. */
function endOfRun({ now, since }: PageMapBody, frame: number): number {
  const isFixed = frame < now.kernelFrames;
  const isLike = (other: number) =>
    now.flags[other] === now.flags[frame] &&
    now.owner[other] === now.owner[frame] &&
    (since?.changes[other] ?? 0) === (since?.changes[frame] ?? 0) &&
    isFixed === other < now.kernelFrames &&
    now.start[other] === now.start[other + 1];
  let end = frame + 1;
  if (now.start[frame] !== now.start[frame + 1]) return end;
  while (end < now.pageCount && isLike(end)) end += 1;
  return end;
}
