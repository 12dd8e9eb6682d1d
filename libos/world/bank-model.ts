/**
 * What test-workspace/v6/bank.c does to its files, call by call, written a second time: which trees of files there may be after a power
 * failure. Nothing here knows how the file system makes calls atomic.
 */
import type { FileSystem } from "../../debug-adapter/fs/file-system.ts";

const ACCOUNTS = 8;
const START = 1000;
export const MONEY = 4 * ACCOUNTS * START;

/** Files by their paths below /money; one that has two names is there twice. */
type Tree = ReadonlyMap<string, File>;

interface File {
  readonly text: string;
}

/** A call that changes files: the letter that the program says when it has returned, and the files from then on. */
interface Step {
  readonly letter: string;
  readonly tree: Tree;
}

const field = (value: number): string => `${String(value).padEnd(7)}\n`;

function bookOf(transfers: number): File {
  const balances = Array<number>(ACCOUNTS).fill(START);
  for (let i = 0; i < transfers; i += 1) {
    const { from, to, amount } = orderOf(i);
    balances[from] = (balances[from] ?? 0) - amount;
    balances[to] = (balances[to] ?? 0) + amount;
  }
  return { text: [...balances, transfers].map(field).join("") };
}

const orderOf = (i: number) => ({
  from: i % ACCOUNTS,
  to: (3 * i + 1) % ACCOUNTS,
  amount: (i % 13) + 1,
});

function lineOf(i: number): string {
  const { from, to, amount } = orderOf(i);
  const fields = [from, to, amount].map((value) => String(value).padEnd(8, "."));
  return `${fields.join("").padEnd(47, ".")}\n`;
}

const coinPath = (coin: number, owner: number): string => `${"abc"[owner % 3]}/${coin}`;

/** The trees that the calls of so many transfers make one after the other, as texts; the first is that of the disk. */
export function historyOf(transfers: number): {
  readonly letters: string;
  readonly texts: string[];
} {
  const tree = new Map<string, File>([
    ["desk", bookOf(0)],
    ["safe", bookOf(0)],
    ["ledger", { text: "" }],
  ]);
  for (let coin = 0; coin < ACCOUNTS; coin += 1) tree.set(coinPath(coin, 0), { text: "1000\n" });
  const texts = [textOf(tree)];
  let letters = "";
  for (let i = 0; i < transfers; i += 1) {
    for (const step of transfer(tree, i % 4, Math.floor(i / 4))) {
      letters += step.letter;
      texts.push(textOf(step.tree));
    }
  }
  return { letters, texts };
}

/** The i-th transfer of its kind. */
function* transfer(tree: Map<string, File>, kind: number, i: number): Generator<Step> {
  const after = (letter: string): Step => ({ letter, tree });
  if (kind === 0) {
    tree.set("desk", bookOf(i + 1));
    yield after("w");
  } else if (kind === 1) {
    tree.set("new", { text: "" });
    yield after("c");
    const whole = bookOf(i + 1);
    tree.set("new", whole);
    yield after("w");
    tree.delete("safe");
    yield after("u");
    tree.set("safe", whole);
    yield after("l");
    tree.delete("new");
    yield after("u");
  } else if (kind === 2) {
    tree.set("ledger", { text: (tree.get("ledger")?.text ?? "") + lineOf(i) });
    yield after("a");
  } else {
    const [coin, owner] = [i % ACCOUNTS, Math.floor(i / ACCOUNTS)];
    const file = tree.get(coinPath(coin, owner)) ?? { text: "no coin" };
    tree.set(coinPath(coin, owner + 1), file);
    yield after("l");
    tree.delete(coinPath(coin, owner));
    yield after("u");
  }
}

/** A tree as a text: equal when names, contents and which names are of one file are. */
function textOf(tree: Tree): string {
  const first = new Map<File, string>();
  const lines = [...tree.keys()].sort().map((path) => {
    const file = tree.get(path) as File;
    const other = first.get(file);
    if (other !== undefined) return `${path} is ${other}`;
    first.set(file, path);
    return `${path}: ${file.text}`;
  });
  return lines.join("\n");
}

function treeIn(disk: FileSystem): Tree {
  const files = new Map<number, File>();
  const tree = new Map<string, File>();
  const walk = (folder: string): void => {
    for (const { name, inode, kind } of disk.list(`/money/${folder}`)) {
      const path = `${folder}${name}`;
      if (kind === "directory") {
        walk(`${path}/`);
        continue;
      }
      const file = files.get(inode) ?? { text: text(disk.read(`/money/${path}`)) };
      files.set(inode, file);
      tree.set(path, file);
    }
  };
  walk("");
  return tree;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

/** What lies on a disk. */
export function treeText(disk: FileSystem): string {
  return textOf(treeIn(disk));
}

/** All money on a disk, whatever was being done: what a person would count who opens the files. */
export function moneyIn(disk: FileSystem): number {
  const tree = treeIn(disk);
  const numbers = (file: File | undefined) => (file?.text ?? "").split("\n").map(Number);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const book = (file: File | undefined) => sum(numbers(file).slice(0, ACCOUNTS));
  const ledger = Array<number>(ACCOUNTS).fill(START);
  for (const line of (tree.get("ledger")?.text ?? "").split("\n").filter((each) => each !== "")) {
    const [from = -1, to = -1, amount = Number.NaN] = line.split(/\.+/).map(Number);
    ledger[from] = (ledger[from] ?? Number.NaN) - amount;
    ledger[to] = (ledger[to] ?? Number.NaN) + amount;
  }
  const coins = new Set([...tree].filter(([path]) => path.includes("/")).map(([, file]) => file));
  return (
    book(tree.get("desk")) +
    book(tree.get("safe") ?? tree.get("new")) +
    sum(ledger) +
    sum([...coins].map((coin) => Number(coin.text)))
  );
}
