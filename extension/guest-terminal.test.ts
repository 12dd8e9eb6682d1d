import { beforeEach, expect, test } from "vitest";
import type { DebugSession } from "vscode";
import { forDisplay, forGuest, GuestTerminals } from "./guest-terminal.ts";
import { type StubTerminal, stub } from "./testing/vscode-stub.ts";

beforeEach(() => {
  stub.terminals.length = 0;
  stub.configuration.clear();
});

/** A session, and what its terminal shows. */
function started(
  configuration: object = { program: "/w/echo.c" },
  terminals = new GuestTerminals(),
) {
  const sent: unknown[] = [];
  const session = {
    id: `${Math.random()}`,
    name: "echo",
    configuration,
    customRequest: async (...request: unknown[]) => {
      sent.push(request);
    },
  } as unknown as DebugSession;
  terminals.began(session);
  const terminal = stub.terminals.at(-1) as StubTerminal;
  let text = "";
  terminal?.pty.onDidWrite((more) => {
    text += more;
  });
  return { terminals, session, sent, terminal, text: () => text };
}

test("guests' newlines become a terminal's, and Enter becomes a newline", () => {
  expect(forDisplay("a\nb\r\n")).toBe("a\r\nb\r\n");
  expect(forGuest("ab\r")).toBe("ab\n");
  expect(forGuest("a\r\nb")).toBe("a\nb");
  expect(forGuest("\u007f\u0003\u001b[A")).toBe("\u007f\u0003\u001b[A");
});

test("a session opens a terminal of its own without taking the keyboard", () => {
  const { terminal } = started();
  expect(terminal.name).toBe("Exoscope: echo.c");
  expect(terminal.shown).toEqual([true]);
});

test("what guests wrote before the terminal was drawn is not lost", () => {
  const { terminals, session, terminal, text } = started();
  terminals.heard(session, { kind: "console", text: "early\n" });
  expect(text()).toBe("");
  terminal.pty.open();
  terminals.heard(session, { kind: "console", text: "late\n" });
  expect(text()).toBe("early\r\nlate\r\n");
});

test("typed bytes go to the guests and are not echoed", () => {
  const { terminal, sent, text } = started();
  terminal.pty.open();
  terminal.pty.handleInput("hi\r");
  expect(sent).toEqual([["exo/consoleInput", { text: "hi\n" }]]);
  expect(text()).toBe("");
});

test("with local echo typed text is shown at once", () => {
  stub.configuration.set("exoscope.localEcho", true);
  const { terminal, text } = started();
  terminal.pty.open();
  terminal.pty.handleInput("hi\r");
  expect(text()).toBe("hi\r\n");
});

test("the last line says how it ended, and nothing is sent after", () => {
  const { terminals, session, terminal, sent, text } = started();
  terminal.pty.open();
  terminals.heard(session, { kind: "exited", status: 3 });
  terminals.heard(session, { kind: "ended" });
  terminals.ended(session);
  expect(text()).toContain("echo.c: finished, status 3");
  expect(text().match(/finished/g)).toHaveLength(1);
  terminal.pty.handleInput("x");
  expect(sent).toEqual([]);
});

test("a session that never wrote anything leaves no terminal", () => {
  const { terminals, session, terminal, text } = started();
  terminal.pty.open();
  terminals.ended(session);
  expect(text()).toBe("");
  expect(terminal.isDisposed).toBe(true);
});

test("a session that was stopped by the user says so", () => {
  const { terminals, session, terminal, text } = started();
  terminal.pty.open();
  terminals.heard(session, { kind: "console", text: "running\n" });
  terminals.ended(session);
  expect(text()).toContain("echo.c: stopped");
});

test("the next run of the same program takes the finished terminal over; a parallel one gets its own", () => {
  const first = started();
  first.terminal.pty.open();
  first.terminals.heard(first.session, { kind: "exited", status: 0 });
  first.terminals.ended(first.session);
  const second = started({ program: "/w/echo.c" }, first.terminals);
  expect(stub.terminals).toHaveLength(1);
  expect(second.terminal).toBe(first.terminal);
  started({ program: "/w/echo.c" }, first.terminals);
  expect(stub.terminals).toHaveLength(2);
});

test("with the debug console there is no terminal", () => {
  started({ program: "/w/echo.c", console: "debugConsole" });
  expect(stub.terminals).toEqual([]);
});
