/** Commands about time: steps back, going to a moment, marks, branches. Questions to the past are in past-questions.ts. */
import * as vscode from "vscode";
import {
  type GoToArguments,
  type GoToEventArguments,
  type HistoryBody,
  REQUESTS,
  type StepBackArguments,
} from "../debug-adapter/protocol.ts";
import type { KernelModel } from "./kernel-model.ts";
import { isNot, rowCommand } from "./row-command.ts";
import { grouped, type Row } from "./views/row.ts";

/** Kinds of kernel events that one goes to, by what a person calls them. */
const EVENT_KINDS: readonly { readonly label: string; readonly kinds?: readonly string[] }[] = [
  { label: "Any event" },
  { label: "Upcall", kinds: ["upcall", "doubleUpcall"] },
  { label: "Protected control transfer", kinds: ["transfer"] },
  { label: "Page allocated or freed", kinds: ["allocated", "freed"] },
  { label: "Binding made or broken", kinds: ["bound", "unbound", "evicted"] },
  {
    label: "Capability derived, offered, accepted or removed",
    kinds: ["derived", "offered", "accepted", "removed"],
  },
  { label: "Refusal", kinds: ["refused"] },
  {
    label: "Revocation: shortage, request, order, force",
    kinds: ["shortage", "asked", "insisted", "complied", "repossessed", "lost"],
  },
  { label: "Slice begins or ends", kinds: ["sliceBegan", "sliceEnded"] },
  { label: "Disk request or completion", kinds: ["diskRequest", "diskComplete"] },
  { label: "Packet sent or arrived", kinds: ["packetSent", "packetLeft", "packet"] },
  {
    label: "Packet filter or ring",
    kinds: ["filterInserted", "filterRemoved", "ringSet"],
  },
  {
    label: "Environment created, started or destroyed",
    kinds: ["created", "started", "destroyed"],
  },
  {
    label: "Input or change from outside",
    kinds: ["consoleInput", "intervention", "powerFailed", "poweredOn"],
  },
];

/** Asks the session that is shown; what goes wrong is said. Undefined then, and without a session. */
export async function askAdapter<Body>(
  model: KernelModel,
  request: string,
  args: object = {},
): Promise<Body | undefined> {
  const session = model.shown?.session;
  if (session === undefined || model.phase !== "stopped") {
    await vscode.window.showInformationMessage(
      "Pause a program first: only what stands still can be asked.",
    );
    return undefined;
  }
  try {
    return (await session.customRequest(request, args)) as Body;
  } catch (problem) {
    await vscode.window.showErrorMessage(problem instanceof Error ? problem.message : `${problem}`);
    return undefined;
  }
}

