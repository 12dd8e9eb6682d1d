/** Every view as text in a read-only editor, for screen readers, for searching and for pasting into a question. */
import * as vscode from "vscode";
import {
  type CapabilityTextBody,
  type EventItem,
  type EventsArguments,
  type EventsBody,
  REQUESTS,
} from "../debug-adapter/protocol.ts";
import type { KernelModel, Part, SessionModel } from "./kernel-model.ts";
import { grouped } from "./views/row.ts";

const SCHEME = "exoscope";
/** As many events as are shown: the newest. */
const EVENTS_SHOWN = 1000;
const NO_SESSION = "No program is being debugged.\n";
const NOTHING_READ = "Nothing has been read: the program has not stopped yet.\n";

/** After so long the palette has closed, and nobody has gone elsewhere yet. */
const PALETTE_MS = 200;
/** So long a text that is shown again may take to be new. */
const REFRESH_MS = 5000;

/** How a text is made; called again at every stop while its editor is open. */
export type Text = () => string | Promise<string>;

export class TextTwins implements vscode.TextDocumentContentProvider {
  readonly onDidChange: vscode.Event<vscode.Uri>;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #model: KernelModel;
  readonly #texts: Readonly<Record<string, Text>>;
  readonly #undo: { dispose(): void }[];

  /** `texts` by title. */
  constructor(texts: Readonly<Record<string, Text>>, model: KernelModel) {
    this.#texts = texts;
    this.#model = model;
    this.onDidChange = this.#changed.event;
    this.#undo = [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      model.onDidChange(() => this.#refresh()),
      this.#changed,
    ];
  }

  dispose(): void {
    for (const undo of this.#undo) undo.dispose();
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    return (await this.#texts[titleOf(uri)]?.()) ?? "";
  }

  /** Opens a text; one that grows at its end is shown from there. */
  async show(title: string, end: "start" | "end" = "start"): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${title}.txt` });
    this.#changed.fire(uri);
    const editor = await vscode.window.showTextDocument(uri, { preview: false });
    // A picture that had the focus may take it again when the palette closes, and keys would go there.
    setTimeout(() => {
      const { activeTextEditor, visibleTextEditors } = vscode.window;
      const isShown = visibleTextEditors.some(({ document }) => document === editor.document);
      if (!isShown || activeTextEditor?.document === editor.document) return;
      void vscode.window.showTextDocument(editor.document, { viewColumn: editor.viewColumn });
    }, PALETTE_MS);
    if (end === "start") return;
    const toEnd = () => {
      const last = editor.document.lineAt(Math.max(0, editor.document.lineCount - 2)).range;
      editor.selection = new vscode.Selection(last.start, last.start);
      editor.revealRange(last, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    };
    toEnd();
    // A document that was open before has its old text until the new one comes, which may be shorter.
    const undo = vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (document !== editor.document) return;
      undo.dispose();
      toEnd();
    });
    setTimeout(() => undo.dispose(), REFRESH_MS);
  }

  #refresh(): void {
    // While it runs there is nothing new to read, and at the end the last state is what a question is about.
    if (this.#model.phase !== "stopped") return;
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme === SCHEME) this.#changed.fire(uri);
    }
  }
}

const titleOf = ({ path }: vscode.Uri): string => path.slice(1).replace(/\.txt$/, "");

/** The newest kernel events, oldest first. */
export async function eventsText(model: KernelModel): Promise<string> {
  const { shown } = model;
  if (shown === undefined) return NO_SESSION;
  try {
    const args: EventsArguments = { limit: EVENTS_SHOWN };
    const body = await shown.session.customRequest(REQUESTS.events, args);
    return eventLines(body as EventsBody);
  } catch (error) {
    return `The kernel's events cannot be read now: ${error instanceof Error ? error.message : error}\n`;
  }
}

/** Every capability as the adapter writes it: in the manner of capDL, or as a graph for Graphviz. */
export async function capabilitiesText(
  model: KernelModel,
  format: "capdl" | "dot",
): Promise<string> {
  const { shown } = model;
  if (shown === undefined) return NO_SESSION;
  try {
    const body = await shown.session.customRequest(REQUESTS.capabilityText, { format });
    return (body as CapabilityTextBody).text;
  } catch (error) {
    return `The capabilities cannot be read now: ${error instanceof Error ? error.message : error}\n`;
  }
}

export function eventLines({ total, events, step }: EventsBody): string {
  const first = events[0]?.index ?? 0;
  const which =
    first === 0 ? `${grouped(total)} in all` : `from number ${grouped(first)} of ${grouped(total)}`;
  const width = `${events.at(-1)?.step ?? 0}`.length;
  const line = ({ step, environment, kind, text }: EventItem) =>
    `${`${step}`.padStart(width)}  ${environment === 0 ? "kernel" : `env ${environment}`}  ${kind}: ${text}`;
  return `Kernel events up to step ${grouped(step)}, ${which}: step, who caused it, what happened.\n\n${events.map(line).join("\n")}\n`;
}

/** A picture as text: `bodyOf` is what it draws of the session that is shown, once it has read the part that it needs. */
export async function pictureText<Body>(
  model: KernelModel,
  part: Part,
  bodyOf: (session: SessionModel) => Body | undefined | Promise<Body | undefined>,
  textOf: (body: Body) => string,
): Promise<string> {
  const { shown } = model;
  if (shown === undefined) return NO_SESSION;
  await shown.ensure(part);
  const body = await bodyOf(shown);
  return body === undefined ? NOTHING_READ : textOf(body);
}

/** A view's rows under its title. */
export async function viewText(
  title: string,
  model: KernelModel,
  part: Part,
  rows: () => string,
): Promise<string> {
  const { shown } = model;
  if (shown === undefined) return NO_SESSION;
  await shown.ensure(part);
  const when = shown.step === undefined ? "" : ` at step ${grouped(shown.step)}`;
  return `${title}${when}\n\n${rows() || NOTHING_READ}`;
}
