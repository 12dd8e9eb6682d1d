/** The warning of a run whose scenario weakens guards, wherever one is given. */
export function weakenedText(guards: readonly string[]): string {
  const names = guards.map((name) => `'${name}'`).join(", ");
  return `this scenario weakens the guard${guards.length === 1 ? "" : "s"} ${names}; what it shows, the kernel as it is would have refused.`;
}

/** Tells a client of it, if there is anything to tell. */
export function warnOfWeakened(
  guards: readonly string[],
  send: (event: string, body: unknown) => void,
): void {
  if (guards.length === 0) return;
  send("output", { category: "stderr", output: `Warning: ${weakenedText(guards)}\n` });
}
