/** Hands the news of every Exoscope session to whoever listens: the one place that follows VS Code's debug events. */
import * as vscode from "vscode";
import { NewsReader, type SessionNews } from "./session-news.ts";

/** The debug type in package.json. */
export const DEBUG_TYPE = "exoscope";

export interface SessionListener {
  /** An adapter was started for the session, at launch and at each restart. */
  began(session: vscode.DebugSession): void;
  heard(session: vscode.DebugSession, news: SessionNews): void;
  /** The session is over, or its adapter is about to be replaced. */
  ended(session: vscode.DebugSession): void;
}

export function observeSessions(listeners: readonly SessionListener[]): vscode.Disposable {
  return vscode.debug.registerDebugAdapterTrackerFactory(DEBUG_TYPE, {
    createDebugAdapterTracker(session) {
      const reader = new NewsReader();
      const tell = (news: SessionNews | undefined) => {
        if (news !== undefined) for (const listener of listeners) listener.heard(session, news);
      };
      return {
        onWillStartSession: () => {
          for (const listener of listeners) listener.began(session);
        },
        onWillReceiveMessage: (message) => tell(reader.fromClient(message)),
        onDidSendMessage: (message) => tell(reader.fromAdapter(message)),
        onWillStopSession: () => {
          for (const listener of listeners) listener.ended(session);
        },
      };
    },
  });
}
