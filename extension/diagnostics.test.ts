import { beforeEach, expect, test } from "vitest";
import { type DebugSession, type Diagnostic, Uri } from "vscode";
import { CompilerDiagnostics, diagnosticOf } from "./diagnostics.ts";
import { stub } from "./testing/vscode-stub.ts";

const finding = (path: string, severity: "error" | "warning" | "note" = "error") => ({
  path,
  line: 10,
  column: 18,
  severity,
  message: "use of undeclared identifier 'countr'",
});
const session = (program: string) => ({ configuration: { program } }) as unknown as DebugSession;

beforeEach(() => {
  stub.commands.length = 0;
  stub.diagnostics.clear();
});

test("a compiler's line and column count from 1, VS Code's from 0", () => {
  const { range, severity, source } = diagnosticOf(finding("/w/a.c"));
  expect(range.start).toMatchObject({ line: 9, character: 17 });
  expect([severity, source]).toEqual([0, "exoscope"]);
  expect(diagnosticOf({ ...finding("/w/a.c"), line: 0, column: 0 }).range.start).toMatchObject({
    line: 0,
    character: 0,
  });
});

test("findings stand at their files, and the panel is shown for errors only", () => {
  const diagnostics = new CompilerDiagnostics();
  const news = { kind: "diagnostics" as const, diagnostics: [finding("/w/a.h", "warning")] };
  diagnostics.heard(session("/w/a.c"), news);
  expect([...stub.diagnostics.keys()]).toEqual(["/w/a.h"]);
  expect(stub.commands).toEqual([]);
  diagnostics.heard(session("/w/a.c"), { ...news, diagnostics: [finding("/w/a.c")] });
  expect([...stub.diagnostics.keys()]).toEqual(["/w/a.c"]);
  expect(stub.commands).toEqual([["workbench.panel.markers.view.focus"]]);
});

test("the next launch of a program clears its findings, also in headers, and no others", () => {
  const diagnostics = new CompilerDiagnostics();
  const heard = (program: string, path: string) =>
    diagnostics.heard(session(program), { kind: "diagnostics", diagnostics: [finding(path)] });
  heard("/w/a.c", "/w/a.h");
  heard("/w/b.c", "/w/b.c");
  diagnostics.began(session("/w/a.c"));
  expect([...stub.diagnostics.keys()]).toEqual(["/w/b.c"]);
});

test("what the check of a typed text shows already is not shown by a launch, and the linker's findings stay", () => {
  const diagnostics = new CompilerDiagnostics();
  const uri = Uri.file("/w/a.c");
  diagnostics.checkedAsTyped(uri, [diagnosticOf(finding("/w/a.c"))]);
  const linker = {
    ...finding("/w/a.c"),
    line: 1,
    message: "'f' is defined twice",
    origin: "linker" as const,
  };
  const other = { ...finding("/w/a.c"), line: 20 };
  const news = { kind: "diagnostics" as const, diagnostics: [finding("/w/a.c"), other, linker] };
  diagnostics.heard(session("/w/a.c"), news);
  const lines = () =>
    (stub.diagnostics.get("/w/a.c") as Diagnostic[]).map(({ range }) => range.start.line);
  expect(lines()).toEqual([19, 0]);
  diagnostics.checkedAsTyped(uri, []);
  expect(lines()).toEqual([0]);
  diagnostics.notCheckedAnyMore(uri);
  diagnostics.heard(session("/w/a.c"), news);
  expect(lines()).toEqual([9, 19, 0]);
});
