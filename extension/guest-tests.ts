/**
 * Grading specifications in the Test Explorer: each `*.grade.json` of the workspace with its tests, of the program that its scenario
 * names. Run grades it; Debug opens the recording of the run in which a test fails, at the event at which it does.
 */
import { basename } from "node:path";
import * as vscode from "vscode";
import { type GoToArguments, REQUESTS } from "../debug-adapter/protocol.ts";
import type { RunGrade } from "./grade-runner.ts";
import type { SessionNews } from "./session-news.ts";
import { DEBUG_TYPE, type SessionListener } from "./session-observer.ts";

/** What is read here of the reports of `exo grade --list` and `--json` (docs/grading.md). */
interface Listed {
  readonly title: string;
  readonly tests: readonly { readonly name: string; readonly points: number }[];
}
interface Failure {
  readonly run: string;
  readonly reason: string;
  readonly at?: { readonly step: number; readonly event: number };
  readonly recording?: string;
}
interface Report {
  readonly programs: readonly {
    readonly tests: readonly {
      readonly name: string;
      readonly passed: boolean;
      readonly points: number;
      readonly of: number;
      readonly failures: readonly Failure[];
    }[];
  }[];
}

const PATTERN = "**/*.grade.json";
/** More specifications than anybody wants to read in a list. */
const SPECS_MAX = 500;
/** In a launch configuration: the moment to which the session goes at its first stop. */
const GO_TO = "exoscopeGoTo";

type Session = Pick<vscode.DebugSession, "id" | "configuration" | "customRequest">;

export class GuestTests implements SessionListener {
  readonly #controller: vscode.TestController;
  readonly #run: RunGrade;
  /** Folder for recordings. */
  readonly #recordings: vscode.Uri;
  readonly #watcher: vscode.FileSystemWatcher;
  /** Sessions that have been brought to their moment. */
  readonly #arrived = new Set<string>();

