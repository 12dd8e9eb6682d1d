/** The timeline's end in VS Code: what its page is given at a stop, and what becomes of its wishes. */
import * as vscode from "vscode";
import {
  type CrashesBody,
  type CrashOutcome,
  REQUESTS,
  type TimelineArguments,
  type TimelineBody,
} from "../../../debug-adapter/protocol.ts";
import { askAdapter } from "../../history-commands.ts";
import type { KernelModel, SessionModel } from "../../kernel-model.ts";
import { pictureText } from "../../text-twins.ts";
import { PictureHost } from "../panel.ts";
import { chromeTrace } from "./chrome-trace.ts";
import type { TimelineOrder, TimelinePicture, TimelineWish } from "./messages.ts";
import { timelineText } from "./twin.ts";

/** As fine a text or a file as is of use: more spans than this are joined. */
const PARTS_MAX = 100_000;

export class TimelineView implements vscode.Disposable {
  readonly #model: KernelModel;
  readonly #host: PictureHost<TimelinePicture, TimelineOrder, TimelineWish>;
  readonly #crashes = new WeakMap<SessionModel, readonly CrashOutcome[]>();
  readonly #undo: vscode.Disposable[];

  constructor(model: KernelModel, extensionUri: vscode.Uri) {
    this.#model = model;
    this.#host = new PictureHost(
      {
        name: "timeline",
        id: "exoscope.timeline",
        title: "Timeline",
        parts: ["history"],
        bodyOf: (session) => this.#read(session, {}),
        heard: (wish, order) => this.#heard(wish, order),
      },
      model,
      extensionUri,
      "editor",
    );
    this.#undo = [
      this.#host,
      vscode.commands.registerCommand("exoscope.showTimeline", () => this.#host.show()),
      vscode.commands.registerCommand("exoscope.exportTimeline", () => this.#export()),
    ];
  }

  dispose(): void {
    for (const each of this.#undo) each.dispose();
  }

  /** The timeline as text, of the session that is shown. */
  text(): Promise<string> {
    return pictureText(this.#model, "history", (session) => this.#fine(session), timelineText);
  }

  async #read(
    session: SessionModel,
    args: TimelineArguments,
  ): Promise<TimelinePicture | undefined> {
    const history = session.pictures.history?.now;
    if (history === undefined) return undefined;
    const timeline = (await session.session.customRequest(REQUESTS.timeline, args)) as TimelineBody;
    const crashes = this.#crashes.get(session);
    return { timeline, branches: history.branches, ...(crashes === undefined ? {} : { crashes }) };
  }

  #fine(session: SessionModel): Promise<TimelinePicture | undefined> {
    const last = session.pictures.history?.now.end.step ?? 0;
    return this.#read(session, { resolution: Math.floor(last / PARTS_MAX) });
  }

  async #heard(wish: TimelineWish, order: (order: TimelineOrder) => void): Promise<void> {
    const { shown } = this.#model;
    if (shown === undefined) return;
    switch (wish.kind) {
      case "window": {
        const { kind: _, ...args } = wish;
        order({ kind: "window", timeline: await this.#ask(shown, args) });
        return;
      }
      case "events": {
        const { branch, since, limit } = wish;
        const args = { branch, from: 0, to: 0, events: { since, limit } };
        const { events } = await this.#ask(shown, args);
        order({ kind: "events", branch, events });
        return;
      }
      case "goTo":
        await askAdapter(this.#model, REQUESTS.goTo, { position: wish.position });
        return;
      case "branch":
        await askAdapter(this.#model, REQUESTS.branch, { branch: wish.branch });
        return;
      case "crashes": {
        const body = await askAdapter<CrashesBody>(this.#model, REQUESTS.crashes);
        const crashes = body?.outcomes ?? this.#crashes.get(shown) ?? [];
        this.#crashes.set(shown, crashes);
        order({ kind: "crashes", crashes });
        shown.reread("history");
        return;
      }
      case "export":
        await this.#export();
        return;
      case "text":
        await vscode.commands.executeCommand("exoscope.showTimelineAsText");
        return;
    }
  }

  async #ask(session: SessionModel, args: TimelineArguments): Promise<TimelineBody> {
    return (await session.session.customRequest(REQUESTS.timeline, args)) as TimelineBody;
  }

  /** Saves the timeline for Perfetto and for Chrome's tracing page. */
  async #export(): Promise<void> {
    const { shown } = this.#model;
    if (shown === undefined) return;
    await shown.ensure("history");
    const picture = await this.#fine(shown);
    if (picture === undefined) return;
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const uri = await vscode.window.showSaveDialog({
      title: "Save the timeline for Perfetto or Chrome (1 microsecond there is 1 step)",
      filters: { "Trace Event Format": ["json"] },
      ...(folder === undefined
        ? {}
        : { defaultUri: vscode.Uri.joinPath(folder, "timeline.trace.json") }),
    });
    if (uri === undefined) return;
    const text = `${JSON.stringify(chromeTrace(picture.timeline))}\n`;
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
    await vscode.window.showInformationMessage(
      `Saved ${uri.path.split("/").at(-1)}: open it in Perfetto or chrome://tracing. Its microseconds are steps.`,
    );
  }
}
