/**
 * The kernel's own source as a debugger shows it: where each guard stands. It is made when the adapter is built
 * (`tools/kernel-source.mjs`), since what is packaged has no sources.
 */
import type { Host } from "./host.ts";

/** Where a guard stands: the file below the project's root, the 1-based line of its call, its condition as it is written. */
export interface GuardPlace {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  /** It cannot be weakened. */
  readonly isStructural: boolean;
}

/** Where a call's decode and invoke begin: 1-based lines. */
export interface CallPlace {
  readonly file: string;
  readonly decode: number;
  readonly invoke: number;
}

export interface KernelSource {
  /** Texts by path, of all files with a guard or a call. */
  readonly files: Readonly<Record<string, string>>;
  /** By the guard's name. */
  readonly guards: Readonly<Record<string, GuardPlace>>;
  /** By the name of the call's row in the table of calls: `pageAlloc`. */
  readonly calls: Readonly<Record<string, CallPlace>>;
}

/** An adapter that was not built with it: nothing has a place. */
export const NO_KERNEL_SOURCE: KernelSource = { files: {}, guards: {}, calls: {} };

/** What the build wrote beside the adapter. */
export function kernelSourceAt(path: string, host: Host): KernelSource {
  if (!host.isFile(path)) return NO_KERNEL_SOURCE;
  return JSON.parse(new TextDecoder().decode(host.readBytes(path))) as KernelSource;
}

/** `exokernel/guards.ts:74`; empty when the place is unknown. */
export function placeText(source: KernelSource, guard: string): string {
  const place = source.guards[guard];
  return place === undefined ? "" : `${place.file}:${place.line}`;
}
