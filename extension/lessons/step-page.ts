/** What the Lesson view shows, as HTML made of plain values: no VS Code here. Markdown is rendered by whoever gives `markdown`. */

export interface StepLine {
  readonly title: string;
  readonly state: "done" | "current" | "seen" | "ahead";
  readonly isDone: boolean;
}

export interface PageQuestion {
  readonly kind: "choice" | "number" | "frame" | "text";
  readonly ask: string;
  readonly options: readonly { readonly key: string; readonly text: string }[];
  readonly given: readonly string[];
  readonly isRight: boolean;
  readonly isRevealed: boolean;
  /** The run's own answer, once it may be seen. */
  readonly answer?: string;
  /** What was said to the last answer, and the hints so far. */
  readonly said: readonly string[];
  readonly hasMoreHints: boolean;
}

export interface Page {
  readonly lesson: string;
  readonly index: number;
  readonly steps: readonly StepLine[];
  readonly title: string;
  readonly description: string;
  readonly question?: PageQuestion;
  readonly reveal?: string;
  /** For whoever teaches; only in the presenter's mode. */
  readonly notes?: string;
  readonly nextTitle?: string;
  /** Why the step cannot be shown as it should be. */
  readonly problem?: string;
  readonly isBusy: boolean;
  readonly isPresenting: boolean;
  readonly checks: readonly { readonly holds: boolean; readonly text: string }[];
}

export type Markdown = (text: string) => Promise<string>;

const STATES: Readonly<Record<StepLine["state"], string>> = {
  done: "done",
  current: "current step",
  seen: "seen",
  ahead: "not seen",
};

/** The body of the view. */
export async function pageHtml(page: Page, markdown: Markdown): Promise<string> {
  const { index, steps } = page;
  const parts = [
    `<p class="where">${escapeHtml(page.lesson)}, step ${index + 1} of ${steps.length}</p>`,
    `<h1 id="title" tabindex="-1">${escapeHtml(page.title)}</h1>`,
    page.problem === undefined
      ? ""
      : `<p class="problem" role="alert">${escapeHtml(page.problem)}</p>`,
    `<div class="prose">${await markdown(page.description)}</div>`,
    page.question === undefined ? "" : await questionHtml(page.question, page.isBusy, markdown),
    page.reveal === undefined
      ? ""
      : `<section class="reveal" aria-label="What happens"><h2>What happens</h2>${await markdown(page.reveal)}</section>`,
    page.checks.length === 0 ? "" : checksHtml(page.checks),
    page.isPresenting && page.notes !== undefined
      ? `<section class="notes" aria-label="Notes"><h2>Notes</h2>${await markdown(page.notes)}</section>`
      : "",
    page.isPresenting && page.nextTitle !== undefined
      ? `<p class="where">Next: ${escapeHtml(page.nextTitle)}</p>`
      : "",
    `<p class="buttons">${button("previous", "Previous", index === 0)}${button("next", "Next", index === steps.length - 1)}${button("here", "Go to This Moment", false)}</p>`,
    `<nav aria-label="Steps"><h2>Steps</h2><ol class="steps">${steps.map(stepHtml).join("")}</ol></nav>`,
  ];
  return parts.join("\n");
}

async function questionHtml(
  question: PageQuestion,
  isBusy: boolean,
  markdown: Markdown,
): Promise<string> {
  const { isRight, isRevealed, given, said } = question;
  const isOpen = isRight || isRevealed;
  const last = given.at(-1);
  const lines = [
    `<section class="question" aria-label="Prediction"><h2>What do you predict?</h2>`,
    await markdown(question.ask),
  ];
  if (isOpen) {
    const verdict = isRight ? "Right" : "The answer";
    const shown = question.options.find(({ key }) => key === question.answer)?.text;
    lines.push(
      `<p class="verdict ${isRight ? "right" : "given-up"}">${verdict}: <strong>${escapeHtml(shown ?? question.answer ?? "")}</strong></p>`,
    );
  } else {
    lines.push(`<form id="answer">${inputHtml(question, last)}`);
    lines.push(
      `<p class="buttons"><button type="submit"${isBusy ? " disabled" : ""}>Answer</button>`,
      `${button("hint", "Hint", !question.hasMoreHints)}${button("giveUp", "Give Up", false)}</p></form>`,
    );
    if (last !== undefined)
      lines.push(`<p class="verdict wrong">Not right: ${escapeHtml(labelOf(question, last))}</p>`);
  }
  if (!isOpen || said.length > 0) {
    lines.push(...said.map((each) => `<p class="hint">${escapeHtml(each)}</p>`));
  }
  lines.push("</section>");
  return lines.join("\n");
}

