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

export const ViewColumn = { Active: -1, Beside: -2 };

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
  readonly #chosen = new EventEmitter<unknown>();
  readonly onDidChangeSelection = this.#chosen.event;
  /** Set while reveals take their time: what ends each of them, in their order. */
  onTheWay: (() => void)[] | undefined;
  /** So many reveals from now on are forgotten, as by a tree that is being drawn anew. */
  forgets = 0;
  async reveal(row: unknown, { select = true }: { select?: boolean } = {}): Promise<void> {
    this.revealed.push(row);
    const { onTheWay } = this;
    if (onTheWay !== undefined) await new Promise<void>((arrived) => onTheWay.push(arrived));
    if (this.forgets > 0) this.forgets -= 1;
    else if (select) this.choose(row);
  }
  /** What a click does. */
  choose(row: unknown): void {
    this.selection = [row];
    this.#chosen.fire({ selection: this.selection });
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

export class Location {
  readonly uri: Uri;
  readonly range: Range;
  constructor(uri: Uri, range: Range) {
    this.uri = uri;
    this.range = range;
  }
}

export class TestMessage {
  location: Location | undefined;
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

export const TestRunProfileKind = { Run: 1, Debug: 2, Coverage: 3 };

export class CancellationTokenSource {
  readonly #emitter = new EventEmitter<void>();
  readonly token = {
    isCancellationRequested: false,
    onCancellationRequested: this.#emitter.event,
  };
  cancel(): void {
    this.token.isCancellationRequested = true;
    this.#emitter.fire();
  }
  dispose(): void {
    this.#emitter.dispose();
  }
}

/** Items of the Test Explorer, by id. */
export class StubTestItems {
  readonly #items = new Map<string, StubTestItem>();
  readonly #parent: StubTestItem | undefined;
  constructor(parent?: StubTestItem) {
    this.#parent = parent;
  }
  get size(): number {
    return this.#items.size;
  }
  get(id: string): StubTestItem | undefined {
    return this.#items.get(id);
  }
  add(item: StubTestItem): void {
    item.parent = this.#parent;
    this.#items.set(item.id, item);
  }
  delete(id: string): void {
    this.#items.delete(id);
  }
  replace(items: readonly StubTestItem[]): void {
    this.#items.clear();
    for (const item of items) this.add(item);
  }
  forEach(visit: (item: StubTestItem) => void): void {
    for (const item of [...this.#items.values()]) visit(item);
  }
}

export class StubTestItem {
  readonly id: string;
  readonly label: string;
  readonly uri: Uri | undefined;
  readonly children = new StubTestItems(this);
  parent: StubTestItem | undefined;
  canResolveChildren = false;
  error: string | undefined;
  description: string | undefined;
  sortText: string | undefined;
  range: Range | undefined;
  constructor(id: string, label: string, uri?: Uri) {
    this.id = id;
    this.label = label;
    this.uri = uri;
  }
}

/** The Test Explorer's side of a controller that a test made. */
export class StubTestController {
  readonly items = new StubTestItems();
  readonly profiles: { readonly kind: number; readonly run: (...args: unknown[]) => unknown }[] =
    [];
  /** What a run said: `passed ID`, `failed ID`, `ended`. */
  readonly told: string[] = [];
  readonly messages: TestMessage[] = [];
  resolveHandler: ((item?: StubTestItem) => unknown) | undefined;
  refreshHandler: (() => unknown) | undefined;
  createTestItem(id: string, label: string, uri?: Uri): StubTestItem {
    return new StubTestItem(id, label, uri);
  }
  createRunProfile(_: string, kind: number, run: (...args: unknown[]) => unknown): void {
    this.profiles.push({ kind, run });
  }
  createTestRun() {
    const tell = (what: string) => (item: StubTestItem, message?: TestMessage | TestMessage[]) => {
      this.told.push(`${what} ${item.label}`);
      if (message !== undefined) this.messages.push(...[message].flat());
    };
    return {
      started: tell("started"),
      passed: tell("passed"),
      failed: tell("failed"),
      errored: tell("errored"),
      skipped: tell("skipped"),
      appendOutput() {},
      end: () => this.told.push("ended"),
    };
  }
  dispose(): void {}
}

export const tests = {
  createTestController(): StubTestController {
    const controller = new StubTestController();
    stub.testControllers.push(controller);
    return controller;
  },
};

export const debug = {
  async startDebugging(...call: unknown[]): Promise<boolean> {
    stub.launched.push(call);
    return true;
  },
};

/** A webview's panel, and what its page was told. */
export class StubPanel {
  visible = true;
  reveals = 0;
  readonly posted: { readonly kind: string }[] = [];
  readonly #messages = new EventEmitter<unknown>();
  readonly #state = new EventEmitter<unknown>();
  readonly #disposed = new EventEmitter<unknown>();
  readonly onDidChangeViewState = this.#state.event;
  readonly onDidDispose = this.#disposed.event;
  readonly webview = {
    html: "",
    options: {},
    cspSource: "vscode-resource:",
    asWebviewUri: (uri: Uri) => uri,
    onDidReceiveMessage: this.#messages.event,
    postMessage: async (message: { readonly kind: string }) => {
      this.posted.push(message);
      return true;
    },
  };
  reveal(): void {
    this.reveals += 1;
  }
  /** The page says something. */
  say(message: unknown): void {
    this.#messages.fire(message);
  }
  setVisible(visible: boolean): void {
    this.visible = visible;
    this.#state.fire({});
  }
  close(): void {
    this.#disposed.fire({});
  }
}

export const stub = {
  panels: [] as StubPanel[],
  testControllers: [] as StubTestController[],
  /** Calls of `debug.startDebugging`. */
  launched: [] as unknown[][],
  /** Files that a search finds, and what they contain. */
  files: new Map<string, string>(),
  watchers: [] as {
    readonly onDidCreate: EventEmitter<Uri>;
    readonly onDidChange: EventEmitter<Uri>;
    readonly onDidDelete: EventEmitter<Uri>;
  }[],
  treeViews: new Map<string, StubTreeView>(),
  terminals: [] as StubTerminal[],
  configuration: new Map<string, unknown>(),
  commands: [] as unknown[][],
  /** What was registered, by the command's name. */
  handlers: new Map<string, (...args: unknown[]) => unknown>(),
  /** Files that were opened, each with its first selected line. */
  opened: [] as { readonly path: string; readonly line: number }[],
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
  createWebviewPanel(): StubPanel {
    const panel = new StubPanel();
    stub.panels.push(panel);
    return panel;
  },
  activeTextEditor: undefined as unknown,
  tabGroups: { all: [{ tabs: [] }] },
  registerWebviewPanelSerializer: () => nothing,
  registerWebviewViewProvider: () => nothing,
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
  async showTextDocument({ path }: Uri, { selection }: { selection: Range }): Promise<void> {
    stub.opened.push({ path, line: selection.start.line + 1 });
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
  findFiles: async () => [...stub.files.keys()].map((path) => Uri.file(path)),
  getWorkspaceFolder: () => workspace.workspaceFolders?.[0],
  createFileSystemWatcher() {
    const watcher = {
      onDidCreate: new EventEmitter<Uri>(),
      onDidChange: new EventEmitter<Uri>(),
      onDidDelete: new EventEmitter<Uri>(),
    };
    stub.watchers.push(watcher);
    return {
      onDidCreate: watcher.onDidCreate.event,
      onDidChange: watcher.onDidChange.event,
      onDidDelete: watcher.onDidDelete.event,
      dispose() {},
    };
  },
  fs: {
    readFile: async ({ path }: Uri) => new TextEncoder().encode(stub.files.get(path) ?? ""),
  },
};

export const commands = {
  registerCommand(name: string, handler: (...args: unknown[]) => unknown) {
    stub.handlers.set(name, handler);
    return nothing;
  },
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
