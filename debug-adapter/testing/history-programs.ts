/** Small programs whose history tests look back on, written to a folder of their own. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { markerLine } from "./dap-client.ts";

const folder = mkdtempSync(join(tmpdir(), "exoscope-history-"));

/** Writes a source and returns its path. */
export function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

export const inFolder = (name: string): string => join(folder, name);

/** Writes `x` and `y`, then is busy for some 30 million steps, then writes `y` again. */
export const LONG = written(
  "long.c",
  `#include <stdio.h>
static volatile int x, y, total;
int main(void)
{
  x = 1;                                          //@step one
  y = 1;                                          //@step two
  for (int i = 0; i < 3000000; i++) total += i;   //@step loop
  y = 2;                                          //@step after
  y = 3;                                          //@step after2
  printf("%d %d\\n", x, y);                       //@step print
  return 0;
}
`,
);

/** As LONG, and then it echoes lines. */
export const LINES = written(
  "lines.c",
  `#include <stdio.h>
#include <libos.h>
static volatile int x, total;
int main(void)
{
  char line[80];
  x = 1;                                          //@step one
  for (int i = 0; i < 3000000; i++) total += i;   //@step loop
  x = 2;                                          //@step after
  while (readline(line, sizeof line) >= 0) printf("got %s\\n", line); //@step line
  return 0;
}
`,
);

/** Comes to a line thirty times, some 20,000 steps apart. */
export const THIRTY = written(
  "thirty.c",
  `#include <stdio.h>
static volatile int total;
int main(void)
{
  for (int i = 0; i < 30; i++) {
    for (int j = 0; j < 2000; j++) total += j;
    total = i;                                    //@step hit
  }
  total = 1;                                      //@step after
  return 0;
}
`,
);

/** Two loops of many hits with a long wait between them. */
export const HITS = written(
  "hits.c",
  `#include <stdio.h>
static volatile int total, y;
int main(void)
{
  for (int i = 0; i < 200000; i++) {
    total += i;                                   //@step body
  }
  y = 1;                                          //@step mid
  for (int i = 0; i < 3000000; i++) total += i;
  for (int i = 0; i < 100; i++) {
    total = i;                                    //@step later
  }
  y = 2;                                          //@step after
  return 0;
}
`,
);

export const lineOf = (path: string, marker: string): number => markerLine(path, marker);

/** So many turns of the event loop: requests that come while the session is at work. */
export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
