/** The few names of the module `vscode` that tests reach, as little as they need. vitest.config.mts puts it in place. */

export class EventEmitter<T> {
  readonly #listeners = new Set<(value: T) => void>();
  readonly event = (listener: (value: T) => void) => {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  };
  fire(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }
  dispose(): void {
    this.#listeners.clear();
  }
}

export class Position {
  readonly line: number;
  readonly character: number;
  constructor(line: number, character: number) {
    this.line = line;
    this.character = character;
  }
}

export class Range {
  readonly start: Position;
  readonly end: Position;
  constructor(start: Position, end: Position) {
    this.start = start;
    this.end = end;
  }
}

export class Diagnostic {
  source: string | undefined;
  code: string | undefined;
  readonly range: Range;
  readonly message: string;
  readonly severity: number;
  constructor(range: Range, message: string, severity: number) {
    this.range = range;
    this.message = message;
    this.severity = severity;
  }
}

export const DiagnosticSeverity = { Error: 0, Warning: 1, Information: 2, Hint: 3 };

export class ThemeIcon {
  readonly id: string;
  readonly color: ThemeColor | undefined;
  constructor(id: string, color?: ThemeColor) {
    this.id = id;
    this.color = color;
  }
}

export class ThemeColor {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
}

export class MarkdownString {
  readonly value: string;
  constructor(value: string) {
    this.value = value;
  }
}

export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };

export class TreeItem {
  readonly label: unknown;
  readonly collapsibleState: number;
  constructor(label: unknown, collapsibleState: number) {
    this.label = label;
    this.collapsibleState = collapsibleState;
  }
}

export class Uri {
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  private constructor(scheme: string, authority: string, path: string) {
    this.scheme = scheme;
    this.authority = authority;
    this.path = path;
  }
  static file(path: string): Uri {
    return new Uri("file", "", path);
  }
  static joinPath(base: Uri, ...parts: string[]): Uri {
    return new Uri(base.scheme, base.authority, [base.path, ...parts].join("/"));
  }
  static from(parts: { scheme: string; authority?: string; path?: string }): Uri {
    return new Uri(parts.scheme, parts.authority ?? "", parts.path ?? "");
  }
  get fsPath(): string {
    return this.path;
  }
  toString(): string {
    return `${this.scheme}://${this.authority}${this.path}`;
  }
}

const nothing = { dispose() {} };

/** What was shown in views that a test made. */
export class StubTreeView {
  visible = true;
  description = "";
  message = "";
  selection: unknown[] = [];
  readonly revealed: unknown[] = [];
  readonly #visibility = new EventEmitter<{ visible: boolean }>();
  readonly onDidChangeVisibility = this.#visibility.event;
  readonly onDidChangeSelection = new EventEmitter<unknown>().event;
  /** So many reveals from now on are forgotten, as by a tree that is being drawn anew. */
  forgets = 0;
  async reveal(row: unknown, { select = true }: { select?: boolean } = {}): Promise<void> {
    this.revealed.push(row);
    if (this.forgets > 0) this.forgets -= 1;
    else if (select) this.selection = [row];
  }
  setVisible(visible: boolean): void {
    this.visible = visible;
    this.#visibility.fire({ visible });
  }
  dispose(): void {}
}

/** What a terminal was told, for tests of its pseudoterminal. */
export interface StubTerminal {
  readonly name: string;
  readonly pty: {
    onDidWrite(listener: (text: string) => void): unknown;
    open(): void;
    close(): void;
    handleInput(text: string): void;
  };
  shown: (boolean | undefined)[];
  isDisposed: boolean;
}

export const stub = {
  treeViews: new Map<string, StubTreeView>(),
  terminals: [] as StubTerminal[],
  configuration: new Map<string, unknown>(),
  commands: [] as unknown[][],
  /** Lists of diagnostics by path. */
  diagnostics: new Map<string, unknown>(),
  /** What the user was told, and the answers that a test gives to what is asked: the first unused one each time. */
  messages: [] as string[],
  answers: [] as unknown[],
  /** What was asked: the options of pickers and dialogs. */
  asked: [] as unknown[],
};

export const window = {
  createTreeView(id: string): StubTreeView {
    const view = new StubTreeView();
    stub.treeViews.set(id, view);
    return view;
  },
  createTerminal(options: Pick<StubTerminal, "name" | "pty">) {
    const terminal = {
      ...options,
      shown: [] as (boolean | undefined)[],
      show(preserveFocus?: boolean) {
        terminal.shown.push(preserveFocus);
      },
      isDisposed: false,
      dispose() {
        terminal.isDisposed = true;
      },
    };
    stub.terminals.push(terminal);
    return terminal;
  },
  onDidCloseTerminal: () => nothing,
  async showInformationMessage(text: string): Promise<void> {
    stub.messages.push(text);
  },
  async showErrorMessage(text: string): Promise<void> {
    stub.messages.push(`error: ${text}`);
  },
  async showQuickPick(items: unknown[], options: unknown): Promise<unknown> {
    stub.asked.push(options);
    const answer = stub.answers.shift();
    return typeof answer === "number" ? items[answer] : undefined;
  },
  async showInputBox(options: unknown): Promise<unknown> {
    stub.asked.push(options);
    return stub.answers.shift();
  },
  async showSaveDialog(options: unknown): Promise<unknown> {
    stub.asked.push(options);
    return stub.answers.shift();
  },
};

export const workspace = {
  workspaceFolders: undefined as { readonly uri: Uri }[] | undefined,
  getConfiguration: (section: string) => ({
    get: (name: string, fallback?: unknown) =>
      stub.configuration.get(`${section}.${name}`) ?? fallback,
  }),
};

export const commands = {
  async executeCommand(...call: unknown[]): Promise<void> {
    stub.commands.push(call);
  },
};

export const languages = {
  createDiagnosticCollection: () => ({
    set: (uri: Uri, list: unknown) => stub.diagnostics.set(uri.path, list),
    get: (uri: Uri) => stub.diagnostics.get(uri.path),
    delete: (uri: Uri) => stub.diagnostics.delete(uri.path),
    dispose() {},
  }),
};
