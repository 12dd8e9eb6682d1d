/** Plays one lesson: where one is, what was predicted, what the run says. Draws nothing itself. */
import * as vscode from "vscode";
import {
  changed,
  exported,
  hintAfter,
  isDone,
  isOpen,
  isRightAnswer,
  type Lesson,
  lineOfAnchor,
  newProgress,
  type Prediction,
  type Progress,
  pathFrom,
  problemOfAnswer,
  restored,
  type StepProgress,
} from "#debug-adapter";
import type { LessonBody } from "../../debug-adapter/protocol.ts";
import type { LessonSession } from "./lesson-session.ts";
import type { Page, PageQuestion, StepLine } from "./step-page.ts";

type Examined = LessonBody["steps"][number];

export class LessonPlayer {
  readonly lesson: Lesson;
  readonly #session: LessonSession;
  readonly #keep: (progress: Progress) => void;
  readonly #changed: (news: string) => void;
  /** Brings the keyboard back to the lesson. */
  readonly #focus: () => void;
  #progress: Progress;
  #body: LessonBody | undefined;
  #problem: string | undefined;
  #isBusy = false;
  /** What was said to answers and asked for as hints, by step. */
  readonly #said = new Map<number, string[]>();
  isPresenting = false;

  /** `kept` is the progress of an earlier day; `keep` gets what it is from now on; `changed` gets what to say of it. */
  constructor(
    lesson: Lesson,
    seed: number,
    session: LessonSession,
    kept: unknown,
    keep: (progress: Progress) => void,
    onChange: (news: string) => void,
    focus: () => void,
  ) {
    this.#focus = focus;
    this.lesson = lesson;
    this.#session = session;
    this.#keep = keep;
    this.#changed = onChange;
    const old = restored(lesson, kept);
    this.#progress = old?.seed === seed ? old : newProgress(lesson, seed);
  }

  get index(): number {
    return this.#progress.current;
  }

  get prediction(): Prediction | undefined {
    return this.lesson.steps[this.index]?.predict;
  }

  /** Whether the current step still waits for an answer. */
  get isAsking(): boolean {
    return !isOpen(this.prediction, this.#step);
  }

  get #step(): StepProgress {
    return this.#stepAt(this.index);
  }

