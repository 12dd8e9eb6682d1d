/** One thin provider for all trees: it draws rows, keeps them while the machine runs, and follows the focus. */
import * as vscode from "vscode";
import { changeUri } from "../change-decorations.ts";
import type { KernelModel, Part, SessionModel } from "../kernel-model.ts";
import { weakenedMessage } from "../weakened-banner.ts";
import { filtered } from "./filter.ts";
import { grouped, join, pathTo, type Row, spoken } from "./row.ts";

const FOCUS_COLOR = new vscode.ThemeColor("debugIcon.breakpointStackframeForeground");

export type RowsOf = (session: SessionModel) => readonly Row[];

let uses = 0;

export class KernelTree implements vscode.TreeDataProvider<Row> {
  readonly viewId: string;
  readonly view: vscode.TreeView<Row>;
  readonly onDidChangeTreeData: vscode.Event<undefined>;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #model: KernelModel;
  readonly #rowsOf: RowsOf;
  readonly #part: Part;
  readonly #undo: vscode.Disposable[];
  /** What the rows were made of. */
  #drawn: { session: SessionModel; pictures: unknown; focused: number | undefined } | undefined;
  #roots: readonly Row[] = [];
  /** The roots that the filter leaves, and what they were made of. */
  #left: { roots: readonly Row[]; filter: string; rows: readonly Row[] } | undefined;
  #filter = "";
  /** When the user last chose a row here, counted over all trees; 0: never. */
  #usedAt = 0;
  /** Id of the row in focus that was revealed; the user may have chosen another one since. */
  #followed: string | undefined;
  /** Rows that may be chosen though the user has not: what was when this one came into focus, or was about to be. */
  #chosenBefore: ReadonlySet<string | undefined> = new Set();
  #isRevealing = false;
  /** A row was given to VS Code to be chosen, and is not chosen yet: on a slow machine that takes seconds. */
  #isUnderWay = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #parents = new WeakMap<Row, Row>();
  #children = new WeakMap<Row, readonly Row[]>();

