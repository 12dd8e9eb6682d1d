/** The warning of a run whose scenario weakens guards, wherever one is given. */
export function weakenedText(guards: readonly string[]): string {
  const names = guards.map((name) => `'${name}'`).join(", ");
  return `this scenario weakens the guard${guards.length === 1 ? "" : "s"} ${names}; what it shows, the kernel as it is would have refused.`;
}
