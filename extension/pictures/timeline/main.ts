/** The timeline's page: the picture and the list of events in step with each other, by mouse and by keys. */
import type { EventItem } from "../../../debug-adapter/protocol.ts";
import { Connection, onThemeChange } from "../connection.dom.ts";
import type { Phase } from "../messages.ts";
import { readTheme, type Theme } from "../theme.dom.ts";
import { CrashSlider } from "./crash-slider.dom.ts";
import { EventList } from "./event-list.dom.ts";
import type { TimelineOrder, TimelinePicture, TimelineWish } from "./messages.ts";
import {
  askFor,
  covers,
  eventAt,
  isLacking,
  type Model,
  modelOf,
  nameIn,
  panned,
  revealed,
  spanAt,
  stepText,
  textAt,
  type Window,
  wholeOf,
  within,
  zoomed,
} from "./model.ts";
import { GUTTER, Painter, placesOf, RULER, resized } from "./painting.dom.ts";
import "./timeline.css";
import { button, listBranches, part, toolbar } from "./toolbar.dom.ts";

interface Kept {
  readonly branch: number | undefined;
  readonly window: Window | undefined;
  readonly markers: { A: number | undefined; B: number | undefined };
}

const PAN = 0.2;
const ZOOM = 1.5;
const ASK_DELAY_MS = 60;
const KEEP_DELAY_MS = 200;

class TimelinePage {
  readonly #connection = new Connection<TimelineWish, Kept>();
  readonly #painter = new Painter();
  readonly #plot: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #spacer: HTMLElement;
  readonly #said: HTMLElement;
  readonly #delta: HTMLElement;
  readonly #list: EventList;
  readonly #branches: HTMLSelectElement;
  readonly #crash: CrashSlider;
  #theme: Theme = readTheme();
  #picture: TimelinePicture | undefined;
  /** All that is known, as fine as there are pixels, and what was answered for a window: the finer one that has all of it is drawn. */
  #whole: Model | undefined;
  #part: Model | undefined;
  #layout: ReturnType<typeof placesOf> = { places: [], height: 0 };
  #window: Window = { from: 0, to: 1 };
  /** Whether the user has chosen the window; else it follows what is known. */
  #isChosen = false;
  #branch: number | undefined;
  #cursor = { row: 0, step: 0 };
  readonly #markers: Kept["markers"] = { A: undefined, B: undefined };
  #frame = 0;
  #asking: ReturnType<typeof setTimeout> | undefined;
  #keeping: ReturnType<typeof setTimeout> | undefined;
  #drag: { x: number; window: Window; moved: boolean } | undefined;

