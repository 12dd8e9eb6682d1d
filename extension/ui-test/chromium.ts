/** The Chromium of the browser tests: the system's, or the one that EXOSCOPE_CHROMIUM names. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const FLAGS = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
  // Whatever asks for another machine's name is told that there is none.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env["EXOSCOPE_CHROMIUM"] ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) {
    throw new Error(
      `There is no ${executablePath}: apt-get install chromium, or set EXOSCOPE_CHROMIUM to a Chromium's path.`,
    );
  }
  return chromium.launch({ executablePath, args: FLAGS });
}
