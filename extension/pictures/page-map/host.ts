/** The page map's end in VS Code: what its page is given at a stop, and what becomes of its wishes. */
import * as vscode from "vscode";
import {
  type ChangeBody,
  type LegalityBody,
  type ObjectHistoryBody,
  type PagesBody,
  REQUESTS,
  type SourcePlace,
} from "../../../debug-adapter/protocol.ts";
import { askAdapter } from "../../history-commands.ts";
import type { KernelModel, SessionModel } from "../../kernel-model.ts";
import { pictureText } from "../../text-twins.ts";
import { hex } from "../../views/row.ts";
import { environmentMarks } from "../environment-marks.ts";
import { PictureHost } from "../panel.ts";
import type { PageMapOrder, PageMapWish, PageSubject } from "./messages.ts";
import type { PageMapBody } from "./model.ts";
import { changesBetween, type PageTable, pageTable } from "./page-table.ts";
import { pageMapText } from "./twin.ts";

/** Commands that the page may ask for, by what it calls them. */
const COMMANDS: ReadonlySet<string> = new Set([
  "exoscope.showEnvironment",
  "exoscope.showCapability",
  "exoscope.showPage",
  "exoscope.breakOnOwner",
  "exoscope.breakOnPage",
  "exoscope.whoChangedObject",
  "exoscope.goToGrant",
]);

/** A page, or a capability. */
type GrantSubject = Omit<PageSubject, "frame"> & { readonly frame?: number };

export class PageMap implements vscode.Disposable {
  readonly #model: KernelModel;
  readonly #host: PictureHost<PageMapBody, PageMapOrder, PageMapWish>;
  readonly #undo: vscode.Disposable[];
  readonly #tables = new WeakMap<PagesBody, PageTable>();
  /** The stop that the user keeps to compare with, and whose it is. */
  #kept: { readonly session: SessionModel; readonly pages: PagesBody } | undefined;

  constructor(model: KernelModel, extensionUri: vscode.Uri) {
    this.#model = model;
    this.#host = new PictureHost(
      {
        name: "page-map",
        id: "exoscope.pageMap",
        title: "Page Map",
        parts: ["pages"],
        bodyOf: (session) => this.#bodyOf(session),
        heard: (wish, order) => this.#heard(wish, order),
      },
      model,
      extensionUri,
      "editor",
    );
    this.#undo = [
      this.#host,
      vscode.commands.registerCommand("exoscope.showPageMap", () => this.#host.show()),
      vscode.commands.registerCommand(
        "exoscope.goToGrant",
        (row?: { readonly subject?: GrantSubject }) => this.#goToGrant(row?.subject),
      ),
    ];
  }

  dispose(): void {
    for (const each of this.#undo) each.dispose();
  }

  /** The map as text, of the session that is shown. */
  text(): Promise<string> {
    return pictureText(this.#model, "pages", (session) => this.#bodyOf(session), pageMapText);
  }

  #bodyOf(session: SessionModel): PageMapBody | undefined {
    const { pictures, focused } = session;
    if (pictures.pages === undefined) return undefined;
    const now = this.#tableOf(pictures.pages.now);
    const isKept = this.#kept?.session === session;
    const old = isKept ? this.#kept?.pages : pictures.pages.before;
    const before = old === undefined ? undefined : this.#tableOf(old);
    return {
      now,
      environments: environmentMarks(pictures.environments?.now.environments ?? []),
      ...(focused === undefined ? {} : { focused }),
      ...(before === undefined
        ? {}
        : {
            since: {
              step: before.step,
              isKept,
              changes: changesBetween(before, now),
              owner: before.owner,
              flags: before.flags,
            },
          }),
    };
  }

  #tableOf(body: PagesBody): PageTable {
    const known = this.#tables.get(body);
    if (known !== undefined) return known;
    const made = pageTable(body);
    this.#tables.set(body, made);
    return made;
  }

  async #heard(wish: PageMapWish, order: (order: PageMapOrder) => void): Promise<void> {
    switch (wish.kind) {
      case "history": {
        const { frame } = wish;
        const args = { page: frame };
        const answer = await askAdapter<ObjectHistoryBody>(this.#model, REQUESTS.historyOf, args);
        if (answer !== undefined) order({ kind: "history", frame, items: answer.items });
        return;
      }
      case "goTo":
        await askAdapter(this.#model, REQUESTS.goTo, { position: wish.position });
        return;
      case "command": {
        const { command, subject } = wish;
        if (!COMMANDS.has(command)) return;
        const row = { subject, label: `page ${hex(subject.frame)}` };
        await vscode.commands.executeCommand(command, row);
        return;
      }
      case "keepStop": {
        const { shown } = this.#model;
        const pages = shown?.pictures.pages?.now;
        this.#kept =
          wish.isKept && shown !== undefined && pages !== undefined
            ? { session: shown, pages }
            : undefined;
        this.#host.redraw();
        return;
      }
    }
  }

  /**
   * The line that granted the binding, or where none is, that allocated the page; of a capability the one that made it. From the
   * palette it is about the page with the map's cursor.
   */
  async #goToGrant(subject: GrantSubject | undefined): Promise<void> {
    if (subject === undefined) {
      if (this.#host.isVisible) this.#host.order({ kind: "run", command: "exoscope.goToGrant" });
      else {
        await vscode.window.showInformationMessage(
          "Choose a page in the page map first (Exoscope: Show Page Map).",
        );
      }
      return;
    }
    const { frame, environment, slot } = subject;
    const place =
      frame === undefined
        ? (await askAdapter<ChangeBody>(this.#model, REQUESTS.whoChanged, { environment, slot }))
            ?.place
        : await this.#grantOf({ ...subject, frame });
    if (place === undefined) {
      const what = frame === undefined ? `slot ${slot}` : `page ${hex(frame)}`;
      await vscode.window.showInformationMessage(
        `No line of a source granted ${what}: it was so from the start.`,
      );
      return;
    }
    await vscode.commands.executeCommand("exoscope.goToSource", { subject: { place } });
  }

  async #grantOf({ frame, address, boundIn }: PageSubject): Promise<SourcePlace | undefined> {
    if (address !== undefined && boundIn !== undefined) {
      const args = { environment: boundIn, address };
      const answer = await askAdapter<LegalityBody>(this.#model, REQUESTS.whyLegal, args);
      // The first is the binding itself; those behind it are the grants.
      const [binding, ...grants] = answer?.chain ?? [];
      const place = grants.find((step) => step.place !== undefined)?.place ?? binding?.place;
      if (place !== undefined) return place;
    }
    const args = { page: frame };
    return (await askAdapter<ChangeBody>(this.#model, REQUESTS.whoChanged, args))?.place;
  }
}
