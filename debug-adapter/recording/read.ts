/**
 * From the text of a recording to a recording that can be relied on: everything that can be known without its programs is checked.
 * Whatever the text is, the only error is a `UserError`.
 */
import { FRAME_BYTES_MAX, POWER_FAILURE_MODES } from "#emulator";
import type { Intervention, JournalEntry, Position } from "#exokernel";
import {
  type BuildChoices,
  buildChoices,
  FLOATING_POINTS,
  OPTIMIZATIONS,
} from "../build-choices.ts";
import { badRecording, notARecording, otherVersion } from "../errors.ts";
import { diskPrograms, imageName, type Scenario, scenarioOf } from "../scenario.ts";
import { fromBase64 } from "./base64.ts";
import {
  FORMAT,
  REVISION,
  type RecordedBranch,
  type RecordedFile,
  type RecordedMark,
  type Recording,
  VERSION,
} from "./recording.ts";

export interface ReadRecording {
  readonly recording: Recording;
  readonly scenario: Scenario;
}

/** Reads the text of a file. Throws a `UserError` that names the file. */
export function readRecording(path: string, text: string): ReadRecording {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // What begins as one is a recording of which something is lost.
    if (new RegExp(`^\\s*\\{\\s*"format"\\s*:\\s*"${FORMAT}"`).test(text)) {
      throw badRecording(path, "its text breaks off or is garbled");
    }
    throw notARecording(path);
  }
  return new Reader(path).recording(json);
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (json: unknown): json is Json =>
  typeof json === "object" && json !== null && !Array.isArray(json);

/** Whether a run that is at `later` has been at `earlier`: neither steps nor events ever become fewer. */
const isReached = (earlier: Position, later: Position): boolean =>
  earlier.step <= later.step && earlier.event <= later.event;

/** What a journal entry may be, by its key. */
const ENTRY_KINDS = [
  "typed",
  "bytes",
  "packet",
  "memory",
  "register",
  "float",
  "failPower",
  "powerOn",
];
/** A register, or the pc as 32. */
const REGISTER_MAX = 32;
const WORD_MAX = 0xffff_ffff;
const BRANCHES_MAX = 10_000;

class Reader {
  readonly #path: string;
  /** Whether keys that this release does not know are of a later revision, and may be passed over. */
  #isLater = false;

  constructor(path: string) {
    this.#path = path;
  }

