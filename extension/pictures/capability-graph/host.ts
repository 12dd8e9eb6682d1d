/** The capability graph's end in VS Code. */
import * as vscode from "vscode";
import { type EventsBody, REQUESTS } from "../../../debug-adapter/protocol.ts";
import type { KernelModel, SessionModel } from "../../kernel-model.ts";
import { pictureText } from "../../text-twins.ts";
import { environmentMarks } from "../environment-marks.ts";
import { PictureHost } from "../panel.ts";
import type { CapabilityGraphOrder, CapabilityGraphWish } from "./messages.ts";
import { type CapabilityGraphBody, keyOf } from "./model.ts";
import { capabilityGraphText } from "./twin.ts";

const COMMANDS: ReadonlySet<string> = new Set([
  "exoscope.showCapability",
  "exoscope.showEnvironment",
  "exoscope.historyOfObject",
  "exoscope.breakOnCapability",
  "exoscope.goToGrant",
]);
/** Among so many of the newest events a refusal is looked for. */
const EVENTS_LOOKED_AT = 2000;

export class CapabilityGraph implements vscode.Disposable {
  readonly #model: KernelModel;
  readonly #undo: vscode.Disposable[];

  constructor(model: KernelModel, extensionUri: vscode.Uri) {
    this.#model = model;
    const host = new PictureHost<CapabilityGraphBody, CapabilityGraphOrder, CapabilityGraphWish>(
      {
        name: "capability-graph",
        id: "exoscope.capabilityGraph",
        title: "Capability Graph",
        parts: ["capabilities"],
        bodyOf: (session) => bodyOf(session),
        heard: (wish) => heard(wish),
      },
      model,
      extensionUri,
      "editor",
    );
    this.#undo = [
      host,
      vscode.commands.registerCommand("exoscope.showCapabilityGraph", () => host.show()),
    ];
  }

  dispose(): void {
    for (const each of this.#undo) each.dispose();
  }

  /** The graph as text, of the session that is shown. */
  text(): Promise<string> {
    return pictureText(this.#model, "capabilities", bodyOf, capabilityGraphText);
  }
}

async function bodyOf(session: SessionModel): Promise<CapabilityGraphBody | undefined> {
  const { capabilities, environments } = session.pictures;
  if (capabilities === undefined) return undefined;
  const { now, before } = capabilities;
  const isThere = new Set(now.capabilities.map(identityOf));
  const was = new Set(before?.capabilities.map(identityOf));
  return {
    step: now.step,
    capabilities: now.capabilities,
    gone: before?.capabilities.filter((item) => !isThere.has(identityOf(item))) ?? [],
    added:
      before === undefined
        ? []
        : now.capabilities.filter((item) => !was.has(identityOf(item))).map(keyOf),
    refusals: await refusalsOf(session),
    environments: environmentMarks(environments?.now.environments ?? []),
  };
}

/** A slot that was emptied and filled again holds another capability. */
const identityOf = (item: { environment: number; slot: number; step: number }): string =>
  `${keyOf(item)}:${item.step}`;

async function refusalsOf(session: SessionModel): Promise<CapabilityGraphBody["refusals"]> {
  try {
    const body = (await session.session.customRequest(REQUESTS.events, {
      limit: EVENTS_LOOKED_AT,
    })) as EventsBody;
    return body.events
      .filter(({ kind, slot }) => kind === "refused" && slot !== undefined)
      .map(({ environment, slot, text, step }) => ({ environment, slot, text, step }));
  } catch {
    // The session has just ended: the graph is of its last stop.
    return [];
  }
}

async function heard(wish: CapabilityGraphWish): Promise<void> {
  if (wish.kind === "dot") {
    await vscode.commands.executeCommand("exoscope.showCapabilitiesAsDot");
  } else if (COMMANDS.has(wish.command)) {
    const { command, subject, label } = wish;
    await vscode.commands.executeCommand(command, { subject, label });
  }
}
