/**
 * At the end of source lines, for the environment that the user looks at: why its last kernel call was refused, and where the
 * kernel will enter it. Text with a hover, in no margin: that belongs to breakpoints.
 */
import * as vscode from "vscode";
import {
  type EnvironmentItem,
  type LastRefusalBody,
  REQUESTS,
  type SourcePlace,
} from "../debug-adapter/protocol.ts";
import type { KernelModel, SessionModel } from "./kernel-model.ts";
import { entriesOf } from "./views/environments.ts";
import { escaped, grouped } from "./views/row.ts";

/** A text at the end of a line. */
export interface EditorMark {
  readonly kind: "refusal" | "entry";
  readonly place: SourcePlace;
  readonly text: string;
  /** Markdown. */
  readonly hover: string;
}

/** Longer sentences are cut at the end of a line; the hover has them whole. */
const TEXT_MAX = 110;
const cut = (text: string): string =>
  text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX - 1)}\u2026` : text;

export function refusalMark({ refusal }: LastRefusalBody): EditorMark | undefined {
  if (refusal?.place === undefined) return undefined;
  const { call, error, guard, because, place, position } = refusal;
  return {
    kind: "refusal",
    place,
    text: cut(`${call} refused: ${error}, ${because}`),
    hover:
      `The last kernel call of this environment that was refused: **${escaped(call)}** gave \`${error}\` at step ${grouped(position.step)}.\n\n` +
      `Guard: ${escaped(guard)}\n\n${escaped(because)}`,
  };
}

/** Lines that the kernel enters, each with all that it is entered for. */
export function entryMarks(item: EnvironmentItem): readonly EditorMark[] {
  const { name } = item;
  const byLine = new Map<string, { place: SourcePlace; causes: string[] }>();
  for (const { name: cause, place } of entriesOf(item)) {
    if (place === undefined) continue;
    const key = `${place.path}:${place.line}`;
    const line = byLine.get(key) ?? { place, causes: [] };
    line.causes.push(cause);
    byLine.set(key, line);
  }
  return [...byLine.values()].map(({ place, causes }) => ({
    kind: "entry",
    place,
    text: cut(`upcall enters ${name} here: ${causes.join(", ")}`),
    hover: `The kernel enters **${escaped(name)}** here for:\n\n${causes.map((cause) => `- ${escaped(cause)}`).join("\n")}`,
  }));
}

export class EditorMarks implements vscode.Disposable {
  readonly #model: KernelModel;
  readonly #types: Readonly<Record<EditorMark["kind"], vscode.TextEditorDecorationType>>;
  readonly #undo: { dispose(): void }[];
  #marks: readonly EditorMark[] = [];
  /** What the marks are about: they are made anew when it is another. */
  #about = "";

  constructor(model: KernelModel) {
    this.#model = model;
    const after = (color: string): vscode.DecorationRenderOptions => ({
      after: { margin: "0 0 0 3em", color: new vscode.ThemeColor(color), fontStyle: "italic" },
    });
    this.#types = {
      refusal: vscode.window.createTextEditorDecorationType(after("editorWarning.foreground")),
      entry: vscode.window.createTextEditorDecorationType(after("editorCodeLens.foreground")),
    };
    // Names and entries of the environments are wanted though no view may show them.
    model.wantAlways("environments");
    this.#undo = [
      ...Object.values(this.#types),
      model.onDidChange(() => void this.#refresh()),
      vscode.window.onDidChangeVisibleTextEditors(() => this.#draw()),
    ];
  }

  dispose(): void {
    for (const each of this.#undo) each.dispose();
  }

  async #refresh(): Promise<void> {
    const { shown, phase } = this.#model;
    // While it runs the old marks would lie.
    const about = shown === undefined || phase === "running" ? "" : this.#key(shown);
    if (about === this.#about) return;
    this.#about = about;
    const marks = shown === undefined || about === "" ? [] : await this.#marksOf(shown);
    if (this.#about !== about) return;
    this.#marks = marks;
    this.#draw();
  }

  #key({ session, step, focused }: SessionModel): string {
    return step === undefined || focused === undefined ? "" : `${session.id} ${step} ${focused}`;
  }

  async #marksOf({ session, pictures, focused }: SessionModel): Promise<readonly EditorMark[]> {
    const environment = pictures.environments?.now.environments.find(({ id }) => id === focused);
    if (environment === undefined) return [];
    const entries = entryMarks(environment);
    // Most environments are never refused anything: they need no question to the past.
    if ((environment.counters["refusals"] ?? 0) === 0) return entries;
    try {
      const args = { environment: environment.id };
      const body = await session.customRequest(REQUESTS.lastRefusal, args);
      const refusal = refusalMark(body as LastRefusalBody);
      return refusal === undefined ? entries : [...entries, refusal];
    } catch {
      // It ran on meanwhile.
      return entries;
    }
  }

  #draw(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const own = this.#marks.filter(({ place }) => place.path === editor.document.uri.fsPath);
      for (const [kind, type] of Object.entries(this.#types)) {
        editor.setDecorations(
          type,
          own
            .filter((mark) => mark.kind === kind && mark.place.line <= editor.document.lineCount)
            .map(({ place, text, hover }) => ({
              range: editor.document.lineAt(place.line - 1).range,
              hoverMessage: new vscode.MarkdownString(hover),
              renderOptions: { after: { contentText: text } },
            })),
        );
      }
    }
  }
}