  recording(json: unknown): ReadRecording {
    if (!isObject(json) || json["format"] !== FORMAT) throw notARecording(this.#path);
    const version = json["version"];
    if (version !== VERSION) throw otherVersion(this.#path, version, VERSION);
    this.#isLater = this.#integer(json["revision"] ?? 0, "revision", 0) > REVISION;
    this.#known(json, "the recording", [
      ...["format", "version", "revision", "title", "folder", "scenario", "launch", "files"],
      ...["diskImage", "branches", "current", "hash", "marks"],
    ]);
    const source = this.#object(json["scenario"], "scenario");
    const scenario = scenarioOf(this.#path, source);
    const files = this.#list(json["files"], "files", (item, where) => this.#file(item, where));
    this.#checkFiles(scenario, files);
    const branches: RecordedBranch[] = [];
    const list = this.#array(json["branches"], "branches");
    if (list.length === 0 || list.length > BRANCHES_MAX) {
      this.#fail(`'branches' must have 1 to ${BRANCHES_MAX} entries, not ${list.length}`);
    }
    for (const [i, item] of list.entries())
      branches.push(this.#branch(item, `branches[${i}]`, branches));
    const hash = this.#string(json["hash"], "hash");
    if (!/^[0-9a-f]{16}$/.test(hash)) this.#fail("'hash' must be sixteen hexadecimal digits");
    const recording: Recording = {
      title: this.#string(json["title"], "title"),
      folder: json["folder"] === undefined ? "" : this.#name(json["folder"], "folder"),
      scenario: source,
      ...this.#launch(json["launch"] ?? {}),
      files,
      ...(json["diskImage"] === undefined
        ? {}
        : { diskImage: this.#bytes(json["diskImage"], "diskImage") }),
      branches,
      current: this.#integer(json["current"], "current", 1, branches.length),
      hash,
      marks: this.#list(json["marks"], "marks", (item, where) => this.#mark(item, where, branches)),
    };
    return { recording, scenario };
  }

  #launch(json: unknown): Pick<Recording, "tick"> & BuildChoices {
    const launch = this.#object(json, "launch");
    this.#known(launch, "launch", ["tick", "optimization", "floatingPoint"]);
    const { tick } = launch;
    const optimization = this.#oneOf(launch, "optimization", OPTIMIZATIONS);
    const floatingPoint = this.#oneOf(launch, "floatingPoint", FLOATING_POINTS);
    return {
      ...(tick === undefined ? {} : { tick: this.#integer(tick, "launch.tick", 10) }),
      ...buildChoices({
        ...(optimization === undefined ? {} : { optimization }),
        ...(floatingPoint === undefined ? {} : { floatingPoint }),
      }),
    };
  }

  #oneOf<Value extends string>(
    launch: Readonly<Record<string, unknown>>,
    name: string,
    values: readonly Value[],
  ): Value | undefined {
    const found = values.find((each) => each === launch[name]);
    if (launch[name] !== undefined && found === undefined) {
      this.#fail(`'launch.${name}' must be one of ${values.join(", ")}`);
    }
    return found;
  }

  #file(json: unknown, where: string): RecordedFile {
    const item = this.#object(json, where);
    this.#known(item, where, ["name", "identity", "buildId", "contents"]);
    const identity = this.#string(item["identity"], `${where}.identity`);
    if (!/^sha256:[0-9a-f]{64}$/.test(identity)) {
      this.#fail(`'${where}.identity' must be 'sha256:' and 64 hexadecimal digits`);
    }
    const { buildId, contents } = item;
    return {
      name: this.#name(item["name"], `${where}.name`),
      identity,
      ...(buildId === undefined ? {} : { buildId: this.#string(buildId, `${where}.buildId`) }),
      ...(contents === undefined ? {} : { contents: this.#bytes(contents, `${where}.contents`) }),
    };
  }

  /** Every program that the scenario names is there, once. */
  #checkFiles(scenario: Scenario, files: readonly RecordedFile[]): void {
    const names = new Set(files.map(({ name }) => name));
    if (names.size < files.length) this.#fail("'files' has a name twice");
    for (const each of [...scenario.environments, ...diskPrograms(scenario)]) {
      const name = imageName(each);
      if (!names.has(name)) this.#fail(`'files' lacks the program '${name}'`);
    }
  }

  #branch(json: unknown, where: string, before: readonly RecordedBranch[]): RecordedBranch {
    const item = this.#object(json, where);
    this.#known(item, where, ["name", "parent", "fork", "end", "journal"]);
    const end = this.#position(item["end"], `${where}.end`);
    const isFirst = before.length === 0;
    if (isFirst && (item["parent"] !== undefined || item["fork"] !== undefined)) {
      this.#fail(`'${where}' is the first branch and cannot have a parent`);
    }
    const parent = isFirst ? undefined : this.#parent(item, where, before);
    if (parent !== undefined && !isReached(parent.fork, end)) {
      this.#fail(`'${where}' ends before it begins`);
    }
    const journal = this.#list(item["journal"], `${where}.journal`, (entry, at) =>
      this.#entry(entry, at),
    );
    let last = parent?.fork;
    for (const [i, { at }] of journal.entries()) {
      if (last !== undefined && !isReached(last, at)) {
        this.#fail(`'${where}.journal[${i}]' is not later than what comes before it`);
      }
      // What enters is an event, so the next entry and the end are later.
      last = { step: at.step, event: at.event + 1 };
      if (!isReached(last, end)) this.#fail(`'${where}.journal[${i}]' is after the branch's end`);
    }
    const name = this.#string(item["name"], `${where}.name`);
    return { name, ...(parent === undefined ? {} : { parent }), end, journal };
  }

  #parent(
    item: Json,
    where: string,
    before: readonly RecordedBranch[],
  ): { readonly branch: number; readonly fork: Position } {
    const branch = this.#integer(item["parent"], `${where}.parent`, 1, before.length);
    const fork = this.#position(item["fork"], `${where}.fork`);
    const of = before[branch - 1];
    if (of !== undefined && !isReached(fork, of.end)) {
      this.#fail(`'${where}.fork' is after the end of the branch that it leaves`);
    }
    return { branch, fork };
  }

  #entry(json: unknown, where: string): JournalEntry {
    const item = this.#object(json, where);
    this.#known(item, where, ["at", ...ENTRY_KINDS]);
    const kinds = ENTRY_KINDS.filter((kind) => kind in item);
    if (kinds.length !== 1) {
      this.#fail(
        `'${where}' must have one of ${ENTRY_KINDS.map((kind) => `'${kind}'`).join(", ")}`,
      );
    }
    return {
      at: this.#position(item["at"], `${where}.at`),
      what: this.#intervention(item, where),
    };
  }

  #intervention(item: Json, where: string): Intervention {
    if ("typed" in item) {
      const text = this.#string(item["typed"], `${where}.typed`);
      return { kind: "console", bytes: new TextEncoder().encode(text) };
    }
    if ("bytes" in item) {
      return { kind: "console", bytes: this.#bytes(item["bytes"], `${where}.bytes`) };
    }
    if ("packet" in item) {
      const bytes = this.#bytes(item["packet"], `${where}.packet`);
      if (bytes.length < 1 || bytes.length > FRAME_BYTES_MAX) {
        this.#fail(`'${where}.packet' must have 1 to ${FRAME_BYTES_MAX} bytes`);
      }
      return { kind: "packet", bytes };
    }
    if ("memory" in item) {
      const at = `${where}.memory`;
      const memory = this.#object(item["memory"], at);
      this.#known(memory, at, ["environment", "address", "bytes"]);
      return {
        kind: "memory",
        environment: this.#integer(memory["environment"], `${at}.environment`, 1, WORD_MAX),
        address: this.#integer(memory["address"], `${at}.address`, 0, WORD_MAX),
        bytes: this.#bytes(memory["bytes"], `${at}.bytes`),
      };
    }
    if ("powerOn" in item) return { kind: "powerOn" };
    if ("failPower" in item) {
      const at = `${where}.failPower`;
      const power = this.#object(item["failPower"], at);
      this.#known(power, at, ["mode", "seed"]);
      const mode = POWER_FAILURE_MODES.find((each) => each === power["mode"]);
      if (mode === undefined) {
        this.#fail(`'${at}.mode' must be one of ${POWER_FAILURE_MODES.join(", ")}`);
      }
      return { kind: "failPower", mode, seed: this.#integer(power["seed"], `${at}.seed`, 0) };
    }
    if ("float" in item) return this.#float(item["float"], `${where}.float`);
    const at = `${where}.register`;
    const register = this.#object(item["register"], at);
    this.#known(register, at, ["environment", "register", "value"]);
    return {
      kind: "register",
      environment: this.#integer(register["environment"], `${at}.environment`, 1, WORD_MAX),
      register: this.#integer(register["register"], `${at}.register`, 1, REGISTER_MAX),
      value: this.#integer(register["value"], `${at}.value`, -0x8000_0000, WORD_MAX),
    };
  }

  #float(json: unknown, at: string): Intervention {
    const float = this.#object(json, at);
    this.#known(float, at, ["environment", "register", "words"]);
    const words = this.#list(float["words"], `${at}.words`, (word, where) =>
      this.#integer(word, where, 0, WORD_MAX),
    );
    const [low, high] = words;
    if (low === undefined || high === undefined || words.length !== 2) {
      this.#fail(`'${at}.words' must be the lower and the upper word`);
    }
    return {
      kind: "float",
      environment: this.#integer(float["environment"], `${at}.environment`, 1, WORD_MAX),
      register: this.#integer(float["register"], `${at}.register`, 0, 31),
      words: [low, high],
    };
  }