const labelOf = ({ options }: PageQuestion, given: string): string =>
  options.find(({ key }) => key === given)?.text ?? given;

function inputHtml({ kind, options, ask }: PageQuestion, last: string | undefined): string {
  if (kind === "choice") {
    const radios = options.map(
      ({ key, text }, i) =>
        `<label><input type="radio" name="answer" value="${escapeHtml(key)}"${last === key ? " checked" : ""}${i === 0 && last === undefined ? "" : ""}> ${escapeHtml(text)}</label>`,
    );
    return `<fieldset><legend class="hidden">${escapeHtml(ask)}</legend>${radios.join("")}</fieldset>`;
  }
  const mode = kind === "number" ? ` inputmode="numeric"` : "";
  const what =
    kind === "number" ? "A number" : kind === "frame" ? "A physical page, as 0x92" : "A word";
  return `<label>${what} <input name="answer" type="text"${mode} autocomplete="off" value="${escapeHtml(last ?? "")}"></label>`;
}

function checksHtml(checks: Page["checks"]): string {
  const lines = checks.map(
    ({ holds, text }) =>
      `<li class="${holds ? "holds" : "fails"}">${holds ? "holds" : "fails"}: ${escapeHtml(text)}</li>`,
  );
  return `<section aria-label="Check"><h2>Check</h2><ul class="checks">${lines.join("")}</ul></section>`;
}

function stepHtml({ title, state, isDone }: StepLine, index: number): string {
  const current = state === "current" ? ' aria-current="step"' : "";
  const said = isDone && state === "current" ? "done, current step" : STATES[state];
  return `<li class="${state}${isDone ? " done" : ""}"><button type="button" data-do="step" data-index="${index}"${current} aria-label="Step ${index + 1}, ${escapeHtml(title)}, ${said}"><span class="tick" aria-hidden="true">${isDone ? "&#10003;" : ""}</span>${escapeHtml(title)}</button></li>`;
}

const button = (action: string, label: string, isDisabled: boolean): string =>
  `<button type="button" data-do="${action}"${isDisabled ? " disabled" : ""}>${label}</button>`;

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** The same page as text: for the accessible view, for searching and for a question to a teacher. */
export function pageText(page: Page): string {
  const { question } = page;
  const answer = question?.answer;
  const label = question?.options.find(({ key }) => key === answer)?.text ?? answer;
  return [
    `${page.lesson}, step ${page.index + 1} of ${page.steps.length}`,
    page.title,
    ...(page.problem === undefined ? [] : [page.problem]),
    "",
    page.description,
    ...(question === undefined
      ? []
      : [
          "",
          `Predict: ${question.ask}`,
          ...question.options.map(({ text }) => `  - ${text}`),
          ...question.given.map((each) => `You said: ${labelOf(question, each)}`),
          ...question.said.map((each) => `Hint: ${each}`),
          ...(label === undefined ? [] : [`Answer: ${label}`]),
        ]),
    ...(page.reveal === undefined ? [] : ["", page.reveal]),
    ...(page.checks.length === 0
      ? []
      : ["", ...page.checks.map(({ holds, text }) => `${holds ? "holds" : "fails"}: ${text}`)]),
    "",
    "Steps",
    ...page.steps.map(
      ({ title, state, isDone }, i) =>
        `${isDone ? "[x]" : "[ ]"} ${i + 1}. ${title}${state === "current" ? " (current)" : ""}`,
    ),
    "",
  ].join("\n");
}
