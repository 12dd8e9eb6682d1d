/** `loadedSources`: the files that the programs of a run were compiled from, as far as they are on this machine. */
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import type { Debuggee } from "../debuggee.ts";
import { sourceOf } from "../disassembly.ts";

export function loadedSources(debuggee: Debuggee): Dap.Source[] {
  const paths = new Set<string>();
  for (const { image } of debuggee.environments()) {
    for (const file of image?.debug.sourceFiles() ?? []) {
      if (image?.hasSource(file) === true) paths.add(image.localPath(file));
    }
  }
  return [...paths].sort().map(sourceOf);
}
