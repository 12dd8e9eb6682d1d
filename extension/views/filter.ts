/** Only the rows of a tree that have a word, with what they stand under and what stands under them. */
import type { Row } from "./row.ts";

/** With more hits the rows stay folded as they were: VS Code lays out every row that is not. */
const OPEN_MAX = 200;

/** The rows that `word` leaves; all of them when it is empty. Letters are compared without regard to case. */
export function filtered(rows: readonly Row[], word: string): readonly Row[] {
  const wanted = word.trim().toLowerCase();
  if (wanted === "") return rows;
  const { kept, hits } = keep(rows, wanted);
  return kept.map((row) => marked(row, wanted, hits <= OPEN_MAX));
}

interface Kept {
  readonly row: Row;
  /** What is left below it; undefined: it has the word itself, and all below it stays. */
  readonly below?: readonly Kept[];
}

function keep(rows: readonly Row[], wanted: string): { kept: readonly Kept[]; hits: number } {
  const kept: Kept[] = [];
  let hits = 0;
  for (const row of rows) {
    if (hasWord(row, wanted)) {
      kept.push({ row });
      hits += 1;
      continue;
    }
    const below = keep(row.children?.() ?? [], wanted);
    if (below.kept.length > 0) kept.push({ row, below: below.kept });
    hits += below.hits;
  }
  return { kept, hits };
}

/** A range's name is that of two of its rows: it is no hit by itself. */
const hasWord = ({ label, description = "", context }: Row, wanted: string): boolean =>
  context !== "range" && `${label} ${description}`.toLowerCase().includes(wanted);

/** Another id than without the filter: what was unfolded then is so again when the filter goes. */
function marked({ row, below }: Kept, wanted: string, isOpen: boolean): Row {
  if (below === undefined) return row;
  return {
    ...row,
    id: `${row.id}?${wanted}`,
    isOpen: isOpen || row.isOpen === true,
    children: () => below.map((each) => marked(each, wanted, isOpen)),
  };
}
