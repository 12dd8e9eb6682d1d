import type { Page } from "playwright-core";

const PATIENCE = 30_000;

/** Waits until a condition holds; what was waited for in vain is said. */
export async function until(
  page: Page,
  condition: () => Promise<boolean>,
  what: string | (() => string),
  patience = PATIENCE,
): Promise<void> {
  const deadline = Date.now() + patience;
  while (!(await condition())) {
    if (Date.now() >= deadline) {
      throw new Error(`Waited in vain for ${typeof what === "string" ? what : what()}.`);
    }
    await page.waitForTimeout(50);
  }
}
