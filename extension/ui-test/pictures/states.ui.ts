/**
 * Each picture in each of its states and in four themes: axe finds nothing; all is read at zoom 300 % of 1280 x 720, without colours, and
 * with less motion. The states are those of real runs. What is seen is kept in test-results/ for a look at it.
 */
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { afterEach, beforeAll, expect, test } from "vitest";
import type { CapabilityItem } from "../../../debug-adapter/protocol.ts";
import { DapClient } from "../../../debug-adapter/testing/dap-client.ts";
import { keyOf } from "../../pictures/capability-graph/model.ts";
import { environmentMarks } from "../../pictures/environment-marks.ts";
import { changesBetween, pageTable } from "../../pictures/page-map/page-table.ts";
import { type Heard, type Options, PicturePage } from "./picture-page.ts";
import { THEME_NAMES } from "./themes.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

let picture: PicturePage | undefined;
let axe = "";
beforeAll(async () => {
  axe = await readFile(AXE, "utf8");
  await mkdir("test-results", { recursive: true });
});
afterEach(async () => {
  await picture?.close();
});

/** What axe says of the page: rules with what breaks them. */
async function violations({ page }: PicturePage): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(`axe.run(document).then(({ violations }) => violations.map(
    ({ id, nodes }) => id + ": " + nodes.map(({ html, failureSummary }) => html + failureSummary).join(" | ")))`);
}

/** Texts that are cut off at the right edge of the window, or that are too small to be read. */
const unreadable = ({ page }: PicturePage): Promise<string[]> =>
  page.evaluate(`(() => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode.data.trim();
      const element = walker.currentNode.parentElement;
      if (text === "" || !element.checkVisibility() || element.closest("script, svg, h1") !== null) continue;
      const range = document.createRange();
      range.selectNodeContents(walker.currentNode);
      const { right, height } = range.getBoundingClientRect();
      const isScrolled = element.closest(".events, .side") !== null;
      if (height > 0 && (height < 30 || (right > innerWidth + 1 && !isScrolled))) found.push(text);
    }
    return found;
  })()`);

async function looks(name: string, made: PicturePage): Promise<void> {
  for (const theme of THEME_NAMES) {
    await made.theme(theme);
    await made.page.waitForTimeout(150);
    await made.page.screenshot({
      path: `test-results/${name}-${theme.toLowerCase().replaceAll(" ", "-")}.png`,
    });
    expect(await violations(made), `${name}, ${theme}`).toEqual([]);
  }
  await made.theme("Dark Modern");
  await made.page.evaluate(`document.documentElement.style.filter = "grayscale(1)"`);
  await made.page.screenshot({ path: `test-results/${name}-grey.png` });
  await made.page.evaluate(`document.documentElement.style.filter = ""`);
  expect(made.errors).toEqual([]);
}

/** VS Code's zoom level 3 makes all 1.2 ** 3 times as large; 300 % is what is asked of web pages. */
async function large(name: string, made: PicturePage): Promise<void> {
  await made.page.setViewportSize({ width: 1280, height: 720 });
  await made.page.evaluate(`document.documentElement.style.zoom = "3"`);
  await made.page.waitForTimeout(300);
  await made.page.screenshot({ path: `test-results/${name}-300.png` });
  expect(await unreadable(made)).toEqual([]);
}

async function opened(name: string, body: unknown, options: Options = {}): Promise<PicturePage> {
  picture = await PicturePage.open(name, { width: 1000, height: 700, ...options });
  if (body !== undefined) await picture.body(body);
  await picture.page.waitForTimeout(400);
  return picture;
}

async function stopped(program: string): Promise<DapClient> {
  const client = new DapClient();
  await client.launch({ program, stopAtEnd: true });
  await client.stopped();
  return client;
}

async function timelineOf(client: DapClient, branch?: number) {
  const args = { ...(branch === undefined ? {} : { branch }) };
  const timeline = await client.request("exo/timeline", args);
  const { branches } = await client.request("exo/history", undefined);
  const heard = async ({ wish }: Heard) => {
    const asked = wish as { kind: string; branch: number; since: number; limit: number };
    if (asked?.kind !== "events") return undefined;
    const body = await client.request("exo/timeline", {
      branch: asked.branch,
      from: 0,
      to: 0,
      events: { since: asked.since, limit: Math.min(1000, asked.limit) },
    });
    return { kind: "events", branch: asked.branch, events: body.events };
  };
  return { body: { timeline, branches }, heard };
}