  constructor(root: HTMLElement) {
    const title = document.createElement("h1");
    title.textContent = "Timeline";
    this.#branches = document.createElement("select");
    this.#branches.setAttribute("aria-label", "Branch that is shown");
    this.#branches.addEventListener("change", () => this.#showBranch(Number(this.#branches.value)));
    this.#delta = part("delta");
    const bar = toolbar(
      {
        fit: () => this.#setWindow(undefined),
        zoom: (direction) => this.#zoom(direction === "in" ? 1 / ZOOM : ZOOM),
        event: (by) => this.#nextEvent(by),
        marker: (which) => this.#setMarker(which),
        travel: () => this.#travel(),
        save: () => this.#wish({ kind: "export" }),
        text: () => this.#wish({ kind: "text" }),
      },
      this.#delta,
      this.#branches,
    );
    this.#plot = part("plot", "application");
    this.#plot.tabIndex = 0;
    this.#plot.setAttribute(
      "aria-label",
      "Timeline: a lane for each environment. A and D move, W and S zoom, left and right arrows move the cursor, page up and down change lanes, comma and full stop choose events, Enter travels there, F shows everything, T opens the text.",
    );
    this.#canvas = document.createElement("canvas");
    this.#canvas.setAttribute("aria-hidden", "true");
    this.#spacer = document.createElement("div");
    this.#plot.append(this.#canvas, this.#spacer);
    this.#said = part("said", "status");
    this.#said.setAttribute("aria-live", "polite");
    this.#said.tabIndex = 0;
    this.#crash = new CrashSlider(button, {
      tryAll: () => this.#wish({ kind: "crashes" }),
      goTo: ({ branch }) => {
        this.#branch = undefined;
        this.#isChosen = false;
        this.#wish({ kind: "branch", branch });
      },
    });
    const events = part("events", "listbox");
    events.tabIndex = 0;
    events.setAttribute("aria-label", "Kernel events");
    this.#list = new EventList(events, {
      ask: (since, limit) => {
        const branch = this.#model?.body.branch;
        if (branch !== undefined) this.#wish({ kind: "events", branch, since, limit });
      },
      chosen: (event, travel) => this.#followEvent(event, travel),
      nameOf: (id) => (this.#model === undefined || id === 0 ? "kernel" : nameIn(this.#model, id)),
    });
    root.append(title, bar, this.#plot, this.#said, this.#crash.element, events);
    this.#listen();
    const { kept } = this.#connection;
    this.#branch = kept?.branch;
    if (kept?.window !== undefined) {
      this.#window = kept.window;
      this.#isChosen = true;
    }
    Object.assign(this.#markers, kept?.markers);
    this.#connection.open<TimelinePicture, TimelineOrder>({
      body: (body, phase) => this.#show(body, phase),
      phase: (phase) => this.#plot.classList.toggle("running", phase === "running"),
      order: (order) => this.#obey(order),
    });
  }

  #listen(): void {
    onThemeChange(() => {
      this.#theme = readTheme();
      this.#draw();
    });
    new ResizeObserver(() => this.#draw()).observe(this.#plot);
    const plot = this.#plot;
    plot.addEventListener("scroll", () => this.#draw());
    plot.addEventListener("keydown", (event) => this.#key(event));
    plot.addEventListener(
      "wheel",
      (event) => {
        if (event.shiftKey || event.deltaX !== 0) {
          this.#pan((event.deltaX || event.deltaY) / 1000);
        } else if (event.ctrlKey || plot.scrollHeight <= plot.clientHeight) {
          this.#zoom(event.deltaY > 0 ? ZOOM : 1 / ZOOM, this.#stepAt(event.offsetX));
        } else return;
        event.preventDefault();
      },
      { passive: false },
    );
    plot.addEventListener("pointerdown", (event) => {
      this.#drag = { x: event.clientX, window: this.#window, moved: false };
    });
    window.addEventListener("pointermove", (event) => this.#dragged(event));
    window.addEventListener("pointerup", (event) => {
      const drag = this.#drag;
      this.#drag = undefined;
      if (drag !== undefined && !drag.moved && plot.contains(event.target as Node))
        this.#click(event);
    });
    plot.addEventListener("dblclick", () => this.#travel());
  }

  #show(picture: TimelinePicture | undefined, phase: Phase): void {
    this.#picture = picture;
    if (picture === undefined) {
      this.#whole = undefined;
      this.#part = undefined;
      this.#say(
        phase === "none" ? "No program is being debugged." : "The program has not stopped yet.",
      );
      this.#list.show(0, 0);
      this.#draw();
      return;
    }
    const { timeline, branches, crashes } = picture;
    const known = branches.some(({ id }) => id === this.#branch);
    const isElsewhere = known && this.#branch !== timeline.branch;
    if (!known) this.#branch = undefined;
    listBranches(this.#branches, branches);
    this.#take(timeline);
    if (isElsewhere && this.#branch !== undefined) this.#showBranch(this.#branch);
    this.#cursor.step = timeline.now.step;
    // In the lane of whoever runs there.
    const runs = this.#model?.rows.findIndex((row) => spanAt(row, timeline.now.step) !== undefined);
    if (runs !== undefined && runs >= 0) this.#cursor.row = runs;
    const at = timeline.now.event - 1;
    this.#list.choose(at, undefined);
    this.#reveal(this.#cursor.step);
    this.#say(`You are at step ${stepText(timeline.now.step)}. ${this.#here()}`);
    this.#crash.show(crashes, this.#hasWrites);
  }

  get #hasWrites(): boolean {
    return this.#model?.body.marks.some(([, , kind]) => kind === "diskWrite") ?? false;
  }

  /** What is drawn now. */
  get #model(): Model | undefined {
    return this.#part !== undefined && covers(this.#part.body, this.#window)
      ? this.#part
      : this.#whole;
  }

  #take(timeline: TimelinePicture["timeline"]): void {
    const old = this.#whole?.body;
    const { firstEvent, endEvent, branch, first, last } = timeline;
    const isWhole = timeline.from <= first && timeline.to >= last;
    const isSame = old?.branch === branch && old.endEvent === endEvent && old.last === last;
    if (isWhole) {
      this.#whole = modelOf(timeline);
      this.#part = undefined;
      this.#layout = placesOf(this.#whole.rows);
      if (old?.branch !== branch || old.endEvent !== endEvent || old.firstEvent !== firstEvent) {
        this.#list.show(firstEvent, endEvent);
      }
    } else if (this.#whole === undefined || !isSame) {
      // A part of a run that has gone on meanwhile: the next stop brings the whole.
      return;
    } else this.#part = modelOf(timeline, this.#whole);
    this.#branches.value = `${branch}`;
    this.#window = this.#isChosen ? within(this.#window, timeline) : wholeOf(timeline);
    this.#cursor.row = Math.min(this.#cursor.row, Math.max(0, this.#layout.places.length - 1));
    this.#spacer.style.height = `${this.#layout.height}px`;
    this.#draw();
    this.#ask();
  }

  #obey(order: TimelineOrder): void {
    switch (order.kind) {
      case "window":
        // An answer about a branch that is not shown any more comes too late.
        if (order.timeline.branch === (this.#branch ?? this.#picture?.timeline.branch)) {
          this.#take(order.timeline);
        }
        return;
      case "events":
        if (order.branch === this.#model?.body.branch) this.#list.take(order.events);
        return;
      case "crashes":
        this.#crash.show(order.crashes, this.#hasWrites);
        return;
    }
  }

  #wish(wish: TimelineWish): void {
    this.#connection.wish(wish);
  }

  /** Asks for what is shown too coarsely, once the user has come to rest. */
  #ask(): void {
    clearTimeout(this.#asking);
    const pixels = Math.max(100, this.#width - GUTTER);
    const body = this.#model?.body;
    if (body === undefined || !isLacking(body, this.#window, pixels)) return;
    this.#asking = setTimeout(() => {
      if (this.#model === undefined) return;
      this.#wish({ kind: "window", ...askFor(this.#model.body, this.#window, pixels) });
    }, ASK_DELAY_MS);
  }

  #showBranch(branch: number): void {
    this.#branch = branch;
    this.#wish({ kind: "window", branch, from: 0, to: Number.MAX_SAFE_INTEGER });
    this.#keep();
  }

  #setWindow(window: Window | undefined): void {
    if (this.#model === undefined) return;
    this.#isChosen = window !== undefined;
    this.#window = window ?? wholeOf(this.#model.body);
    this.#keep();
    this.#draw();
    this.#ask();
  }

  /** Keeps what is chosen once the user has come to rest. */
  #keep(): void {
    clearTimeout(this.#keeping);
    this.#keeping = setTimeout(() => {
      this.#connection.keep({
        branch: this.#branch,
        window: this.#isChosen ? this.#window : undefined,
        markers: this.#markers,
      });
    }, KEEP_DELAY_MS);
  }

  #zoom(factor: number, at?: number): void {
    if (this.#model === undefined) return;
    const { from, to } = this.#window;
    const { step } = this.#cursor;
    const middle = at ?? (step >= from && step <= to ? step : (from + to) / 2);
    this.#setWindow(zoomed(this.#window, factor, middle, this.#model.body));
  }

  #pan(part: number): void {
    if (this.#model !== undefined) this.#setWindow(panned(this.#window, part, this.#model.body));
  }

  #reveal(step: number): void {
    if (this.#model === undefined) return;
    const seen = revealed(this.#window, step, this.#model.body);
    if (seen !== this.#window) this.#setWindow(seen);
    else this.#draw();
  }

  /** Moves the cursor as the user says, and the list with it. */
  #moveCursor(step: number, row = this.#cursor.row): void {
    this.#putCursor(step, row);
    const event = this.#model === undefined ? undefined : eventAt(this.#model, this.#cursor.step);
    if (event !== undefined) this.#list.choose(event, undefined);
  }

  #putCursor(step: number, row = this.#cursor.row): void {
    if (this.#model === undefined) return;
    const { body, rows } = this.#model;
    this.#cursor = {
      row: Math.min(rows.length - 1, Math.max(0, row)),
      step: Math.min(body.last, Math.max(body.first, Math.round(step))),
    };
    const place = this.#layout.places[this.#cursor.row];
    if (place !== undefined) {
      const top = place.top + RULER;
      const { scrollTop, clientHeight } = this.#plot;
      if (place.top < scrollTop) this.#plot.scrollTop = place.top;
      else if (top + place.height > scrollTop + clientHeight) {
        this.#plot.scrollTop = top + place.height - clientHeight;
      }
    }
    this.#reveal(this.#cursor.step);
    this.#say(`Step ${stepText(this.#cursor.step)}. ${this.#here()}`);
  }

  /** What lies under the cursor, in words. */
  #here(): string {
    if (this.#model === undefined) return "";
    const pixel = (this.#window.to - this.#window.from) / Math.max(1, this.#width - GUTTER);
    return textAt(this.#model, this.#cursor.row, this.#cursor.step, 4 * pixel);
  }

  #nextEvent(by: number): void {
    const { chosen } = this.#list;
    if (this.#model === undefined) return;
    const from = chosen ?? this.#model.body.firstEvent - 1;
    this.#list.choose(from + by, (event) => this.#followEvent(event, false));
  }

  #followEvent(event: EventItem, travel: boolean): void {
    const row = this.#model?.rowOf.get(event.environment);
    this.#putCursor(event.step, row);
    this.#say(
      `Event ${stepText(event.index)} at step ${stepText(event.step)}: ${event.text}. ${this.#here()}`,
    );
    if (travel) this.#goTo(event.step, event.index + 1);
  }

  #travel(): void {
    const chosen = this.#list.chosen;
    const event = chosen === undefined ? undefined : this.#list.item(chosen);
    if (event !== undefined && event.step === this.#cursor.step)
      this.#goTo(event.step, event.index + 1);
    else this.#goTo(this.#cursor.step, 0);
  }

  #goTo(step: number, event: number): void {
    const body = this.#model?.body;
    if (body === undefined) return;
    this.#say(`Going to step ${stepText(step)}…`);
    this.#wish({ kind: "goTo", position: { branch: body.branch, step, event } });
    this.#branch = undefined;
  }

  #setMarker(which: "A" | "B"): void {
    this.#markers[which] = this.#cursor.step;
    this.#keep();
    this.#draw();
    this.#say(`Marker ${which} at step ${stepText(this.#cursor.step)}. ${this.#delta.textContent}`);
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const pixel = (this.#window.to - this.#window.from) / Math.max(1, this.#width - GUTTER);
    const by = pixel * (event.shiftKey ? 1 : 10);
    const { step, row } = this.#cursor;
    const keys: Readonly<Record<string, () => void>> = {
      a: () => this.#pan(-PAN),
      d: () => this.#pan(PAN),
      w: () => this.#zoom(1 / ZOOM),
      s: () => this.#zoom(ZOOM),
      arrowup: () => this.#zoom(1 / ZOOM),
      arrowdown: () => this.#zoom(ZOOM),
      arrowleft: () => this.#moveCursor(Math.min(step - 1, step - by)),
      arrowright: () => this.#moveCursor(Math.max(step + 1, step + by)),
      pageup: () => this.#moveCursor(step, row - 1),
      pagedown: () => this.#moveCursor(step, row + 1),
      home: () => this.#moveCursor(this.#model?.body.first ?? 0),
      end: () => this.#moveCursor(this.#model?.body.last ?? 0),
      f: () => this.#setWindow(undefined),
      ".": () => this.#nextEvent(1),
      ",": () => this.#nextEvent(-1),
      "[": () => this.#setMarker("A"),
      "]": () => this.#setMarker("B"),
      t: () => this.#wish({ kind: "text" }),
      enter: () => this.#travel(),
    };
    const run = keys[event.key.toLowerCase()];
    if (run === undefined) return;
    event.preventDefault();
    run();
  }

  #dragged(event: PointerEvent): void {
    const drag = this.#drag;
    if (drag === undefined || this.#model === undefined) return;
    const by = event.clientX - drag.x;
    if (!drag.moved && Math.abs(by) < 4) return;
    drag.moved = true;
    const part = -by / Math.max(1, this.#width - GUTTER);
    this.#setWindow(panned(drag.window, part, this.#model.body));
  }

  #click(event: PointerEvent): void {
    if (this.#model === undefined) return;
    const box = this.#plot.getBoundingClientRect();
    const y = event.clientY - box.top - RULER + this.#plot.scrollTop;
    const { places } = this.#layout;
    const row = places.findIndex(({ top, height }) => y >= top && y < top + height);
    const x = event.clientX - box.left;
    const label = row < 0 ? this.#cursor.row : row;
    const step = x < GUTTER ? this.#cursor.step : this.#stepAt(x);
    this.#moveCursor(step, label);
  }

  #stepAt(x: number): number {
    const { from, to } = this.#window;
    return from + ((x - GUTTER) / Math.max(1, this.#width - GUTTER)) * (to - from);
  }

  // Drawing.

  get #width(): number {
    return this.#plot.clientWidth;
  }

  #say(text: string): void {
    this.#said.textContent = text;
  }

  #draw(): void {
    const { A, B } = this.#markers;
    this.#delta.textContent =
      A === undefined || B === undefined ? "" : `A to B: ${stepText(Math.abs(B - A))} steps`;
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#paint());
  }

  #paint(): void {
    this.#frame = 0;
    const ratio = window.devicePixelRatio;
    const { clientWidth: width, clientHeight: height } = this.#plot;
    const canvas = this.#canvas;
    if (resized(canvas, width, height, ratio)) {
      this.#spacer.style.marginTop = `${RULER - height}px`;
    }
    const context = canvas.getContext("2d", { alpha: false });
    if (context === null) return;
    if (this.#model === undefined) {
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.fillStyle = `rgb(${this.#theme.background.join(" ")})`;
      context.fillRect(0, 0, canvas.width, canvas.height);
      return;
    }
    const { now, branch } = this.#model.body;
    this.#painter.paint(context, {
      model: this.#model,
      places: this.#layout.places,
      window: this.#window,
      now: now.branch === branch ? now.step : undefined,
      cursor: this.#cursor,
      markers: this.#markers,
      theme: this.#theme,
      width,
      height,
      scrollTop: this.#plot.scrollTop,
      ratio,
    });
  }
}

const root = document.getElementById("picture");
if (root !== null) new TimelinePage(root);