  #stepAt(index: number): StepProgress {
    const step = this.#progress.steps[index];
    if (step === undefined) throw new Error(`assertion failed: no step ${index}`);
    return step;
  }

  /** Shows the source that comes first, so that there is code for the lesson to stand beside. */
  async showFirstSource(): Promise<void> {
    const { steps } = this.lesson;
    const own = steps[this.index]?.anchor === undefined ? undefined : this.index;
    const index = own ?? steps.findIndex(({ anchor }) => anchor !== undefined);
    // What is wrong with an anchor is said when its step is opened.
    await this.#showAnchor(index).catch(() => undefined);
  }

  /** Opens a step: shows its place and goes to its moment. What goes wrong is shown in the step. */
  async go(index: number): Promise<void> {
    const step = this.lesson.steps[index];
    if (step === undefined || this.#isBusy) return;
    this.#set({ ...this.#progress, current: index });
    const { title } = step;
    await this.#busily(`Step ${index + 1}, ${title}`, async () => {
      for (const command of step.commands) await vscode.commands.executeCommand(command);
      if (!this.#session.isMoment(this.lesson, index)) {
        await this.#showAnchor(index);
      } else {
        this.#body = await this.#session.ask(this.lesson, this.#progress.seed, index);
        const examined = this.#examined(index);
        const [problem] = examined?.problems ?? [];
        if (problem !== undefined)
          this.#problem = `${problem} The lesson and the program do not agree.`;
        if (examined?.at === undefined) return;
        await this.#session.goTo(examined.at);
        await this.#session.mark(`Step ${index + 1}: ${title}`, this.lesson.title);
      }
      if (step.view !== undefined) {
        await vscode.commands.executeCommand(`${step.view}.focus`);
        this.#focus();
      }
      this.#change({ isSeen: true });
    });
  }

  next(): Promise<void> {
    return this.go(this.index + 1);
  }

  /** For two keys: what is asked is answered first, and the key after that goes on. */
  present(): Promise<void> {
    return this.isAsking ? this.giveUp() : this.next();
  }

  previous(): Promise<void> {
    return this.go(this.index - 1);
  }

  async answer(given: string): Promise<void> {
    const { prediction } = this;
    if (prediction === undefined || !this.isAsking || this.#isBusy) return;
    const slip = problemOfAnswer(prediction, given);
    if (slip !== undefined) {
      this.#changed(slip);
      this.#say(slip);
      return;
    }
    await this.#busily("", async () => {
      const examined = await this.#ask();
      const right = examined?.answer;
      if (right === undefined) {
        this.#problem = "This run has no answer to the question; is the program changed?";
        return;
      }
      const isRight = isRightAnswer(prediction, given, right);
      this.#change({ given: [...this.#step.given, given], isRight });
      if (isRight) {
        this.#said.delete(this.index);
        await this.#see(examined);
        this.#changed(`Right. ${examined?.reveal ?? ""}`);
        return;
      }
      const wrong = Object.entries(prediction.wrong).find(([key]) =>
        isRightAnswer(prediction, key, given),
      )?.[1];
      this.#say(wrong ?? "Not what happens in this run.");
    });
  }

  /** The next hint of the ladder. */
  hint(): void {
    const { prediction } = this;
    const hint = prediction && hintAfter(prediction, this.#step);
    if (hint === undefined || !this.isAsking) return;
    this.#change({ hints: this.#step.hints + 1 });
    this.#say(hint);
  }

  /** Shows the answer without a right one. */
  async giveUp(): Promise<void> {
    if (!this.isAsking || this.#isBusy) return;
    await this.#busily("", async () => {
      const examined = await this.#ask();
      this.#change({ isRevealed: true });
      await this.#see(examined);
      this.#changed(`The answer is ${examined?.answer ?? "not known"}. ${examined?.reveal ?? ""}`);
    });
  }

  /** Begins anew, as another seed varies it. */
  get seed(): number {
    return this.#progress.seed;
  }

  exported(): string {
    return `${JSON.stringify(exported(this.lesson, this.#progress), undefined, 2)}\n`;
  }

  page(): Page {
    const { index, lesson, isPresenting } = this;
    const step = lesson.steps[index];
    const examined = this.#examined(index);
    const isOver = isOpen(step?.predict, this.#step);
    const isLast = index === lesson.steps.length - 1;
    return {
      lesson: lesson.title,
      index,
      steps: lesson.steps.map((_, i) => this.#line(i)),
      title: step?.title ?? "",
      description: step?.description ?? "",
      ...(step?.predict === undefined ? {} : { question: this.#question(step.predict, examined) }),
      ...(isOver && examined?.reveal !== undefined ? { reveal: examined.reveal } : {}),
      ...(step?.notes === undefined ? {} : { notes: step.notes }),
      ...(lesson.steps[index + 1] === undefined
        ? {}
        : { nextTitle: lesson.steps[index + 1]?.title ?? "" }),
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
      isBusy: this.#isBusy,
      isPresenting,
      checks:
        isLast && isOver
          ? (this.#body?.checks ?? []).map(({ holds, reason }) => ({ holds, text: reason }))
          : [],
    };
  }

  #line(index: number): StepLine {
    const progress = this.#stepAt(index);
    const { title = "", predict } = this.lesson.steps[index] ?? {};
    const done = isDone(predict, progress);
    return {
      title,
      isDone: done,
      state: index === this.index ? "current" : done ? "done" : progress.isSeen ? "seen" : "ahead",
    };
  }

  #question(predict: Prediction, examined: Examined | undefined): PageQuestion {
    const { kind, ask, options } = predict;
    const { given, isRight, isRevealed, hints } = this.#step;
    const isOver = isRight || isRevealed;
    return {
      ...{ kind, ask, options, given, isRight, isRevealed },
      said: this.#said.get(this.index) ?? predict.hints.slice(0, hints),
      hasMoreHints: hints < predict.hints.length,
      ...(isOver && examined?.answer !== undefined ? { answer: examined.answer } : {}),
    };
  }

  async #ask(): Promise<Examined | undefined> {
    this.#body = await this.#session.ask(this.lesson, this.#progress.seed, this.index);
    return this.#examined(this.index);
  }

  /** Goes to where the answer is seen; to the step's own moment, if that could not be gone to when the step was opened. */
  async #see(examined: Examined | undefined): Promise<void> {
    const moment = examined?.seenAt ?? (this.#step.isSeen ? undefined : examined?.at);
    if (moment === undefined) return;
    await this.#session.goTo(moment);
    this.#change({ isSeen: true });
  }

  #examined(index: number): Examined | undefined {
    return this.#body?.steps.find((step) => step.index === index);
  }

  async #showAnchor(index: number): Promise<void> {
    const anchor = this.lesson.steps[index]?.anchor;
    if (anchor === undefined) return;
    const uri = vscode.Uri.file(pathFrom(this.lesson.path, anchor.file));
    const document = await vscode.workspace.openTextDocument(uri);
    const line = lineOfAnchor(anchor, document.getText());
    if (typeof line === "string") throw new Error(`${line}.`);
    const at = new vscode.Position(line - 1, 0);
    const editor = await vscode.window.showTextDocument(document, {
      viewColumn: vscode.ViewColumn.One,
      preview: true,
      preserveFocus: true,
    });
    // Nothing in the glyph margin: that is for breakpoints.
    editor.selection = new vscode.Selection(at, at);
    editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenter);
  }

  async #busily(news: string, work: () => Promise<void>): Promise<void> {
    this.#isBusy = true;
    this.#problem = undefined;
    this.#changed(news);
    try {
      await work();
    } catch (problem) {
      this.#problem = problem instanceof Error ? problem.message : String(problem);
    } finally {
      this.#isBusy = false;
      this.#changed(this.#problem ?? "");
    }
  }

  #say(text: string): void {
    const said = this.#said.get(this.index) ?? [];
    if (said.at(-1) !== text) this.#said.set(this.index, [...said, text]);
    this.#changed(text);
  }

  #change(change: Partial<StepProgress>): void {
    this.#set(changed(this.#progress, this.index, change));
  }

  #set(progress: Progress): void {
    this.#progress = progress;
    this.#keep(progress);
  }
}
