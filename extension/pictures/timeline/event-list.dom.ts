/** The list of kernel events beside the picture: only the rows in sight are elements, and only those are asked for. */
import type { EventItem } from "../../../debug-adapter/protocol.ts";
import { stepText } from "./model.ts";

const ROW = 22;
const PAGE = 200;
/** More than this many pages are not kept. */
const PAGES_KEPT = 40;

export interface EventListHooks {
  readonly ask: (since: number, limit: number) => void;
  /** The user has chosen an event; `travel` when it is to be gone to. */
  readonly chosen: (event: EventItem, travel: boolean) => void;
  readonly nameOf: (environment: number) => string;
}

export class EventList {
  readonly element: HTMLElement;
  readonly #inner: HTMLElement;
  readonly #hooks: EventListHooks;
  readonly #pages = new Map<number, readonly EventItem[]>();
  readonly #asked = new Set<number>();
  #first = 0;
  #end = 0;
  #chosen: number | undefined;
  /** Said as soon as the chosen event's text is there. */
  #onLoaded: (() => void) | undefined;

  constructor(element: HTMLElement, hooks: EventListHooks) {
    this.element = element;
    this.#hooks = hooks;
    this.#inner = document.createElement("div");
    this.#inner.className = "rows";
    this.#inner.setAttribute("role", "presentation");
    element.append(this.#inner);
    element.addEventListener("scroll", () => this.#draw());
    element.addEventListener("keydown", (event) => this.#key(event));
    this.#inner.addEventListener("click", (event) => this.#click(event, false));
    this.#inner.addEventListener("dblclick", (event) => this.#click(event, true));
  }

  get chosen(): number | undefined {
    return this.#chosen;
  }

  /** Other events may have other texts: they are asked for anew. */
  show(first: number, end: number): void {
    this.#first = first;
    this.#end = end;
    this.#pages.clear();
    this.#asked.clear();
    this.#inner.style.height = `${(end - first) * ROW}px`;
    this.#draw();
  }

  take(events: readonly EventItem[]): void {
    for (const event of events) {
      const page = Math.floor(event.index / PAGE);
      if (this.#pages.has(page)) continue;
      this.#pages.set(
        page,
        events.filter(({ index }) => Math.floor(index / PAGE) === page),
      );
      if (this.#pages.size > PAGES_KEPT) {
        const [oldest] = this.#pages.keys();
        if (oldest !== undefined) {
          this.#pages.delete(oldest);
          this.#asked.delete(oldest);
        }
      }
    }
    this.#draw();
    const loaded = this.#onLoaded;
    this.#onLoaded = undefined;
    loaded?.();
  }

  item(index: number): EventItem | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.find((each) => each.index === index);
  }

  /** Chooses an event by its running number; `tell` once its text is known. */
  choose(index: number, tell: ((event: EventItem) => void) | undefined): void {
    if (this.#end <= this.#first) return;
    const at = Math.min(this.#end - 1, Math.max(this.#first, index));
    this.#chosen = at;
    const top = (at - this.#first) * ROW;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop || top + ROW > scrollTop + clientHeight) {
      this.element.scrollTop = Math.max(0, top - clientHeight / 2);
    }
    this.#draw();
    if (tell === undefined) return;
    const say = () => {
      const item = this.item(at);
      if (item !== undefined && this.#chosen === at) tell(item);
    };
    if (this.item(at) === undefined) this.#onLoaded = say;
    else say();
  }

  #draw(): void {
    const { scrollTop, clientHeight } = this.element;
    const from = this.#first + Math.floor(scrollTop / ROW);
    const to = Math.min(this.#end, from + Math.ceil((clientHeight || 200) / ROW) + 1);
    const rows: HTMLElement[] = [];
    for (let index = from; index < to; index += 1) {
      const item = this.item(index);
      if (item === undefined) this.#want(Math.floor(index / PAGE));
      rows.push(this.#row(index, item));
    }
    // The chosen one stays there, also out of sight: it is what a screen reader is told of.
    if (this.#chosen !== undefined && (this.#chosen < from || this.#chosen >= to)) {
      rows.push(this.#row(this.#chosen, this.item(this.#chosen)));
    }
    this.#inner.replaceChildren(...rows);
    if (this.#chosen === undefined) this.element.removeAttribute("aria-activedescendant");
    else this.element.setAttribute("aria-activedescendant", `event-${this.#chosen}`);
  }

  #row(index: number, item: EventItem | undefined): HTMLElement {
    const row = document.createElement("div");
    row.id = `event-${index}`;
    row.className = index === this.#chosen ? "event chosen" : "event";
    row.style.top = `${(index - this.#first) * ROW}px`;
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", `${index === this.#chosen}`);
    row.setAttribute("aria-setsize", `${this.#end - this.#first}`);
    row.setAttribute("aria-posinset", `${index - this.#first + 1}`);
    row.dataset["index"] = `${index}`;
    if (item === undefined) {
      row.textContent = "…";
      return row;
    }
    for (const [name, text] of [
      ["step", stepText(item.step)],
      ["who", this.#hooks.nameOf(item.environment)],
      ["what", item.text],
    ] as const) {
      const cell = document.createElement("span");
      cell.className = name;
      cell.textContent = `${text} `;
      row.append(cell);
    }
    row.title = item.text;
    return row;
  }

  #want(page: number): void {
    if (this.#asked.has(page)) return;
    this.#asked.add(page);
    this.#hooks.ask(page * PAGE, PAGE);
  }

  #click({ target }: Event, travel: boolean): void {
    const row = target instanceof Element ? target.closest<HTMLElement>(".event") : null;
    if (row === null) return;
    this.choose(Number(row.dataset["index"]), (event) => this.#hooks.chosen(event, travel));
  }

  #key(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.element.clientHeight / ROW) - 1);
    const at = this.#chosen ?? this.#first;
    const to: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: this.#first,
      End: this.#end - 1,
      Enter: at,
    };
    const index = to[event.key];
    if (index === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.choose(index, (item) => this.#hooks.chosen(item, event.key === "Enter"));
  }
}