test.each(["timeline", "page-map", "capability-graph"])(
  "the page of the %s without a session has nothing that axe finds",
  async (name) => {
    const made = await opened(name, undefined);
    await made.post({ kind: "body", body: undefined, phase: "none" });
    await looks(`state-${name}-empty`, made);
  },
);

test("the timeline of threads: a lane for each, by keys, in four themes, grey and large", async () => {
  const client = await stopped("threads/threads.exo.json");
  const { body, heard } = await timelineOf(client);
  const made = await opened("timeline", body, { heard });
  const said = () => made.page.locator(".said").textContent();
  await made.page.locator(".plot").focus();
  await expect.poll(said).toMatch(/^You are at step/);
  // To the beginning, three events on, a marker; some events more, the other marker.
  for (const key of ["Home", "PageDown", ".", ".", ".", "[", ..."........", "]", "w", "w"]) {
    await made.page.keyboard.press(key);
    await made.page.waitForTimeout(60);
  }
  await expect
    .poll(() => made.page.locator(".delta").textContent())
    .toMatch(/A to B: [1-9][\d,]* steps/);
  await looks("state-timeline-threads", made);
  await made.page.keyboard.press("f");
  await large("state-timeline-threads", made);
});

test("the timeline of two boots", async () => {
  const client = await stopped("bank/wal.exo.json");
  const { outcomes } = await client.request("exo/crashes", undefined);
  const { body, heard } = await timelineOf(client, outcomes[3]?.branch);
  const made = await opened("timeline", { ...body, crashes: outcomes }, { heard });
  await looks("state-timeline-boots", made);
});

async function environmentsOf(client: DapClient) {
  const { environments } = await client.request("exo/environments", undefined);
  return environmentMarks(environments);
}

test("the page map with changes, a filter and a history, in four themes, grey and large", async () => {
  const client = await stopped("revocation/polite.exo.json");
  const now = pageTable(await client.request("exo/pages", undefined));
  await client.request("exo/goTo", { step: Math.floor(now.step * 0.6) });
  await client.stopped();
  const before = pageTable(await client.request("exo/pages", undefined));
  const environments = await environmentsOf(client);
  const { step, owner, flags } = before;
  const since = { step, isKept: true, changes: changesBetween(before, now), owner, flags };
  const made = await opened(
    "page-map",
    { now: before, environments, since: { ...since, changes: changesBetween(now, before) } },
    {
      heard: ({ wish }) =>
        wish?.kind === "history"
          ? {
              kind: "history",
              frame: (wish as unknown as { frame: number }).frame,
              items: [{ text: "bound", position: { branch: 0, step: 7, event: 3 } }],
            }
          : undefined,
    },
  );
  const { page } = made;
  await page.locator("#map").focus();
  await page.keyboard.press("n");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.locator("#history li").count()).toBe(1);
  await looks("state-page-map", made);
  await page.locator('#legend [data-key="changed"]').click();
  await looks("state-page-map-filtered", made);
  await page.evaluate(
    `document.querySelector("#mode").shadowRoot.querySelector(".select-face, button, .dropdown-toggle, [role=combobox]")?.click()`,
  );
  await page.waitForTimeout(200);
  await page.screenshot({ path: "test-results/state-page-map-list-open.png" });
  expect(await violations(made)).toEqual([]);
  await page.keyboard.press("Escape");
  await large("state-page-map", made);
});

test("the capability graph with offers, refusals, new ones and such that are gone, in four themes, grey and large", async () => {
  const client = await stopped("share/share.exo.json");
  await client.request("exo/goTo", { step: 20_000 });
  await client.stopped();
  const { capabilities, step } = await client.request("exo/capabilities", {});
  const environments = await environmentsOf(client);
  const few = capabilities.slice(0, 40);
  const some = (nth: number) => few[nth] as CapabilityItem;
  const offered = { ...some(3), offeredTo: environments[1]!.id };
  const made = await opened("capability-graph", {
    step,
    capabilities: [...few.slice(0, 3), offered, ...few.slice(4, -1)],
    gone: few.slice(-1),
    added: [keyOf(some(5))],
    refusals: [{ ...some(2), text: "bind refused: rw asked for, r held" }],
    environments,
  });
  await made.page.locator("#graph").focus();
  await made.page.keyboard.press("ArrowRight");
  await made.page.keyboard.press("Enter");
  await looks("state-capability-graph", made);
  await large("state-capability-graph", made);
});
