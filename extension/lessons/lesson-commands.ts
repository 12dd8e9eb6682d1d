/** Lessons in VS Code: opening one, and every press and command that plays it. */
import { basename } from "node:path";
import * as vscode from "vscode";
import { isLessonName, isTourName, type Lesson, readLesson } from "#debug-adapter";
import type { KernelModel } from "../kernel-model.ts";
import { readLessonLink } from "./lesson-link.ts";
import { LessonPlayer } from "./lesson-player.ts";
import { LessonSession } from "./lesson-session.ts";
import { LessonView, type Press } from "./lesson-view.ts";
import { pageText } from "./step-page.ts";

const LESSONS_MAX = 200;
/** Folders in which lessons are not looked for. */
const NO_LESSONS = "**/node_modules/**";

export interface Lessons extends vscode.Disposable {
  /** The current step as text, for the text twin. */
  text(): string;
}

export function registerLessons(
  context: vscode.ExtensionContext,
  model: KernelModel,
  showText: () => unknown,
): Lessons {
  const session = new LessonSession(model);
  let player: LessonPlayer | undefined;
  const view = new LessonView(
    context.extensionUri,
    (press) => act(press),
    () => void close(),
  );
  const show = (news: string) => view.show(player?.page(), news);

  /** `step` is an index; where one was the last time when it is missing. */
  const open = async (uri: vscode.Uri, seed?: number, step?: number) => {
    const lesson = await read(uri, seed);
    if (lesson === undefined) return;
    const key = `lesson:${uri.toString()}`;
    const kept = context.workspaceState.get<{ seed?: number }>(key);
    const isPresenting = player?.isPresenting ?? false;
    await session.end();
    const wanted = seed ?? kept?.seed ?? 0;
    const varied = wanted === (seed ?? 0) ? lesson : ((await read(uri, wanted)) ?? lesson);
    player = new LessonPlayer(
      varied,
      wanted,
      session,
      kept,
      (progress) => context.workspaceState.update(key, progress),
      (news) => void show(news),
      () => view.focus(),
    );
    player.isPresenting = isPresenting;
    await vscode.commands.executeCommand("setContext", "exoscope.inLesson", true);
    if (vscode.window.visibleTextEditors.length === 0) await player.showFirstSource();
    await view.open();
    await player.go(step === undefined ? player.index : Math.min(step, varied.steps.length - 1));
  };

  const follow = async (link: vscode.Uri) => {
    const wanted = readLessonLink(link);
    if (typeof wanted === "string") return vscode.window.showErrorMessage(wanted);
    const { name, seed, step = 1 } = wanted;
    const [found] = await vscode.workspace.findFiles(`**/${name}.lesson.json`, NO_LESSONS, 1);
    if (found !== undefined) return open(found, seed, step - 1);
    const sample = "Open Sample Workspace";
    const answer = await vscode.window.showErrorMessage(
      `There is no ${name}.lesson.json in this folder: open the one that has it, and follow the link again.`,
      sample,
    );
    if (answer === sample) await vscode.commands.executeCommand("exoscope.openSample");
    return undefined;
  };

  const close = async () => {
    player = undefined;
    await session.end();
    await vscode.commands.executeCommand("setContext", "exoscope.inLesson", false);
    await vscode.commands.executeCommand("setContext", "exoscope.presenting", false);
  };

  const act = (press: Press): unknown => {
    switch (press.do) {
      case "answer":
        return player?.answer(press.value);
      case "step":
        return player?.go(press.index);
      case "here":
        return player?.go(player.index);
      case "next":
        return player?.next();
      case "previous":
        return player?.previous();
      case "hint":
        return player?.hint();
      case "giveUp":
        return player?.giveUp();
    }
  };

  const command = (name: string, run: (uri?: vscode.Uri) => unknown) =>
    vscode.commands.registerCommand(name, run);
  /** A command that needs a lesson says so without one. */
  const playing = (name: string, run: (player: LessonPlayer) => unknown) =>
    command(name, () => {
      if (player !== undefined) return run(player);
      return vscode.window.showInformationMessage("Open a lesson first: Exoscope: Open Lesson...");
    });

  const undo = [
    session,
    view,
    vscode.window.registerUriHandler({ handleUri: (link) => void follow(link) }),
    command("exoscope.openLesson", async (uri) => {
      const chosen = uri ?? (await chooseLesson());
      if (chosen !== undefined) await open(chosen);
    }),
    playing("exoscope.lessonNext", (it) => (it.isPresenting ? it.present() : it.next())),
    playing("exoscope.lessonPrevious", (it) => it.previous()),
    playing("exoscope.lessonHere", (it) => it.go(it.index)),
    playing("exoscope.lessonStep", async (it) => {
      const index = await chooseStep(it);
      if (index !== undefined) await it.go(index);
    }),
    playing("exoscope.lessonAnswer", async (it) => {
      const given = await askFor(it);
      if (given !== undefined) await it.answer(given);
    }),
    playing("exoscope.lessonHint", (it) => it.hint()),
    playing("exoscope.lessonGiveUp", (it) => it.giveUp()),
    playing("exoscope.lessonVary", async (it) => {
      const seed = await chooseSeed(it.seed);
      if (seed !== undefined) await open(vscode.Uri.file(it.lesson.path), seed);
    }),
    playing("exoscope.lessonExport", (it) => exportProgress(it)),
    playing("exoscope.lessonPresent", async (it) => {
      it.isPresenting = !it.isPresenting;
      await vscode.commands.executeCommand("setContext", "exoscope.presenting", it.isPresenting);
      // What a step is about it shows itself, beside the code and the lesson.
      if (it.isPresenting) {
        await vscode.commands.executeCommand("workbench.action.closeSidebar");
        await vscode.commands.executeCommand("workbench.action.closePanel");
      }
      const zoom = it.isPresenting ? "editor.action.fontZoomIn" : "editor.action.fontZoomReset";
      for (let i = 0; i < (it.isPresenting ? FONT_ZOOMS : 1); i += 1) {
        await vscode.commands.executeCommand(zoom);
      }
      await show(it.isPresenting ? "Presenting" : "Not presenting any more");
    }),
    playing("exoscope.lessonClose", () => view.close()),
    command("exoscope.showLessonAsText", () => showText()),
  ];
  return {
    text: () => (player === undefined ? "No lesson is open.\n" : pageText(player.page())),
    dispose: () => {
      for (const each of undo) each.dispose();
    },
  };
}