export function registerHistoryCommands(
  model: KernelModel,
  chosen: () => Row | undefined,
): vscode.Disposable[] {
  let lastKind: string | undefined;
  const command = (name: string, run: (row?: Row) => unknown) =>
    vscode.commands.registerCommand(name, run);
  const goTo = (args: GoToArguments) => askAdapter(model, REQUESTS.goTo, args);
  const history = () => askAdapter<HistoryBody>(model, REQUESTS.history);
  const stepBack = (kind: "into" | "out") => {
    const threadId = model.shown?.threadId;
    if (threadId === undefined) return undefined;
    const args: StepBackArguments = { threadId, kind };
    return askAdapter(model, REQUESTS.stepBack, args);
  };
  const goToEvent = async (direction: GoToEventArguments["direction"]) => {
    const items = [...EVENT_KINDS].sort(
      (a, b) => Number(b.label === lastKind) - Number(a.label === lastKind),
    );
    const picked = await vscode.window.showQuickPick(items, {
      title:
        direction === "next" ? "Go to the next kernel event" : "Go to the previous kernel event",
    });
    if (picked === undefined) return;
    lastKind = picked.label;
    const args: GoToEventArguments = {
      direction,
      ...(picked.kinds === undefined ? {} : { kinds: picked.kinds }),
    };
    await askAdapter(model, REQUESTS.goToEvent, args);
  };

  return [
    command("exoscope.stepBackInto", () => stepBack("into")),
    command("exoscope.stepBackOut", () => stepBack("out")),
    command("exoscope.goToStart", () => goTo({ end: "start" })),
    command("exoscope.goToEnd", () => goTo({ end: "end" })),
    command("exoscope.nextEvent", () => goToEvent("next")),
    command("exoscope.previousEvent", () => goToEvent("previous")),
    command("exoscope.goToStep", async () => {
      const known = await history();
      if (known === undefined) return;
      const { start, end } = known;
      const text = await vscode.window.showInputBox({
        title: `Go to a step, ${grouped(start.step)} to ${grouped(end.step)}`,
        value: String(known.now.step),
        validateInput: (value) => stepProblem(value, start.step, end.step),
      });
      if (text !== undefined) await goTo({ step: stepOf(text) });
    }),
    rowCommand("exoscope.goToMoment", chosen, (row) => {
      const position = row.subject?.moment;
      return position === undefined ? isNot(row, "a moment") : goTo({ position });
    }),
    command("exoscope.setMark", async () => {
      const name = await vscode.window.showInputBox({
        title: "Set a mark at this moment: its name",
      });
      if (name === undefined) return;
      await askAdapter(model, REQUESTS.mark, name === "" ? {} : { name });
      model.shown?.reread("history");
    }),
    rowCommand("exoscope.removeMark", chosen, async (row) => {
      const mark = row.subject?.mark;
      if (mark === undefined) return isNot(row, "a mark");
      await askAdapter(model, REQUESTS.mark, { remove: mark });
      return model.shown?.reread("history");
    }),
    command("exoscope.goToMark", async () => {
      const known = await history();
      if (known === undefined) return;
      const items = known.marks.map(({ id, name, note, position }) => ({
        label: name,
        description: `step ${grouped(position.step)}`,
        detail: note,
        id,
      }));
      if (items.length === 0) {
        await vscode.window.showInformationMessage(
          "There is no mark in this history: set one first.",
        );
        return;
      }
      const picked = await vscode.window.showQuickPick(items, { title: "Go to a mark" });
      if (picked !== undefined) await goTo({ mark: picked.id });
    }),
    command("exoscope.switchBranch", async (row) => {
      const branch =
        (row ?? chosen())?.subject?.branch ??
        (await pickBranch(await history(), "Go to the end of a branch"));
      if (branch !== undefined) await askAdapter(model, REQUESTS.branch, { branch });
    }),
    command("exoscope.renameBranch", async (row) => {
      const known = await history();
      const branch = row?.subject?.branch ?? (await pickBranch(known, "Rename a branch"));
      if (branch === undefined) return;
      const value = known?.branches.find(({ id }) => id === branch)?.name ?? "";
      const name = await vscode.window.showInputBox({ title: "The branch's name", value });
      if (name === undefined || name === "") return;
      await askAdapter(model, REQUESTS.branch, { branch, name });
      model.shown?.reread("history");
    }),
  ];
}

async function pickBranch(
  history: HistoryBody | undefined,
  title: string,
): Promise<number | undefined> {
  if (history === undefined) return undefined;
  const items = history.branches.map(({ id, name, end, isCurrent }) => ({
    label: name,
    description: `to step ${grouped(end.step)}${isCurrent ? " · here" : ""}`,
    id,
  }));
  return (await vscode.window.showQuickPick(items, { title }))?.id;
}

/** `12,345` and `12345` are steps. */
const stepOf = (text: string): number => Number(text.replaceAll(",", "").trim());

/** Why a text is no step of the history; undefined if it is one. */
export function stepProblem(text: string, first: number, last: number): string | undefined {
  const step = stepOf(text);
  return text.trim() !== "" && Number.isInteger(step) && step >= first && step <= last
    ? undefined
    : `A whole number from ${grouped(first)} to ${grouped(last)}.`;
}
