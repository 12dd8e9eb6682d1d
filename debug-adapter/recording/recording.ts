/**
 * A recording: all that a run needs to be run again. Since the machine knows no input but its scenario and its journal, that is a few
 * KB (docs/recordings.md). Plain values; write.ts makes a file of them and read.ts checks one.
 */
import type { JournalEntry, Position } from "#exokernel";
import type { BuildChoices } from "../build-choices.ts";

export interface Recording extends BuildChoices {
  /** The base name of what was launched: `ping-pong.exo.json`, `hello.c`. */
  readonly title: string;
  /** The folder that the scenario's paths start from, relative to the working folder; empty for that folder itself, or when it lies elsewhere. */
  readonly folder: string;
  /** The scenario as `*.exo.json` spells it, with the names of its files as here. */
  readonly scenario: Readonly<Record<string, unknown>>;
  /** The launch's own slice length in steps, which overrides the scenario's. */
  readonly tick?: number;
  readonly files: readonly RecordedFile[];
  /** What the disk held at first, compressed by gzip: an input of the run like any other. */
  readonly diskImage?: Uint8Array;
  /** The first is the one that begins at the boot; a parent comes before its children. */
  readonly branches: readonly RecordedBranch[];
  /** Which of the branches was being looked at, counted from 1. */
  readonly current: number;
  /** The machine's hash at the end of that branch: sixteen hexadecimal digits. */
  readonly hash: string;
  readonly marks: readonly RecordedMark[];
}

/** A file that the run was made of. */
export interface RecordedFile {
  /** As the scenario names it: never absolute. */
  readonly name: string;
  /** What the run depends on of it (identity.ts). */
  readonly identity: string;
  /** The executable's `NT_GNU_BUILD_ID`, for people. */
  readonly buildId?: string;
  /** The whole file, compressed by gzip. */
  readonly contents?: Uint8Array;
}

export interface RecordedBranch {
  readonly name: string;
  /** The branch that it left, counted from 1, and where; absent for the first. */
  readonly parent?: { readonly branch: number; readonly fork: Position };
  /** How far it was run. */
  readonly end: Position;
  /** What entered it from outside: for a branch, after its fork. */
  readonly journal: readonly JournalEntry[];
}

export interface RecordedMark {
  readonly name: string;
  readonly note: string;
  /** Counted from 1. */
  readonly branch: number;
  readonly at: Position;
}

export const FORMAT = "exoscope-recording";
/** A reader knows its own version and no other. */
export const VERSION = 1;
/**
 * Within a version, a later revision may add keys that an older reader can do without: it passes over keys that it does not know
 * if the file's revision is higher than its own, and refuses them otherwise.
 */
export const REVISION = 0;

/** The name that tells a recording by its end. */
export const isRecordingName = (path: string): boolean => /\.exorec$/.test(path);
