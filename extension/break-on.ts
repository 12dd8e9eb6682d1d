/**
 * Breakpoints on objects of the kernel, from their rows. VS Code's API lets no extension add a data breakpoint (its class is
 * not public), so they are the adapter's own: it lists them in the debug console and forgets them with the session.
 */
import * as vscode from "vscode";
import { type BreakOnArguments, type KernelObject, REQUESTS } from "../debug-adapter/protocol.ts";
import type { KernelModel } from "./kernel-model.ts";
import type { Subject } from "./views/row.ts";

const pageOf = ({ frame }: Subject): string | undefined =>
  frame === undefined ? undefined : `page:0x${frame.toString(16)}`;

/** What each command watches of a row's subject (docs/dap.md, Data breakpoints), and what the row must be about for that. */
export const WATCHES: Readonly<
  Record<string, { readonly what: string; readonly of: (subject: Subject) => string | undefined }>
> = {
  "exoscope.breakOnOwner": {
    what: "a page",
    of: (subject) => pageOf(subject) && `${pageOf(subject)}:owner`,
  },
  "exoscope.breakOnPage": { what: "a page", of: pageOf },
  "exoscope.breakOnCapability": {
    what: "a capability",
    of: ({ environment, slot }) =>
      environment === undefined || slot === undefined
        ? undefined
        : `capability:${environment}:${slot}`,
  },
};

/** Asks the shown session to stop for what is watched. */
export async function breakOn(model: KernelModel, dataId: string): Promise<void> {
  const args: BreakOnArguments = { dataId };
  await ask(model, REQUESTS.breakOn, args);
}

/** Asks the shown session to stop when an object changes: its owner, what is in the slot, the binding. */
export async function breakOnObject(model: KernelModel, object: KernelObject): Promise<void> {
  const args: BreakOnArguments = { dataId: watchOf(object) };
  await ask(model, REQUESTS.breakOn, args);
}

/** The name of what is watched of an object. */
export function watchOf(object: KernelObject): string {
  if ("page" in object) return `page:0x${object.page.toString(16)}:owner`;
  if (!("environment" in object)) {
    const [[kind, number] = []] = Object.entries(object);
    return `${kind}:${number}`;
  }
  const { environment, slot, address } = object;
  if (slot !== undefined) return `capability:${environment}:${slot}`;
  if (address !== undefined) return `binding:${environment}:0x${address.toString(16)}`;
  return `environment:${environment}`;
}

/** Removes all of them. */
export async function breakOff(model: KernelModel): Promise<void> {
  await ask(model, REQUESTS.breakOff, {});
}

async function ask(model: KernelModel, request: string, args: object): Promise<void> {
  try {
    await model.shown?.session.customRequest(request, args);
  } catch (problem) {
    await vscode.window.showErrorMessage(problem instanceof Error ? problem.message : `${problem}`);
  }
}