/** The editor's letters grow by one at a time. */
const FONT_ZOOMS = 6;

async function read(uri: vscode.Uri, seed = 0): Promise<Lesson | undefined> {
  try {
    const bytes = await vscode.workspace.fs.readFile(uri);
    return readLesson(uri.fsPath, new TextDecoder().decode(bytes), seed);
  } catch (problem) {
    await vscode.window.showErrorMessage(problem instanceof Error ? problem.message : `${problem}`);
    return undefined;
  }
}

async function chooseLesson(): Promise<vscode.Uri | undefined> {
  const active = vscode.window.activeTextEditor?.document.uri;
  const found = await vscode.workspace.findFiles(
    "{**/*.lesson.json,**/*.tour}",
    NO_LESSONS,
    LESSONS_MAX,
  );
  if (found.length === 0) {
    await vscode.window.showInformationMessage(
      "There is no lesson (*.lesson.json) or tour (*.tour) in this folder; the sample workspace has some.",
    );
    return undefined;
  }
  const items = await Promise.all(
    found.map(async (uri) => {
      const { title, minutes, misconception } = await quietly(uri);
      return {
        label: title,
        description: minutes === undefined ? "" : `${minutes} minutes`,
        detail: misconception ?? vscode.workspace.asRelativePath(uri),
        uri,
      };
    }),
  );
  const order = (label: string) => label.replace(/\d+/g, (digits) => digits.padStart(4, "0"));
  items.sort((a, b) => order(a.label).localeCompare(order(b.label)));
  const isActive = (uri: vscode.Uri) => uri.toString() === active?.toString();
  const picked = await vscode.window.showQuickPick(
    [...items.filter(({ uri }) => isActive(uri)), ...items.filter(({ uri }) => !isActive(uri))],
    { title: "Open a lesson", matchOnDescription: true, matchOnDetail: true },
  );
  return picked?.uri;
}

/** For the list: a file that cannot be read is in it by its name, and says what is wrong when it is opened. */
async function quietly(
  uri: vscode.Uri,
): Promise<Pick<Lesson, "title" | "minutes" | "misconception">> {
  const isOurs = isLessonName(uri.path) || isTourName(uri.path);
  try {
    const bytes = await vscode.workspace.fs.readFile(uri);
    if (isOurs) return readLesson(uri.fsPath, new TextDecoder().decode(bytes));
  } catch {
    // Its name says which it is.
  }
  return { title: basename(uri.fsPath) };
}

async function chooseStep(player: LessonPlayer): Promise<number | undefined> {
  const items = player.page().steps.map(({ title, isDone }, index) => ({
    label: `${isDone ? "$(check) " : ""}${index + 1}. ${title}`,
    index,
  }));
  return (await vscode.window.showQuickPick(items, { title: "Go to a step" }))?.index;
}

/** The question in a quick input, for whoever keeps the hands on the keys. */
async function askFor(player: LessonPlayer): Promise<string | undefined> {
  const { prediction } = player;
  if (prediction === undefined || !player.isAsking) {
    await vscode.window.showInformationMessage("This step asks nothing any more.");
    return undefined;
  }
  if (prediction.kind !== "choice") {
    return vscode.window.showInputBox({ title: prediction.ask, ignoreFocusOut: true });
  }
  const items = prediction.options.map(({ key, text }) => ({ label: text, key }));
  const options = { title: prediction.ask, ignoreFocusOut: true };
  return (await vscode.window.showQuickPick(items, options))?.key;
}

async function chooseSeed(seed: number): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    title: "A number that varies the lesson; 0 is the lesson as it is written",
    value: String(seed + 1),
    validateInput: (value) =>
      /^\d{1,9}$/.test(value) ? undefined : "A whole number is asked for, 0 or above.",
  });
  return text === undefined ? undefined : Number(text);
}

async function exportProgress(player: LessonPlayer): Promise<void> {
  const { path } = player.lesson;
  const target = await vscode.window.showSaveDialog({
    title: "Export Progress",
    defaultUri: vscode.Uri.file(path.replace(/(\.lesson\.json|\.tour)$/, ".progress.json")),
    filters: { JSON: ["json"] },
  });
  if (target === undefined) return;
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(player.exported()));
}
