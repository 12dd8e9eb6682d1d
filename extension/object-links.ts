/** Links from a row to what made its object: the source line, the moment, its history, who reaches it, and when it changes. */
import * as vscode from "vscode";
import {
  type HistoryBody,
  type KernelObject,
  type ObjectHistoryBody,
  type ProvenanceBody,
  REQUESTS,
  type ReachBody,
} from "../debug-adapter/protocol.ts";
import { breakOnObject } from "./break-on.ts";
import { askAdapter } from "./history-commands.ts";
import type { Answer, KernelModel } from "./kernel-model.ts";
import { rowCommand } from "./row-command.ts";
import type { Row } from "./views/row.ts";

export function registerObjectLinks(
  model: KernelModel,
  chosen: () => Row | undefined,
  showHistory: () => Promise<void>,
): vscode.Disposable[] {
  const register = (command: string, run: (row: Row) => unknown) =>
    rowCommand(command, chosen, run);
  const ask = <Body>(request: string, { subject, label }: Row) => {
    const { object } = subject ?? {};
    if (object !== undefined) return askAdapter<Body>(model, request, object);
    void noObject(label);
    return undefined;
  };
  const noObject = (label: string) =>
    vscode.window.showInformationMessage(`'${label}' is no object of the kernel.`);
  const keep = async (title: string, items: Answer["items"]) => {
    const history = await askAdapter<HistoryBody>(model, REQUESTS.history);
    if (history === undefined) return;
    model.shown?.keepAnswer({ title, items, askedAt: history.now });
    await showHistory();
  };
  const nothingMadeIt = (text: string) =>
    vscode.window.showInformationMessage(
      `${text} It was so from the start: no event and no line of a source made it.`,
    );

  return [
    register("exoscope.goToSource", async (row) => {
      const own = row.subject?.place;
      const answer =
        own === undefined ? await ask<ProvenanceBody>(REQUESTS.provenance, row) : undefined;
      const place = own ?? answer?.chain.find((step) => step.place !== undefined)?.place;
      if (place === undefined) return answer && nothingMadeIt(answer.text);
      const at = new vscode.Position(Math.max(0, place.line - 1), 0);
      return vscode.window.showTextDocument(vscode.Uri.file(place.path), {
        selection: new vscode.Range(at, at),
      });
    }),
    register("exoscope.goToMaking", async (row) => {
      const { event } = row.subject ?? {};
      if (event !== undefined) {
        const history = await askAdapter<HistoryBody>(model, REQUESTS.history);
        if (history === undefined) return undefined;
        const { branch } = history.now;
        // A moment is named by how many events there were.
        const position = { branch, step: event.step, event: event.index + 1 };
        return askAdapter(model, REQUESTS.goTo, { position });
      }
      const answer = await ask<ProvenanceBody>(REQUESTS.provenance, row);
      if (answer === undefined) return undefined;
      const position = answer.chain.find((step) => step.position !== undefined)?.position;
      if (position === undefined) return nothingMadeIt(answer.text);
      return askAdapter(model, REQUESTS.goTo, { position });
    }),
    register("exoscope.whereFrom", async (row) => {
      const answer = await ask<ProvenanceBody>(REQUESTS.provenance, row);
      if (answer !== undefined) await keep(answer.text, answer.chain);
    }),
    register("exoscope.historyOfObject", async (row) => {
      const answer = await ask<ObjectHistoryBody>(REQUESTS.historyOf, withObject(row));
      if (answer !== undefined) await keep(`History of ${answer.title}`, answer.items);
    }),
    register("exoscope.whoCanReach", async (row) => {
      const answer = await ask<ReachBody>(REQUESTS.whoCanReach, row);
      if (answer !== undefined) await keep(answer.text, answer.items);
    }),
    register("exoscope.breakOnObject", async (row) => {
      const { object } = row.subject ?? {};
      await (object === undefined ? noObject(row.label) : breakOnObject(model, object));
    }),
  ];
}

/** Pictures name a page by its frame. */
function withObject(row: Row): Row {
  const { subject } = row;
  if (subject?.object !== undefined) return row;
  const { environment, slot, frame } = subject ?? {};
  const object: KernelObject | undefined =
    frame !== undefined
      ? { page: frame }
      : environment === undefined || slot === undefined
        ? undefined
        : { environment, slot };
  return object === undefined ? row : { ...row, subject: { ...subject, object } };
}
