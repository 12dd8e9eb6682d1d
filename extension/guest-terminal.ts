/**
 * The guests' console as a terminal of its own. What guests write is shown as it is; what is typed reaches them as raw
 * bytes. Echo and line editing are the libOS's (its `readline` does both), as behind a serial line: a program that reads
 * single bytes shows nothing of them unless it writes them. `exoscope.localEcho` makes the terminal show typed text for such.
 */
import { basename } from "node:path";
import * as vscode from "vscode";
import { REQUESTS } from "../debug-adapter/protocol.ts";
import type { SessionNews } from "./session-news.ts";
import type { SessionListener } from "./session-observer.ts";

const dim = (text: string): string => `\u001b[2m${text}\u001b[22m`;
const CLEAR = "\u001b[2J\u001b[3J\u001b[H";

/** Guests end a line with a newline alone, a terminal wants a return as well. */
export const forDisplay = (text: string): string => text.replace(/\r?\n/g, "\r\n");

/** What the keyboard gives, as the contract's raw bytes (C11): Enter is a newline. */
export const forGuest = (typed: string): string => typed.replace(/\r\n?/g, "\n");

/** The console of one program; it outlives the session, and the next session of the same program takes it over. */
class GuestTerminal implements vscode.Pseudoterminal {
  readonly #written = new vscode.EventEmitter<string>();
  readonly #closed = new vscode.EventEmitter<void>();
  readonly onDidWrite = this.#written.event;
  readonly onDidClose = this.#closed.event;
  readonly terminal: vscode.Terminal;
  readonly program: string;
  #session: vscode.DebugSession | undefined;
  #status: number | undefined;
  #hasText = false;
  /** What was written before the terminal was drawn; VS Code drops such text. */
  #early: string | undefined = "";

  constructor(program: string) {
    this.program = program;
    this.terminal = vscode.window.createTerminal({
      name: `Exoscope: ${program}`,
      pty: this,
      iconPath: new vscode.ThemeIcon("terminal"),
      isTransient: true,
    });
  }

  get isFinished(): boolean {
    return this.#session === undefined;
  }

  open(): void {
    const early = this.#early ?? "";
    this.#early = undefined;
    this.#written.fire(early);
  }

  /** The user closed it: the session goes on without. */
  close(): void {
    this.#session = undefined;
  }

  handleInput(typed: string): void {
    if (this.#session === undefined) return;
    const text = forGuest(typed);
    if (vscode.workspace.getConfiguration("exoscope").get("localEcho", false)) this.write(text);
    this.#session.customRequest(REQUESTS.consoleInput, { text }).then(undefined, () => {
      this.write("\u0007");
    });
  }

  serve(session: vscode.DebugSession): void {
    this.#session = session;
    this.#status = undefined;
    this.#hasText = false;
    if (this.#early === undefined) this.#written.fire(CLEAR);
    else this.#early = "";
    this.terminal.show(true);
  }

  write(text: string): void {
    this.#hasText ||= text !== "";
    if (this.#early === undefined) this.#written.fire(forDisplay(text));
    else this.#early += forDisplay(text);
  }

  exited(status: number): void {
    this.#status = status;
  }

  finish(): void {
    if (this.#session === undefined) return;
    if (this.#status === undefined && !this.#hasText) {
      // It never ran, for want of a compiler or of correct C: an empty terminal says nothing.
      this.#session = undefined;
      this.terminal.dispose();
      return;
    }
    const how = this.#status === undefined ? "stopped" : `finished, status ${this.#status}`;
    this.#session = undefined;
    this.write(`\r\n${dim(`${this.program}: ${how}`)}\r\n`);
  }
}

export class GuestTerminals implements SessionListener {
  readonly #terminals = new Set<GuestTerminal>();
  readonly #bySession = new Map<string, GuestTerminal>();
  readonly #closing: vscode.Disposable;

  constructor() {
    this.#closing = vscode.window.onDidCloseTerminal((closed) => {
      for (const guest of this.#terminals) {
        if (guest.terminal === closed) this.#terminals.delete(guest);
      }
    });
  }

  began(session: vscode.DebugSession): void {
    const { program = session.name } = session.configuration as { program?: string };
    this.#serve(session, program);
  }

  #serve(session: vscode.DebugSession, program: string): void {
    const { console = "terminal" } = session.configuration as { console?: string };
    if (console !== "terminal") return;
    const guest = this.#terminalFor(basename(program));
    this.#bySession.set(session.id, guest);
    guest.serve(session);
  }

  heard(session: vscode.DebugSession, news: SessionNews): void {
    if (news.kind === "relaunched") {
      this.ended(session);
      this.#serve(session, news.program);
      return;
    }
    const guest = this.#bySession.get(session.id);
    if (news.kind === "console") guest?.write(news.text);
    if (news.kind === "exited") guest?.exited(news.status);
    if (news.kind === "ended") guest?.finish();
  }

  ended(session: vscode.DebugSession): void {
    this.#bySession.get(session.id)?.finish();
    this.#bySession.delete(session.id);
  }

  dispose(): void {
    this.#closing.dispose();
    for (const { terminal } of this.#terminals) terminal.dispose();
  }

  #terminalFor(program: string): GuestTerminal {
    for (const guest of this.#terminals) {
      if (guest.program === program && guest.isFinished) return guest;
    }
    const guest = new GuestTerminal(program);
    this.#terminals.add(guest);
    return guest;
  }
}