  constructor(run: RunGrade, recordings: vscode.Uri) {
    this.#run = run;
    this.#recordings = recordings;
    this.#controller = vscode.tests.createTestController("exoscope.grading", "Exoscope");
    this.#controller.resolveHandler = (item) =>
      item === undefined ? this.#findSpecs() : this.#list(item);
    this.#controller.refreshHandler = () => this.#findSpecs();
    const { Run, Debug } = vscode.TestRunProfileKind;
    this.#controller.createRunProfile(
      "Run",
      Run,
      (request, token) => this.#grade(request, token, false),
      true,
    );
    this.#controller.createRunProfile(
      "Debug",
      Debug,
      (request, token) => this.#grade(request, token, true),
      true,
    );
    this.#watcher = vscode.workspace.createFileSystemWatcher(PATTERN);
    this.#watcher.onDidCreate((uri) => this.#add(uri));
    this.#watcher.onDidChange((uri) => void this.#list(this.#add(uri)));
    this.#watcher.onDidDelete((uri) => this.#controller.items.delete(uri.toString()));
  }

  dispose(): void {
    this.#watcher.dispose();
    this.#controller.dispose();
  }

  began(): void {}

  /** A recording that was opened for a test is brought to its moment at its first stop. */
  heard(session: Session, news: SessionNews): void {
    const position: unknown = session.configuration[GO_TO];
    if (news.kind !== "stopped" || position === undefined || this.#arrived.has(session.id)) return;
    this.#arrived.add(session.id);
    const args = { position } as GoToArguments;
    session.customRequest(REQUESTS.goTo, args).then(undefined, (problem: Error) => {
      void vscode.window.showErrorMessage(problem.message);
    });
  }

  ended(session: Pick<vscode.DebugSession, "id">): void {
    this.#arrived.delete(session.id);
  }

  async #findSpecs(): Promise<void> {
    const found = await vscode.workspace.findFiles(PATTERN, "**/node_modules/**", SPECS_MAX);
    const ids = new Set(found.map((uri) => uri.toString()));
    this.#controller.items.forEach(({ id }) => {
      if (!ids.has(id)) this.#controller.items.delete(id);
    });
    for (const uri of found) this.#add(uri);
  }

  #add(uri: vscode.Uri): vscode.TestItem {
    const id = uri.toString();
    const known = this.#controller.items.get(id);
    if (known !== undefined) return known;
    const item = this.#controller.createTestItem(id, basename(uri.path, ".grade.json"), uri);
    item.canResolveChildren = true;
    this.#controller.items.add(item);
    return item;
  }

  /** The tests of a specification; where it has a mistake, its sentence. */
  async #list(spec: vscode.TestItem): Promise<void> {
    const { uri } = spec;
    if (uri === undefined) return;
    const source = new vscode.CancellationTokenSource();
    const output = await this.#run([uri.fsPath, "--list"], source.token);
    source.dispose();
    const listed = parsed<Listed>(output.stdout);
    if (output.status !== 0 || listed === undefined) {
      spec.error = sentenceOf(output.stderr);
      spec.children.replace([]);
      return;
    }
    spec.error = undefined;
    spec.description = listed.title;
    const text = await textOf(uri);
    spec.children.replace(
      listed.tests.map(({ name, points }, i) => {
        const item = this.#controller.createTestItem(`${spec.id}#${name}`, name, uri);
        item.description = `${points} point${points === 1 ? "" : "s"}`;
        // In the order of the file.
        item.sortText = String(i).padStart(4, "0");
        item.range = rangeOf(name, text);
        return item;
      }),
    );
  }

  async #grade(
    request: vscode.TestRunRequest,
    token: vscode.CancellationToken,
    isDebugging: boolean,
  ): Promise<void> {
    const run = this.#controller.createTestRun(request);
    try {
      for (const [spec, wanted] of await this.#wanted(request)) {
        if (token.isCancellationRequested) break;
        const failed = await this.#gradeSpec(run, spec, wanted, token);
        if (isDebugging && !token.isCancellationRequested) await this.#debug(spec, failed, run);
      }
    } finally {
      run.end();
    }
  }

  /** The tests that a run is for, by their specification. */
  async #wanted({ include, exclude = [] }: vscode.TestRunRequest) {
    if (include === undefined && this.#controller.items.size === 0) await this.#findSpecs();
    const wanted = new Map<vscode.TestItem, vscode.TestItem[]>();
    for (const item of include ?? itemsOf(this.#controller.items)) {
      const spec = item.parent ?? item;
      if (spec === item && item.children.size === 0) await this.#list(item);
      const tests = spec === item ? itemsOf(item.children) : [item];
      const known = wanted.get(spec) ?? [];
      const left = tests.filter((test) => !exclude.includes(test) && !known.includes(test));
      wanted.set(spec, [...known, ...left]);
    }
    return wanted;
  }

  /** Grades, tells of each test, and returns the failures that can be looked at. */
  async #gradeSpec(
    run: vscode.TestRun,
    spec: vscode.TestItem,
    tests: readonly vscode.TestItem[],
    token: vscode.CancellationToken,
  ): Promise<Failure[]> {
    const path = spec.uri?.fsPath ?? "";
    for (const test of tests) run.started(test);
    const options = ["--json", "-", "--recordings", this.#recordings.fsPath];
    const { status, stdout, stderr } = await this.#run([path, ...options], token);
    const results = parsed<Report>(stdout)?.programs[0]?.tests;
    if (results === undefined) {
      const sentence = sentenceOf(stderr);
      if (tests.length === 0) spec.error = sentence;
      for (const test of tests) {
        if (status === undefined) run.skipped(test);
        else run.errored(test, new vscode.TestMessage(sentence));
      }
      return [];
    }
    const failed: Failure[] = [];
    for (const test of tests) {
      const result = results.find(({ name }) => name === test.label);
      if (result === undefined) run.skipped(test);
      else if (result.passed) run.passed(test);
      else {
        run.failed(
          test,
          result.failures.map((failure) => messageOf(failure, test)),
        );
        failed.push(...result.failures);
      }
    }
    return failed;
  }

  async #debug(
    spec: vscode.TestItem,
    failed: readonly Failure[],
    run: vscode.TestRun,
  ): Promise<void> {
    const failure = failed.find(({ recording }) => recording !== undefined);
    if (failure === undefined) {
      const why =
        failed[0] === undefined
          ? `${spec.label}: what was chosen passes, so there is no failing event to go to.`
          : `${spec.label}: there is no run to look at: ${failed[0].reason}`;
      run.appendOutput(`${why}\r\n`);
      await vscode.window.showInformationMessage(why);
      return;
    }
    const { at, recording = "" } = failure;
    const folder = spec.uri && vscode.workspace.getWorkspaceFolder(spec.uri);
    await vscode.debug.startDebugging(folder, {
      type: DEBUG_TYPE,
      request: "launch",
      name: `${spec.label}: ${failure.run}`,
      program: recording,
      stopOnEntry: true,
      ...(at === undefined ? {} : { [GO_TO]: { branch: 1, ...at } }),
    });
  }
}

function itemsOf(collection: vscode.TestItemCollection): vscode.TestItem[] {
  const items: vscode.TestItem[] = [];
  collection.forEach((item) => {
    items.push(item);
  });
  return items;
}

function messageOf({ run, reason }: Failure, test: vscode.TestItem): vscode.TestMessage {
  const message = new vscode.TestMessage(
    run === "" || run === "run" ? reason : `${run}: ${reason}`,
  );
  if (test.uri !== undefined && test.range !== undefined) {
    message.location = new vscode.Location(test.uri, test.range);
  }
  return message;
}

function parsed<Body>(text: string): Body | undefined {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return undefined;
  }
}

/** What the command line says of a mistake, without its own name before it. */
const sentenceOf = (stderr: string): string =>
  stderr.trim().replace(/^exo: /, "") || "The tests could not be graded.";

async function textOf(uri: vscode.Uri): Promise<string> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return "";
  }
}

/** Where a test's name stands in its file. */
export function rangeOf(name: string, text: string): vscode.Range | undefined {
  const quoted = JSON.stringify(name);
  const lines = text.split("\n");
  const line = lines.findIndex((each) => each.includes(`"name"`) && each.includes(quoted));
  if (line < 0) return undefined;
  const column = lines[line]?.indexOf(quoted) ?? 0;
  return new vscode.Range(
    new vscode.Position(line, column),
    new vscode.Position(line, column + quoted.length),
  );
}