  #mark(json: unknown, where: string, branches: readonly RecordedBranch[]): RecordedMark {
    const item = this.#object(json, where);
    this.#known(item, where, ["name", "note", "branch", "at"]);
    const branch = this.#integer(item["branch"], `${where}.branch`, 1, branches.length);
    const at = this.#position(item["at"], `${where}.at`);
    const name = this.#string(item["name"], `${where}.name`);
    const end = branches[branch - 1]?.end;
    if (end !== undefined && !isReached(at, end)) {
      this.#fail(
        `the mark '${name}' is at step ${at.step}, event ${at.event}, and its branch ends at step ${end.step}, event ${end.event}`,
      );
    }
    return { name, note: this.#string(item["note"] ?? "", `${where}.note`), branch, at };
  }

  #position(json: unknown, where: string): Position {
    if (!Array.isArray(json) || json.length !== 2) this.#fail(`'${where}' must be [step, event]`);
    return {
      step: this.#integer(json[0], `${where}[0]`, 0),
      event: this.#integer(json[1], `${where}[1]`, 0),
    };
  }

  /** A path of a file that lies near the recording: a recording of somebody else's does not name files of this machine. */
  #name(json: unknown, where: string): string {
    const name = this.#string(json, where);
    if (name === "" || /^([\\/]|[A-Za-z]:)/.test(name) || name.includes("\0")) {
      this.#fail(`'${where}' must be a relative path`);
    }
    return name;
  }

  #bytes(json: unknown, where: string): Uint8Array {
    return fromBase64(this.#string(json, where)) ?? this.#fail(`'${where}' must be base64`);
  }

  #list<Item>(json: unknown, where: string, read: (item: unknown, where: string) => Item): Item[] {
    return this.#array(json, where).map((item, i) => read(item, `${where}[${i}]`));
  }

  #array(json: unknown, where: string): readonly unknown[] {
    return Array.isArray(json) ? json : this.#fail(`'${where}' must be a list`);
  }

  #object(json: unknown, where: string): Json {
    return isObject(json) ? json : this.#fail(`'${where}' must be an object`);
  }

  #string(json: unknown, where: string): string {
    return typeof json === "string" ? json : this.#fail(`'${where}' must be a string`);
  }

  #integer(json: unknown, where: string, min: number, max = Number.MAX_SAFE_INTEGER): number {
    if (typeof json !== "number" || !Number.isInteger(json) || json < min || json > max) {
      this.#fail(`'${where}' must be a whole number from ${min} to ${max}`);
    }
    return json;
  }

  #known(object: Json, where: string, keys: readonly string[]): void {
    if (this.#isLater) return;
    const unknown = Object.keys(object).find((key) => !keys.includes(key));
    if (unknown !== undefined) this.#fail(`${where} has an unknown key '${unknown}'`);
  }

  #fail(what: string): never {
    throw badRecording(this.#path, what);
  }
}
