/** Completion and links of the names in scenarios, grading specifications and lessons: files, marks in sources, environments. */
import * as vscode from "vscode";
import {
  environmentsOf,
  filesIn,
  formatOf,
  isOf,
  marksOf,
  type NameAt,
  nameAt,
  subjectOf,
} from "./json-names.ts";

const FILES = [
  { pattern: "**/*.exo.json" },
  { pattern: "**/*.grade.json" },
  { pattern: "**/*.lesson.json" },
];
const NOT_LOOKED_INTO = "**/{node_modules,.git}/**";
/** More files than anybody reads in a list. */
const FILES_MAX = 2000;
/** Sources in which a mark is looked for when none is named. */
const SOURCES_MAX = 50;

export function registerJsonNames(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerCompletionItemProvider(FILES, { provideCompletionItems }, '"', "/"),
    vscode.languages.registerDocumentLinkProvider(FILES, { provideDocumentLinks }),
  );
}

async function provideCompletionItems(
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<vscode.CompletionItem[]> {
  const format = formatOf(document.uri.path);
  const text = document.getText();
  const at = format && nameAt(format, text, document.offsetAt(position));
  if (at === undefined) return [];
  const range = new vscode.Range(document.positionAt(at.start), document.positionAt(at.end));
  const names = await namesFor(at, document.uri, text);
  return names.map(([name, kind], i) => {
    const quoted = JSON.stringify(name);
    const item = new vscode.CompletionItem(name, kind);
    item.range = range;
    item.insertText = at.isQuoted ? quoted.slice(1, -1) : quoted;
    item.filterText = at.isQuoted ? name : quoted;
    item.sortText = String(i).padStart(5, "0");
    return item;
  });
}

async function namesFor(
  at: NameAt,
  uri: vscode.Uri,
  text: string,
): Promise<(readonly [string, vscode.CompletionItemKind])[]> {
  const { File, Constant, EnumMember } = vscode.CompletionItemKind;
  if (at.named === "mark") {
    return (await marksFor(at, uri, text)).map((name) => [name, Constant] as const);
  }
  if (at.named === "environment") {
    const subject = subjectOf(text);
    const scenario = subject?.endsWith(".json") ? await textOf(beside(uri, subject)) : "";
    return environmentsOf(scenario).map((name) => [name, EnumMember] as const);
  }
  const found = await filesOf(uri);
  return found
    .filter((path) => isOf(at.named, path))
    .map((path) => relative(uri.path, path))
    .sort((a, b) => depth(a) - depth(b) || a.localeCompare(b))
    .map((path) => [path, File] as const);
}

/** Marks of the source that is named beside it; else of all sources in the folder of what is run. */
async function marksFor(at: NameAt, uri: vscode.Uri, text: string): Promise<string[]> {
  if (at.source !== undefined) return marksOf(await textOf(beside(uri, at.source)));
  const subject = beside(uri, subjectOf(text) ?? "");
  const folder = subject.path.slice(0, subject.path.lastIndexOf("/") + 1);
  const sources = (await filesOf(uri))
    .filter((path) => path.startsWith(folder) && isOf("source", path))
    .slice(0, SOURCES_MAX);
  const texts = await Promise.all(sources.map((path) => textOf(uri.with({ path }))));
  return [...new Set(texts.flatMap(marksOf))];
}

async function provideDocumentLinks(document: vscode.TextDocument): Promise<vscode.DocumentLink[]> {
  const format = formatOf(document.uri.path);
  if (format === undefined) return [];
  const named = filesIn(format, document.getText()).filter(({ value }) => value !== "");
  const links = await Promise.all(
    named.map(async ({ value, start, end }) => {
      const target = beside(document.uri, value);
      if (!(await isFile(target))) return [];
      const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
      return [new vscode.DocumentLink(range, target)];
    }),
  );
  return links.flat();
}

async function filesOf(uri: vscode.Uri): Promise<string[]> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (folder === undefined) return [];
  const pattern = new vscode.RelativePattern(folder, "**/*");
  const found = await vscode.workspace.findFiles(pattern, NOT_LOOKED_INTO, FILES_MAX);
  return found.map(({ path }) => path).filter((path) => path !== uri.path);
}

/** The file that a name in `uri` is of. */
function beside(uri: vscode.Uri, name: string): vscode.Uri {
  return name.startsWith("/") ? uri.with({ path: name }) : vscode.Uri.joinPath(uri, "..", name);
}

function relative(from: string, to: string): string {
  const a = from.split("/").slice(0, -1);
  const b = to.split("/");
  let same = 0;
  while (same < a.length && same < b.length - 1 && a[same] === b[same]) same++;
  return [...a.slice(same).map(() => ".."), ...b.slice(same)].join("/");
}

const depth = (path: string): number => path.split("/").length;

async function textOf(uri: vscode.Uri): Promise<string> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return "";
  }
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type === vscode.FileType.File;
  } catch {
    return false;
  }
}
