// What the tests use of kernel-source.mjs.
import type { KernelSource } from "../debug-adapter/kernel-source.ts";

export function readKernelSource(): KernelSource;
export function kernelSource(texts: Readonly<Record<string, string>>): KernelSource;
