/** Watches a run as it passes and notes what conditions speak of. Nobody else is told, and the run is the one that it would be anyhow. */
import { describeEvent, type EventKind, type KernelEvent, type Position } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import type { EnvironmentInfo } from "../identities.ts";
import type { LoadedImage } from "../loaded-image.ts";
import type { Place } from "../run/run-control.ts";
import { truth } from "../values/conditions.ts";
import { fieldValue } from "./event-fields.ts";
import { frameOf } from "./frame-at.ts";
import { Markers, type ReadSource } from "./markers.ts";
import {
  type Ended,
  fitsName,
  type Happening,
  type Observation,
  Output,
  type OutputPiece,
  type RunEnd,
} from "./observation.ts";
import type { FieldTest, Occurrence } from "./syntax.ts";

/** More than so many are not kept: a program may do nothing but call the kernel. */
const HAPPENINGS_MAX = 200_000;
const OUTPUT_MAX = 256 * 2 ** 10;
const OUTPUT_GATHERED = 4096;

type EventOccurrence = Extract<Occurrence, { kind: "event" }>;
type PlaceOccurrence = Extract<Occurrence, { kind: "marker" | "function" }>;
type Mutable = { -readonly [Key in keyof OutputPiece]: OutputPiece[Key] } & { gathered: number[] };

export class Observer {
  readonly #debuggee: Debuggee;
  readonly #markers: Markers;
  readonly #happenings = new Map<Occurrence, Happening[]>();
  readonly #byKind = new Map<EventKind, EventOccurrence[]>();
  readonly #places: PlaceOccurrence[] = [];
  readonly #outputs: Extract<Occurrence, { kind: "output" }>[] = [];
  readonly #ended: Ended[] = [];
  readonly #pieces: OutputPiece[] = [];
  /** What is being written at this moment. */
  #piece: Mutable | undefined;
  /** Events whose occurrence has a condition, which can be told only where the kernel has acted. */
  #unsettled: { readonly occurrence: EventOccurrence; readonly happening: Happening }[] = [];
  readonly #addressesByImage = new Map<LoadedImage, Map<number, PlaceOccurrence[]>>();
  #order = 0;
  #kept = 0;
  #written = 0;

