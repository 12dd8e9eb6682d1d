/** What the client tells the server when it starts. */
export interface LanguageOptions {
  /** The extension's folder: `libos`, `docs/abi.md`, `dist/kernel-source.json`. */
  readonly root: string;
  /** The setting `exoscope.compiler`. */
  readonly compiler: string;
  /** What is offered in C: everything, what other C extensions cannot say, or nothing. */
  readonly c: "all" | "kernelCalls" | "off";
}

/** The setting `exoscope.language.c`, in which `auto` gives way to another C extension. */
export function extentOf(setting: string, hasOtherExtension: boolean): LanguageOptions["c"] {
  if (setting === "all" || setting === "kernelCalls" || setting === "off") return setting;
  return hasOtherExtension ? "kernelCalls" : "all";
}
