/** The row of power failures: each disk write is a position of its slider, and a position leads to its branch. */
import type { CrashOutcome } from "../../../debug-adapter/protocol.ts";

export interface CrashHooks {
  readonly tryAll: () => void;
  readonly goTo: (crash: CrashOutcome) => void;
}

export class CrashSlider {
  readonly element: HTMLElement;
  readonly #slider: HTMLInputElement;
  readonly #outcome: HTMLOutputElement;
  readonly #hooks: CrashHooks;
  #crashes: readonly CrashOutcome[] = [];

  constructor(
    button: (label: string, title: string, run: () => void) => HTMLElement,
    hooks: CrashHooks,
  ) {
    this.#hooks = hooks;
    this.#slider = document.createElement("input");
    this.#slider.type = "range";
    this.#slider.min = "0";
    this.#slider.step = "1";
    this.#slider.setAttribute("aria-label", "Disk writes made before the power fails");
    this.#slider.addEventListener("input", () => this.#say());
    this.#slider.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.#go();
    });
    this.#outcome = document.createElement("output");
    this.element = document.createElement("div");
    this.element.className = "crash";
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", "Power failures");
    this.element.append(
      button("Try Every Crash", "Let the power fail before each disk write", () => {
        this.#outcome.textContent = "Trying…";
        hooks.tryAll();
      }),
      this.#slider,
      this.#outcome,
      button("Go to This Crash", "Go to the branch on which the power fails there", () =>
        this.#go(),
      ),
    );
  }

  /** Shown where there is a disk write, or where failures were tried. */
  show(crashes: readonly CrashOutcome[] | undefined, hasWrites: boolean): void {
    if (crashes !== undefined) this.#crashes = crashes;
    const hasNone = this.#crashes.length === 0;
    this.element.hidden = hasNone && !hasWrites;
    this.#slider.disabled = hasNone;
    this.#slider.max = `${Math.max(0, this.#crashes.length - 1)}`;
    if (hasNone) this.#outcome.textContent = "The power can fail before each disk write.";
    else this.#say();
  }

  #say(): void {
    const crash = this.#crashes[Number(this.#slider.value)];
    if (crash === undefined) return;
    const text = `After ${crash.writesDone} of ${this.#crashes.length - 1} writes: ${crash.outcome}`;
    this.#outcome.textContent = text;
    this.#slider.setAttribute("aria-valuetext", text);
  }

  #go(): void {
    const crash = this.#crashes[Number(this.#slider.value)];
    if (crash !== undefined) this.#hooks.goTo(crash);
  }
}
