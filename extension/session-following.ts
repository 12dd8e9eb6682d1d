/** Keeps the model at the session and frame that the user looks at, and the context keys that menus and views test. */
import * as vscode from "vscode";
import type { KernelModel } from "./kernel-model.ts";
import { DEBUG_TYPE, type SessionListener } from "./session-observer.ts";
import type { Walkthrough } from "./walkthrough.ts";

const setContext = (key: string, value: boolean): void => {
  vscode.commands.executeCommand("setContext", key, value);
};

/** `firstStop` is called when a session stops for the first time. */
export function followSessions(
  model: KernelModel,
  walkthrough: Walkthrough,
  firstStop: () => void,
): SessionListener & vscode.Disposable {
  const undo = [
    vscode.debug.onDidChangeActiveDebugSession((session) => {
      if (session?.type === DEBUG_TYPE) model.show(session.id);
    }),
    vscode.debug.onDidChangeActiveStackItem((item) => {
      walkthrough.looksAt(item);
      if (item === undefined) return;
      const frameId = item instanceof vscode.DebugStackFrame ? item.frameId : undefined;
      model.session(item.session.id)?.focus(item.threadId, frameId);
    }),
  ];
  const stopped = new Set<string>();
  return {
    began: (session) => {
      stopped.delete(session.id);
      model.begin(session);
      setContext("exoscope.inSession", true);
    },
    heard: (session, news) => {
      if (news.kind === "relaunched") model.begin(session);
      else model.session(session.id)?.hear(news);
      const { id } = session;
      if (news.kind !== "stopped" || stopped.has(id)) return;
      stopped.add(id);
      firstStop();
    },
    ended: ({ id }) => {
      model.end(id);
      setContext("exoscope.inSession", model.shown !== undefined);
    },
    dispose: () => {
      for (const each of undo) each.dispose();
    },
  };
}