  constructor(viewId: string, part: Part, model: KernelModel, rowsOf: RowsOf) {
    this.viewId = viewId;
    this.#part = part;
    this.#model = model;
    this.#rowsOf = rowsOf;
    this.onDidChangeTreeData = this.#changed.event;
    this.view = vscode.window.createTreeView(viewId, {
      treeDataProvider: this,
      showCollapseAll: true,
    });
    this.#undo = [
      this.view,
      this.#changed,
      this.view.onDidChangeVisibility(({ visible }) => this.#show(visible)),
      this.view.onDidChangeSelection(({ selection }) => {
        if (selection.length > 0 && !this.#isOurs(selection[0]?.id)) this.#usedAt = ++uses;
      }),
      model.onDidChange(() => this.#refresh()),
    ];
    this.#show(this.view.visible);
  }

  dispose(): void {
    this.#isRevealing = false;
    clearTimeout(this.#timer);
    for (const undo of this.#undo) undo.dispose();
  }

  get usedAt(): number {
    return this.#usedAt;
  }

  get filter(): string {
    return this.#filter;
  }

  /** Shows only the rows that have a word, with what they stand under; all of them when it is empty. */
  set filter(word: string) {
    if (word.trim() === this.#filter) return;
    this.#filter = word.trim();
    this.#describe();
    this.#changed.fire(undefined);
  }

  /** All rows of the shown session, whatever the filter, also where the view is hidden. */
  roots(): readonly Row[] {
    const session = this.#model.shown;
    if (session === undefined) {
      this.#drawn = undefined;
      this.#roots = [];
      return this.#roots;
    }
    const { pictures, focused } = session;
    const drawn = this.#drawn;
    const isSame =
      drawn?.session === session && drawn.pictures === pictures && drawn.focused === focused;
    if (!isSame) {
      this.#drawn = { session, pictures, focused };
      this.#roots = this.#rowsOf(session);
      this.#parents = new WeakMap();
      this.#children = new WeakMap();
    }
    return this.#roots;
  }

  getChildren(row?: Row): Row[] {
    return [...(row === undefined ? this.#shownRoots() : this.#childrenOf(row))];
  }

  #shownRoots(): readonly Row[] {
    const roots = this.roots();
    const filter = this.#filter;
    if (this.#left?.roots !== roots || this.#left.filter !== filter) {
      this.#left = { roots, filter, rows: filtered(roots, filter) };
    }
    return this.#left.rows;
  }

  getParent(row: Row): Row | undefined {
    return this.#parents.get(row);
  }

  getTreeItem(row: Row): vscode.TreeItem {
    const item = new vscode.TreeItem(
      row.label,
      row.children === undefined
        ? vscode.TreeItemCollapsibleState.None
        : row.isOpen
          ? vscode.TreeItemCollapsibleState.Expanded
          : vscode.TreeItemCollapsibleState.Collapsed,
    );
    item.id = row.id;
    item.iconPath = iconOf(row);
    item.contextValue = row.context;
    item.accessibilityInformation = { label: spoken(row) };
    if (row.description !== undefined) item.description = row.description;
    if (row.subject?.moment !== undefined) {
      item.command = {
        command: "exoscope.goToMoment",
        title: "Go to This Moment",
        arguments: [row],
      };
    }
    if (row.change !== undefined) item.resourceUri = changeUri(row.change.kind, row.id);
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, row: Row): vscode.TreeItem {
    item.tooltip = new vscode.MarkdownString(row.tooltip());
    return item;
  }

  /** Shows the view and chooses the first row that `isIt`; says whether there is one. */
  async reveal(isIt: (row: Row) => boolean): Promise<boolean> {
    await vscode.commands.executeCommand(`${this.viewId}.focus`);
    await this.#model.shown?.ensure(this.#part);
    const find = () =>
      pathTo(this.#shownRoots(), isIt, (parent) => this.#childrenOf(parent))?.at(-1);
    // A link leads there also when the filter hides it.
    if (this.#filter !== "" && find() === undefined) this.filter = "";
    const row = find();
    if (row === undefined) return false;
    await this.view.reveal(row, { select: true, focus: true, expand: true });
    return true;
  }

  /** Brings the view to light without taking the keyboard. */
  async showQuietly(): Promise<void> {
    await this.#model.shown?.ensure(this.#part);
    const [row] = this.#shownRoots();
    if (row !== undefined && !this.view.visible) {
      await this.view.reveal(row, { select: false, focus: false });
    }
  }

  #childrenOf(row: Row): readonly Row[] {
    const known = this.#children.get(row);
    if (known !== undefined) return known;
    const children = row.children?.() ?? [];
    this.#children.set(row, children);
    for (const child of children) this.#parents.set(child, row);
    return children;
  }

  #show(isVisible: boolean): void {
    this.#model.want(this.#part, isVisible);
    if (isVisible) this.#refresh();
  }

  #refresh(): void {
    if (!this.view.visible) return;
    this.#describe();
    this.view.message = this.#model.shown?.problem ?? this.#banner ?? "";
    const old = this.#drawn;
    this.roots();
    if (this.#drawn !== old || old === undefined) this.#changed.fire(undefined);
    this.#revealFocused();
  }

  /** Beside the view's title: where one is, and what is filtered. */
  #describe(): void {
    const { shown, phase } = this.#model;
    const step = shown?.step;
    const when = phase === "running" ? "running" : step !== undefined && `step ${grouped(step)}`;
    this.view.description = join([when, this.#filter !== "" && `only "${this.#filter}"`]);
  }

  /** What must be seen above the environments, however far one scrolls. */
  get #banner(): string | undefined {
    if (this.#part !== "environments") return undefined;
    return weakenedMessage(this.#model.shown?.pictures.environments?.now.weakened ?? []);
  }

  /** Unfolds and chooses the environment that the user looks at, without taking the keyboard. */
  #revealFocused(): void {
    const id = nameOf(this.#focusedRow());
    // A row that is still being chosen gets all its tries again: the tree has just been drawn anew.
    if (id === this.#followed && !this.#isRevealing) return;
    if (id !== this.#followed) {
      const before = this.#isRevealing ? this.#chosenBefore : [];
      this.#chosenBefore = new Set([...before, this.#followed, this.view.selection[0]?.id]);
    }
    this.#followed = id;
    this.#isRevealing = id !== undefined;
    if (this.#isRevealing) this.#revealSoon(REVEAL_TRIES);
    else clearTimeout(this.#timer);
  }

  /**
   * A tree that is being drawn anew does not know the row yet, or goes back to what was chosen when the drawing began: so
   * one looks again a few times whether the row is chosen. What the user chooses meanwhile stays.
   */
  #revealSoon(tries: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lookAndReveal(tries), REVEAL_DELAY_MS);
  }

  async #lookAndReveal(tries: number): Promise<void> {
    // It goes on when the view is shown again.
    if (!this.view.visible) return;
    // An earlier focus's row that is still on its way would be chosen after this one, which goes on when that one has arrived.
    if (this.#isUnderWay) return;
    const row = this.#focusedRow();
    const chosen = this.view.selection[0]?.id;
    const isUsers = chosen !== undefined && !this.#isOurs(chosen);
    if (row === undefined || chosen === row.id || isUsers || tries === 0) {
      this.#isRevealing = false;
      return;
    }
    const timer = this.#timer;
    this.#isUnderWay = true;
    const options = { select: true, focus: false, expand: row.isOpen ?? false };
    await this.view.reveal(row, options).then(undefined, () => undefined);
    this.#isUnderWay = false;
    // Whoever began anew meanwhile has all its tries.
    if (this.#isRevealing) this.#revealSoon(this.#timer === timer ? tries - 1 : REVEAL_TRIES);
  }

  /** Whether a row may be chosen, while the one in focus is about to be, without the user having chosen it. */
  #isOurs(id: string | undefined): boolean {
    return this.#isRevealing && (id === this.#focusedRow()?.id || this.#chosenBefore.has(id));
  }

  #focusedRow(): Row | undefined {
    return this.#shownRoots().find((row) => row.isFocused);
  }
}

/** A row's id without a filter's mark: it is the same row with another filter. */
const nameOf = (row: Row | undefined): string | undefined => row?.id.split("?")[0];

/** Long enough for VS Code to have drawn a tree that changed, too short to notice. */
const REVEAL_DELAY_MS = 120;
const REVEAL_TRIES = 8;

/** What the user looks at has the call stack's own mark for the chosen frame, whatever else it is. */
function iconOf({ isFocused, icon, color }: Row): vscode.ThemeIcon {
  if (isFocused) return new vscode.ThemeIcon("debug-stackframe-focused", FOCUS_COLOR);
  return new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
}
