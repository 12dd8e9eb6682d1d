/** Questions to the past from where they arise: a variable, a row, a frame, a line. Answers stay in the History view. */
import * as vscode from "vscode";
import {
  type ChangeArguments,
  type ChangeBody,
  type CrashesBody,
  type DivergenceBody,
  type HistoryBody,
  type HistoryPosition,
  type HitsBody,
  type LegalityBody,
  type ObjectHistoryArguments,
  REQUESTS,
} from "../debug-adapter/protocol.ts";
import { askAdapter } from "./history-commands.ts";
import type { Answer, KernelModel } from "./kernel-model.ts";
import { isNot, rowCommand } from "./row-command.ts";
import type { Row, Subject } from "./views/row.ts";

/** What VS Code hands to a command in the Variables view's context menu. */
interface VariableContext {
  readonly container?: { readonly variablesReference?: number };
  readonly variable?: { readonly name: string; readonly evaluateName?: string };
}

export function registerPastQuestions(
  model: KernelModel,
  chosen: () => Row | undefined,
  showHistory: () => Promise<void>,
): vscode.Disposable[] {
  const command = <Argument>(name: string, run: (argument?: Argument) => unknown) =>
    vscode.commands.registerCommand(name, run);
  const show = async (title: string, items: Answer["items"]) => {
    const history = await askAdapter<HistoryBody>(model, REQUESTS.history);
    if (history === undefined) return;
    model.shown?.keepAnswer({ title, items, askedAt: history.now });
    await showHistory();
  };
  /** A one-sentence answer is said at once, with a way there. */
  const say = async (text: string, position: HistoryPosition | undefined) => {
    const there = position === undefined ? [] : ["Go There"];
    const picked = await vscode.window.showInformationMessage(text, ...there);
    if (picked !== undefined) await askAdapter(model, REQUESTS.goTo, { position });
  };
  const whoChanged = async (what: string, args: ChangeArguments) => {
    const answer = await askAdapter<ChangeBody>(model, REQUESTS.whoChanged, args);
    if (answer === undefined) return;
    const { text, position, place } = answer;
    await show(`Who changed ${what} last?`, [
      {
        text,
        ...(position === undefined ? {} : { position }),
        ...(place === undefined ? {} : { place }),
      },
    ]);
    await say(text, position);
  };
  const whyLegal = async (args: object) => {
    const answer = await askAdapter<LegalityBody>(model, REQUESTS.whyLegal, args);
    if (answer === undefined) return;
    const items = answer.chain.length === 0 ? [{ text: answer.text }] : answer.chain;
    await show(answer.text, items);
  };
  const frameId = () => {
    const item = vscode.debug.activeStackItem;
    return item instanceof vscode.DebugStackFrame ? item.frameId : undefined;
  };

  return [
    command<VariableContext>("exoscope.whoChangedVariable", async (context) => {
      const { container, variable } = context ?? {};
      if (variable !== undefined && container?.variablesReference !== undefined) {
        const { variablesReference } = container;
        await whoChanged(variable.name, { variablesReference, name: variable.name });
        return;
      }
      const frame = frameId();
      const expression = await vscode.window.showInputBox({
        title: "Who changed this last? A variable or an lvalue",
      });
      if (expression === undefined || expression === "") return;
      await whoChanged(expression, {
        expression,
        ...(frame === undefined ? {} : { frameId: frame }),
      });
    }),
    rowCommand("exoscope.whoChangedObject", chosen, (row) => {
      const object = objectOf(row.subject);
      return object === undefined
        ? isNot(row, "a page or a capability")
        : whoChanged(row.label, object);
    }),
    command("exoscope.whyLegal", async () => {
      const frame = frameId();
      if (frame !== undefined) await whyLegal({ frameId: frame });
    }),
    command("exoscope.logOverPast", async () => {
      const editor = vscode.window.activeTextEditor;
      if (editor === undefined) return;
      const line = editor.selection.active.line + 1;
      const logMessage = await vscode.window.showInputBox({
        title: `Log line ${line} over the whole known history`,
        prompt: "Text with {expressions}, as in a log point",
        value: "{",
      });
      if (logMessage === undefined) return;
      const path = editor.document.uri.fsPath;
      const answer = await askAdapter<HitsBody>(model, REQUESTS.hits, { path, line, logMessage });
      if (answer === undefined) return;
      const { hits, isCut } = answer;
      const count = `${hits.length}${isCut ? " and more" : ""}`;
      await show(
        `Line ${line}, "${logMessage}": ${count} hit${hits.length === 1 ? "" : "s"}`,
        hits,
      );
    }),
    command("exoscope.compareBranches", async () => {
      const history = await askAdapter<HistoryBody>(model, REQUESTS.history);
      if (history === undefined) return;
      const others = history.branches.filter(({ isCurrent }) => !isCurrent);
      if (others.length === 0) {
        await vscode.window.showInformationMessage(
          "There is only one branch: change something in the past first.",
        );
        return;
      }
      const other = await vscode.window.showQuickPick(
        others.map(({ id, name }) => ({ label: name, id })),
        { title: "Compare a value here with another branch" },
      );
      const expression =
        other &&
        (await vscode.window.showInputBox({ title: "Which value? A variable or an lvalue" }));
      if (other === undefined || expression === undefined || expression === "") return;
      const frame = frameId();
      const answer = await askAdapter<DivergenceBody>(model, REQUESTS.divergence, {
        expression,
        ...(frame === undefined ? {} : { frameId: frame }),
        branches: [history.now.branch, other.id],
      });
      if (answer === undefined) return;
      await show(answer.text, answer.points.length === 0 ? [{ text: answer.text }] : answer.points);
    }),
    command("exoscope.tryCrashes", async () => {
      const mode = await vscode.window.showQuickPick(
        [
          { label: "Drop", description: "what no barrier covered is lost", mode: "drop" },
          { label: "Keep", description: "all that was written reached the platter", mode: "keep" },
          { label: "Random", description: "some of it did, torn between sectors", mode: "random" },
        ],
        { title: "Power failure before every write: what becomes of unflushed writes?" },
      );
      if (mode === undefined) return;
      const answer = await askAdapter<CrashesBody>(model, REQUESTS.crashes, { mode: mode.mode });
      const history = answer && (await askAdapter<HistoryBody>(model, REQUESTS.history));
      if (answer === undefined || history === undefined) return;
      const items = answer.outcomes.map(({ writesDone, outcome, branch, exitCode }) => {
        const position = history.branches.find(({ id }) => id === branch)?.end;
        const verdict = exitCode === 0 ? "ok" : "FAILS";
        return {
          text: `after ${writesDone} writes ${verdict}: ${outcome}`,
          ...(position === undefined ? {} : { position }),
        };
      });
      model.shown?.reread("history");
      await show(`Power failure before every write, ${mode.mode}`, items);
    }),
  ];
}

/** The object of the kernel that a row is about. */
const objectOf = (
  subject: Subject | undefined,
): Extract<ChangeArguments, ObjectHistoryArguments> | undefined => {
  const { environment, slot, frame } = subject ?? {};
  if (frame !== undefined) return { page: frame };
  return environment === undefined || slot === undefined ? undefined : { environment, slot };
};
