/** A recording as the text of its file. Pure: the same recording gives the same text. */
import type { JournalEntry, Position } from "#exokernel";
import { buildChoices } from "../build-choices.ts";
import { asText, toBase64 } from "./base64.ts";
import {
  FORMAT,
  REVISION,
  type RecordedBranch,
  type RecordedFile,
  type Recording,
  VERSION,
} from "./recording.ts";

/** JSON with one line for each file, branch, journal entry and mark, so that two recordings can be compared by lines. */
export function writeRecording(recording: Recording): string {
  const { title, folder, scenario, tick, current, hash, marks } = recording;
  const launch = {
    ...(tick === undefined ? {} : { tick }),
    ...buildChoices(recording),
  };
  const members = [
    member("format", FORMAT),
    member("version", VERSION),
    ...(REVISION === 0 ? [] : [member("revision", REVISION)]),
    member("title", title),
    ...(folder === "" ? [] : [member("folder", folder)]),
    member("scenario", scenario),
    ...(Object.keys(launch).length === 0 ? [] : [member("launch", launch)]),
    `"files": ${list(recording.files.map((file) => JSON.stringify(fileJson(file))))}`,
    ...(recording.diskImage === undefined
      ? []
      : [member("diskImage", toBase64(recording.diskImage))]),
    `"branches": ${list(recording.branches.map(branchText))}`,
    member("current", current),
    member("hash", hash),
    `"marks": ${list(
      marks.map(({ name, note, branch, at }) =>
        JSON.stringify({ name, ...(note === "" ? {} : { note }), branch, at: pair(at) }),
      ),
    )}`,
  ];
  return `{\n${members.map((text) => `  ${text}`).join(",\n")}\n}\n`;
}

const member = (name: string, value: unknown): string => `"${name}": ${JSON.stringify(value)}`;

const list = (items: readonly string[], indent = "  "): string =>
  items.length === 0 ? "[]" : `[\n${indent}  ${items.join(`,\n${indent}  `)}\n${indent}]`;

const pair = ({ step, event }: Position): [number, number] => [step, event];

function fileJson({ name, identity, buildId, contents }: RecordedFile): object {
  return {
    name,
    identity,
    ...(buildId === undefined ? {} : { buildId }),
    ...(contents === undefined ? {} : { contents: toBase64(contents) }),
  };
}

function branchText({ name, parent, end, journal }: RecordedBranch): string {
  const head = JSON.stringify({
    name,
    ...(parent === undefined ? {} : { parent: parent.branch, fork: pair(parent.fork) }),
    end: pair(end),
  });
  const entries = journal.map((entry) => JSON.stringify(entryJson(entry)));
  return `${head.slice(0, -1)},"journal": ${list(entries, "    ")}}`;
}

function entryJson({ at, what }: JournalEntry): object {
  switch (what.kind) {
    case "console": {
      const text = asText(what.bytes);
      const typed = text === undefined ? { bytes: toBase64(what.bytes) } : { typed: text };
      return { at: pair(at), ...typed };
    }
    case "packet":
      return { at: pair(at), packet: toBase64(what.bytes) };
    case "memory": {
      const { environment, address, bytes } = what;
      return { at: pair(at), memory: { environment, address, bytes: toBase64(bytes) } };
    }
    case "register": {
      const { environment, register, value } = what;
      return { at: pair(at), register: { environment, register, value } };
    }
    case "float": {
      const { environment, register, words } = what;
      return { at: pair(at), float: { environment, register, words } };
    }
    case "failPower":
      return { at: pair(at), failPower: { mode: what.mode, seed: what.seed } };
    case "powerOn":
      return { at: pair(at), powerOn: true };
  }
}
