/** *What If*: a kernel call that nobody makes, asked for in three questions. The answer stays in the History view. */
import * as vscode from "vscode";
import {
  type CallsBody,
  type EnvironmentsBody,
  type HistoryBody,
  REQUESTS,
  type WhatIfBody,
} from "../debug-adapter/protocol.ts";
import { askAdapter } from "./history-commands.ts";
import type { Answer, KernelModel } from "./kernel-model.ts";

type Call = CallsBody["calls"][number];

export function registerWhatIf(
  model: KernelModel,
  showHistory: () => Promise<void>,
): vscode.Disposable {
  return vscode.commands.registerCommand("exoscope.whatIf", () => askWhatIf(model, showHistory));
}

/** Asks for environment, call and arguments, and shows the answer. */
export async function askWhatIf(
  model: KernelModel,
  showHistory: () => Promise<void>,
): Promise<void> {
  const body = await askAdapter<EnvironmentsBody>(model, REQUESTS.environments);
  if (body === undefined) return;
  const environment = await pickEnvironment(body, model.shown?.focused);
  if (environment === undefined) return;
  const calls = await askAdapter<CallsBody>(model, REQUESTS.calls);
  const call = calls && (await pickCall(calls.calls));
  if (call === undefined) return;
  const given = await inputArguments(call);
  if (given === undefined) return;
  const args = { environment: environment.id, call: call.name, arguments: given };
  const answer = await askAdapter<WhatIfBody>(model, REQUESTS.whatIf, args);
  const history = answer && (await askAdapter<HistoryBody>(model, REQUESTS.history));
  if (answer === undefined || history === undefined) return;
  model.shown?.keepAnswer({
    title: `What if ${environment.label} called ${call.name}(${given.join(", ")})?`,
    items: whatIfItems(answer),
    askedAt: history.now,
  });
  await showHistory();
  await vscode.window.showInformationMessage(answer.text);
}

/** The sentence, each guard that was asked, and what would have sufficed. */
export function whatIfItems({ text, trail, sufficient }: WhatIfBody): Answer["items"] {
  const guards = trail.map(({ guard, holds, isWeakened, because, place }) => {
    const verdict = holds ? "holds" : isWeakened ? "is weakened" : "refuses";
    const where = place === undefined ? "" : ` (${place.file}:${place.line})`;
    return { text: `'${guard}' ${verdict}: ${because}${where}` };
  });
  return [{ text }, ...guards, ...sufficient.map((item) => ({ text: item.text }))];
}

async function pickEnvironment({ environments }: EnvironmentsBody, focused: number | undefined) {
  const items = environments
    .filter(({ state, isLauncher }) => state !== "destroyed" && !isLauncher)
    .map(({ id, name, stateText }) => ({ label: name, description: stateText, id }));
  const [only] = items;
  if (items.length === 1) return only;
  // The one that is looked at comes first, so that Enter chooses it.
  items.sort((a, b) => Number(b.id === focused) - Number(a.id === focused));
  return vscode.window.showQuickPick(items, { title: "What if who made a kernel call?" });
}

async function pickCall(calls: readonly Call[]): Promise<Call | undefined> {
  const items = calls.map((call) => ({
    label: call.name,
    description: call.parameters.map(({ name }) => name).join(", "),
    detail: call.meaning,
    call,
  }));
  const options = { title: "Which call?", matchOnDescription: true };
  return (await vscode.window.showQuickPick(items, options))?.call;
}

async function inputArguments({ name, parameters }: Call): Promise<string[] | undefined> {
  if (parameters.length === 0) return [];
  const names = parameters.map((each) => each.name).join(", ");
  const text = await vscode.window.showInputBox({
    title: `${name}(${names})`,
    prompt: parameters.map((each) => `${each.name}: ${each.meaning}`).join(" \u00b7 "),
    placeHolder:
      "Numbers, EXO_ANY, EXO_SLOT_MEMORY, EXO_RIGHT_READ | EXO_RIGHT_WRITE, names of environments",
    validateInput: (value) => argumentsProblem(value, parameters),
    ignoreFocusOut: true,
  });
  return text === undefined ? undefined : argumentsOf(text);
}

/** `0, 1, EXO_ANY` */
export const argumentsOf = (text: string): string[] => text.split(",").map((each) => each.trim());

/** Why a text is no list of arguments; undefined if it may be one. */
export function argumentsProblem(text: string, parameters: Call["parameters"]): string | undefined {
  const given = argumentsOf(text);
  const needed = parameters.filter(({ name }) => !name.startsWith("bytes")).length;
  const isCounted = given.length >= needed && given.length <= parameters.length;
  return isCounted && given.every((each) => each !== "")
    ? undefined
    : `${needed === 1 ? "One argument" : `${needed} arguments`}, with commas between: ${parameters.map(({ name }) => name).join(", ")}.`;
}