  constructor(debuggee: Debuggee, occurrences: readonly Occurrence[], readSource: ReadSource) {
    this.#debuggee = debuggee;
    this.#markers = new Markers(readSource);
    for (const occurrence of occurrences) {
      if (this.#happenings.has(occurrence)) continue;
      this.#happenings.set(occurrence, []);
      if (occurrence.kind === "output") this.#outputs.push(occurrence);
      if (occurrence.kind === "marker" || occurrence.kind === "function") {
        this.#places.push(occurrence);
      }
      if (occurrence.kind !== "event") continue;
      for (const kind of occurrence.kinds) {
        this.#byKind.set(kind, [...(this.#byKind.get(kind) ?? []), occurrence]);
      }
    }
  }

  /** Whether more happens than is kept: the run is to end. */
  get isFull(): boolean {
    return this.#kept > HAPPENINGS_MAX || this.#written > OUTPUT_MAX;
  }

  /** Where the run is to stop in an environment, so that `reached` is asked. */
  addresses({ image }: EnvironmentInfo): Iterable<number> {
    return image === undefined ? [] : this.#addressesIn(image).keys();
  }

  /** Whether the run is to stop once the kernel has acted on this event, so that `settle` is called. */
  wantsStop(event: KernelEvent): boolean {
    const occurrences = this.#byKind.get(event.kind) ?? [];
    return occurrences.some((each) => each.condition !== undefined && this.#fits(each, event));
  }

  /** Whether an event is one of those that are looked for, so far as can be told before the kernel has acted. */
  fitsAny(event: KernelEvent): boolean {
    return (this.#byKind.get(event.kind) ?? []).some((each) => this.#fits(each, event));
  }

  /** The one of an occurrence that is meant, as soon as it has happened; for a last one that is the first. */
  nthOf(occurrence: Occurrence): Happening | undefined {
    const { nth } = occurrence;
    const found =
      occurrence.kind === "output"
        ? outputHappenings(occurrence, this.#piecesUntilNow())
        : this.#happenings.get(occurrence);
    return found?.[Math.max(nth, 1) - 1];
  }

  /** An event of the run, as it passes. */
  passed(event: KernelEvent): void {
    this.#order += 1;
    if (event.kind === "destroyed" && !this.#debuggee.isLauncher(event.target)) {
      this.#noteEnd(event);
    }
    for (const occurrence of this.#byKind.get(event.kind) ?? []) {
      if (this.isFull || !this.#fits(occurrence, event)) continue;
      const happening = this.#happeningOf(event);
      if (occurrence.condition === undefined) this.#keep(occurrence, happening);
      else this.#unsettled.push({ occurrence, happening });
    }
  }

  /** The run stands at a place: before its instruction. */
  reached({ environment, pc }: Place, at: Position): void {
    this.settle();
    const info = this.#debuggee.environment(environment);
    const here = info.image === undefined ? [] : this.#addressesIn(info.image).get(pc);
    this.#order += 1;
    for (const occurrence of here ?? []) {
      if (this.isFull || !fitsName(occurrence.env, info.name)) continue;
      if (!this.#isTrue(occurrence.condition, environment)) continue;
      const text =
        occurrence.kind === "marker"
          ? `${info.name} came to the line marked '${occurrence.name}'`
          : `${info.name} entered ${occurrence.name}`;
      this.#keep(occurrence, { order: this.#order, at, environment, name: info.name, text });
    }
  }

  /** The kernel has acted: conditions of the events since then can be told. */
  settle(): void {
    const unsettled = this.#unsettled;
    if (unsettled.length === 0) return;
    this.#unsettled = [];
    for (const { occurrence, happening } of unsettled) {
      if (this.#isTrue(occurrence.condition, happening.environment)) {
        this.#keep(occurrence, happening);
      }
    }
  }

  wrote(byte: number): void {
    this.#written += 1;
    if (this.#written > OUTPUT_MAX) return;
    const { timeline, view } = this.#debuggee;
    const { step, event } = timeline.now;
    const environment = view.running;
    const piece = this.#piece;
    const isSame =
      piece !== undefined && piece.at.step === step && piece.environment === environment;
    if (isSame && piece.gathered.length < OUTPUT_GATHERED) {
      piece.gathered.push(byte);
      return;
    }
    this.#endPiece();
    this.#order += 1;
    this.#piece = {
      order: this.#order,
      at: { step, event },
      environment,
      name: this.#nameOf(environment),
      bytes: new Uint8Array(),
      gathered: [byte],
    };
  }

  finish(how: RunEnd): Observation {
    this.settle();
    this.#endPiece();
    for (const occurrence of this.#outputs) {
      this.#happenings.set(occurrence, outputHappenings(occurrence, this.#pieces));
    }
    const { timeline, firstId, images } = this.#debuggee;
    for (const occurrence of this.#happenings.keys()) {
      if (occurrence.kind !== "start" && occurrence.kind !== "end") continue;
      const isStart = occurrence.kind === "start";
      const at = isStart ? timeline.start : timeline.now;
      const order = isStart ? -1 : this.#order + 1;
      const text = isStart ? "the start of the run" : "the end of the run";
      const environment = firstId;
      const name = this.#nameOf(environment);
      this.#happenings.set(occurrence, [{ order, at, environment, name, text }]);
    }
    return {
      happenings: this.#happenings,
      output: this.#pieces,
      ended: this.#ended,
      environments: this.#debuggee.environments().map(({ id, name }) => ({ id, name })),
      firstId,
      start: timeline.start,
      end: timeline.now,
      how,
      markers: new Set(images.flatMap((image) => this.#markers.names(image))),
    };
  }

  #keep(occurrence: Occurrence, happening: Happening): void {
    this.#kept += 1;
    this.#happenings.get(occurrence)?.push(happening);
  }

  #piecesUntilNow(): readonly OutputPiece[] {
    this.#endPiece();
    return this.#pieces;
  }

  #endPiece(): void {
    if (this.#piece === undefined) return;
    const { gathered, ...piece } = this.#piece;
    this.#pieces.push({ ...piece, bytes: Uint8Array.from(gathered) });
    this.#piece = undefined;
  }

  #noteEnd(event: Extract<KernelEvent, { kind: "destroyed" }>): void {
    const { target: environment, status, because } = event;
    const name = this.#nameOf(environment);
    const happening = this.#happeningOf(event);
    this.#ended.push({ environment, name, happening, status: status | 0, because });
  }

  #happeningOf(event: KernelEvent): Happening {
    const { start } = this.#debuggee.timeline;
    const isBoot = event.index < start.event;
    return {
      order: this.#order,
      at: isBoot ? start : { step: event.step, event: event.index + 1 },
      environment: event.environment,
      name: this.#nameOf(event.environment),
      event,
      text: describeEvent(event, (id) => this.#nameOf(id)),
    };
  }

  #fits(occurrence: EventOccurrence, event: KernelEvent): boolean {
    const { env, text, fields } = occurrence;
    const nameOf = (id: number) => this.#nameOf(id);
    if (env !== undefined && !fitsName(env, nameOf(event.environment))) return false;
    if (!fields.every((field) => fieldFits(field, event, nameOf))) return false;
    return (
      text === undefined || describeEvent(event, nameOf).toLowerCase().includes(text.toLowerCase())
    );
  }

  #isTrue(condition: string | undefined, environment: number): boolean {
    if (condition === undefined) return true;
    const frame = frameOf(this.#debuggee, environment);
    if (typeof frame === "string") return false;
    const result = truth(condition, frame);
    return result.ok && result.value;
  }

  #nameOf(id: number): string {
    if (id === 0) return "kernel";
    return this.#debuggee.isLauncher(id) ? "launcher" : this.#debuggee.environment(id).name;
  }

  #addressesIn(image: LoadedImage): Map<number, PlaceOccurrence[]> {
    let found = this.#addressesByImage.get(image);
    if (found !== undefined) return found;
    found = new Map();
    for (const occurrence of this.#places) {
      const addresses =
        occurrence.kind === "marker"
          ? this.#markers.addresses(image, occurrence.name, occurrence.file)
          : functionAddresses(image, occurrence.name);
      for (const address of new Set(addresses)) {
        found.set(address, [...(found.get(address) ?? []), occurrence]);
      }
    }
    this.#addressesByImage.set(image, found);
    return found;
  }
}

/** After the prologue, where parameters can be read. */
function functionAddresses(image: LoadedImage, name: string): number[] {
  const addresses = image.debug.functionsNamed(name).map((each) => each.prologueEndAddress);
  const symbol = image.elf.symbol(name);
  return addresses.length === 0 && symbol?.kind === "function" ? [symbol.value] : addresses;
}

function fieldFits(
  { name, kind, wanted }: FieldTest,
  event: KernelEvent,
  nameOf: (id: number) => string,
): boolean {
  const value = fieldValue(event, name, kind, nameOf);
  if (value === undefined) return false;
  if (typeof wanted === "object") {
    return Array.isArray(value)
      ? value.some((item) => wanted.accepts(item))
      : wanted.accepts(value as number);
  }
  if (Array.isArray(value)) return value.some((item) => String(item).includes(String(wanted)));
  if (kind === "environment") return fitsName(String(wanted), String(value));
  if (kind === "text") return isText(String(value), String(wanted));
  return value === wanted;
}

/** Sentences are asked for by a part of them, words and names as a whole. */
const isText = (value: string, wanted: string): boolean =>
  value === wanted || (wanted.includes(" ") && value.includes(wanted));

function outputHappenings(
  { text, env }: Extract<Occurrence, { kind: "output" }>,
  pieces: readonly OutputPiece[],
): Happening[] {
  const output = new Output(pieces.filter(({ name }) => fitsName(env, name)));
  const wanted = new TextEncoder().encode(text);
  const found: Happening[] = [];
  for (let at = output.find(wanted); at >= 0; at = output.find(wanted, at + wanted.length)) {
    const last = output.at(at + wanted.length - 1);
    if (last !== undefined) found.push({ ...last, text: `the output ${JSON.stringify(text)}` });
  }
  return found;
}
