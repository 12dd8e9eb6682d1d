/** Checks that stay on in a release: a failed one is our bug, never the guest's. */

/** Throws if `condition` is false. The message says what was believed and holds the numbers that a report needs. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}

/** Closes a `switch` over a closed set: a case that is missing fails to compile. */
export function assertNever(value: never): never {
  throw new Error(`assertion failed: unexpected value ${JSON.stringify(value)}`);
}
