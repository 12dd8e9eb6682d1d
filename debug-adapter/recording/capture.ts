/** From a run to its recording. */
import type { Branch } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import type { Host } from "../host.ts";
import type { LoadedImage } from "../loaded-image.ts";
import { identityOf } from "./identity.ts";
import type { RecordedBranch, RecordedFile, RecordedMark, Recording } from "./recording.ts";

/**
 * The history of a run until its end, wherever one stands in it now. `withPrograms` puts the executables in, so that it opens where
 * neither compiler nor sources are; with their debug data, some 100 KB each.
 */
export function captureRecording(
  debuggee: Debuggee,
  marks: readonly RecordedMark[],
  withPrograms: boolean,
  host: Host,
): Recording {
  const { timeline, origin } = debuggee;
  if (origin === undefined) throw new Error("assertion failed: this run has no origin");
  const { images, diskImage, ...start } = origin;
  return {
    ...start,
    ...(diskImage === undefined ? {} : { diskImage: host.gzip(diskImage) }),
    files: [...images].map(([name, image]) => fileOf(name, image, withPrograms, host)),
    branches: timeline.branches.map((branch) => branchOf(branch, timeline.branch, debuggee)),
    current: timeline.branch.id,
    hash: hashAtEnd(debuggee),
    marks,
  };
}

function fileOf(
  name: string,
  { elf, bytes }: LoadedImage,
  withPrograms: boolean,
  host: Host,
): RecordedFile {
  return {
    name,
    identity: identityOf(elf, host),
    ...(elf.buildId === undefined ? {} : { buildId: elf.buildId }),
    ...(withPrograms ? { contents: host.gzip(bytes) } : {}),
  };
}

function branchOf(branch: Branch, current: Branch, { timeline }: Debuggee): RecordedBranch {
  const { name, parent, fork, entries } = branch;
  const end = branch === current ? timeline.end : branch.end;
  if (parent === undefined) return { name, end, journal: [...entries] };
  const journal = entries.slice(branch.entriesBefore(fork));
  return { name, parent: { branch: parent.id, fork }, end, journal };
}

function hashAtEnd({ timeline, kernel }: Debuggee): string {
  const { now, isAtEnd, end } = timeline;
  if (isAtEnd) return kernel.hash();
  timeline.seek(end);
  const hash = kernel.hash();
  timeline.seek(now);
  return hash;
}
