/** The walkthrough's progress and its buttons: its steps tick when a context key of this file becomes true. */
import * as vscode from "vscode";
import { configurationFor } from "./configuration.ts";
import type { KernelModel } from "./kernel-model.ts";
import { openedSample } from "./sample-workspace.ts";
import type { SessionNews } from "./session-news.ts";
import type { SessionListener } from "./session-observer.ts";
import { type Frame, isInHandler, isInterruptedFrame } from "./stack-reading.ts";

/** The keys that package.json's completionEvents name. */
export const PROGRESS = {
  sampleOpen: "exoscope.sampleOpen",
  stoppedInMain: "exoscope.stoppedInMain",
  stoppedInHandler: "exoscope.stoppedInHandler",
  readStack: "exoscope.readStack",
  sawOwner: "exoscope.sawOwner",
  cameBack: "exoscope.cameBack",
  wentBack: "exoscope.wentBack",
} as const;
export type Progress = keyof typeof PROGRESS;

const PROGRAM = "page-fault.c";
/** Places of the program, by the names of their marks. */
const MARKERS = {
  store: "The store to a page that is not there",
  pager: "The program's own page-fault handler",
  after: "After the store was tried again",
} as const;
export type Marker = keyof typeof MARKERS;

/** The 0-based line that carries a marker such as `//@step pager`, or -1. */
export const lineOfMarker = (text: string, marker: Marker): number =>
  text.split("\n").findIndex((line) => line.includes(`//@step ${marker}`));

/** Which steps a stop at these frames completes, given those that came before it. */
export function progressAt(frames: readonly Frame[], reached: ReadonlySet<Progress>): Progress[] {
  if (isInHandler(frames)) return ["stoppedInHandler"];
  if (frames[0]?.name !== "main") return [];
  return reached.has("stoppedInHandler") ? ["stoppedInMain", "cameBack"] : ["stoppedInMain"];
}

export class Walkthrough implements SessionListener {
  readonly #reached = new Set<Progress>();
  /** The steps of one session count from its beginning. */
  readonly #thisSession = new Set<Progress>();
  readonly #model: KernelModel;

  constructor(model: KernelModel) {
    this.#model = model;
    // The status bar asks for the history always, so it is there without the view.
    model.onDidChange(() => {
      const history = model.shown?.pictures.history?.now;
      if (model.phase === "stopped" && history?.isAtEnd === false) this.reach("wentBack");
    });
  }

  reach(progress: Progress): void {
    this.#thisSession.add(progress);
    if (this.#reached.has(progress)) return;
    this.#reached.add(progress);
    vscode.commands.executeCommand("setContext", PROGRESS[progress], true);
  }

  async lookForSample(): Promise<void> {
    if ((await openedSample()) !== undefined) this.reach("sampleOpen");
  }

  began(): void {
    this.#thisSession.clear();
    if (!this.#reached.has("sampleOpen")) return;
    // VS Code ticks a step when its key changes, and may not have listened yet when this window was opened.
    vscode.commands.executeCommand("setContext", PROGRESS.sampleOpen, false);
    vscode.commands.executeCommand("setContext", PROGRESS.sampleOpen, true);
  }

  heard({ id }: vscode.DebugSession, news: SessionNews): void {
    if (news.kind !== "frames") return;
    const frames = this.#model.session(id)?.framesOf(news.threadId) ?? [];
    for (const progress of progressAt(frames, this.#thisSession)) this.reach(progress);
  }

  ended(): void {}

  /** The user chose a frame. */
  looksAt(item: vscode.DebugThread | vscode.DebugStackFrame | undefined): void {
    if (!(item instanceof vscode.DebugStackFrame)) return;
    const frames = this.#model.session(item.session.id)?.framesOf(item.threadId) ?? [];
    if (isInterruptedFrame(frames, item.frameId)) this.reach("readStack");
  }

  /** Opens the program at a marker, with a breakpoint there if it has none, and starts or continues. */
  async runTo(wanted?: Marker): Promise<void> {
    const marker = wanted ?? (await chooseMarker());
    if (marker === undefined) return;
    const folder = await openedSample();
    if (folder === undefined) {
      await vscode.commands.executeCommand("exoscope.openSample");
      return;
    }
    const uri = vscode.Uri.joinPath(folder.uri, PROGRAM);
    const document = await vscode.workspace.openTextDocument(uri);
    const line = lineOfMarker(document.getText(), marker);
    if (line < 0) {
      await vscode.window.showErrorMessage(
        `${PROGRAM} has no comment '//@step ${marker}' any more: set a breakpoint where you want to stop and press F5.`,
      );
      return;
    }
    const position = new vscode.Position(line, 0);
    const editor = await vscode.window.showTextDocument(document, { preview: false });
    editor.selection = new vscode.Selection(position, position);
    editor.revealRange(new vscode.Range(position, position), vscode.TextEditorRevealType.InCenter);
    setBreakpoint(uri, position);
    if (isDebugging(uri)) await vscode.commands.executeCommand("workbench.action.debug.continue");
    else await vscode.debug.startDebugging(folder, { ...configurationFor(uri.fsPath) });
  }
}

async function chooseMarker(): Promise<Marker | undefined> {
  const items = Object.entries(MARKERS).map(([marker, label]) => ({
    label,
    description: `//@step ${marker}`,
    marker: marker as Marker,
  }));
  const title = `Run ${PROGRAM} to`;
  return (await vscode.window.showQuickPick(items, { title }))?.marker;
}

function setBreakpoint(uri: vscode.Uri, position: vscode.Position): void {
  const isThere = vscode.debug.breakpoints.some(
    (breakpoint) =>
      breakpoint instanceof vscode.SourceBreakpoint &&
      breakpoint.location.uri.toString() === uri.toString() &&
      breakpoint.location.range.start.line === position.line,
  );
  if (isThere) return;
  vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(new vscode.Location(uri, position))]);
}

function isDebugging(uri: vscode.Uri): boolean {
  const { program } = (vscode.debug.activeDebugSession?.configuration ?? {}) as {
    program?: string;
  };
  return program === uri.fsPath;
}
