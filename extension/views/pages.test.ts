import { expect, test } from "vitest";
import { CLIENT, environment, page, pagesAt, SERVER, server } from "../testing/kernel-state.ts";
import { pageRows } from "./pages.ts";
import { asText } from "./row.ts";

const environments = [environment(), server()];
const shared = page({
  frame: 0x130,
  dirty: true,
  mappings: [
    { environment: CLIENT, address: "0x50000000", rights: "rw-", guaranteed: true },
    { environment: SERVER, address: "0x80000000", rights: "r--", guaranteed: false },
  ],
});
const all = [
  page({ frame: 0x40, state: "kernel", mappings: [] }),
  page(),
  shared,
  page({ frame: 0x131, owner: SERVER, mappings: [] }),
];
const picture = { now: pagesAt(7, all), environments };

test("pages stand below their owner with the bindings that reach them", () => {
  expect(asText(pageRows(picture))).toMatchInlineSnapshot(
    `
    "3,500 of 4,096 free  low water 3,400
      0x41 .. 0x12c  free · 236 pages
      0x12e .. 0x12f  free · 2 pages
      0x132 .. 0xfff  free · 3,790 pages
    client (env 514)  2 pages · 1 shared · 1 dirty
      0x12d  client 0x40000000 rw-
        0x40000000 of client  rw-
      0x130  client 0x50000000 rw- guaranteed, server 0x80000000 r-- · shared · dirty
        0x50000000 of client  rw- · guaranteed
        0x80000000 of server  r--
    server (env 771)  1 page
      0x131  not bound
    the kernel  65 pages
      0x0 .. 0x3f  fixed records
      0x40  charged to client
    "
  `.replaceAll("\n    ", "\n"),
  );
});

test("two bindings of one environment do not make a page shared", () => {
  const twice = page({
    mappings: [
      { environment: CLIENT, address: "0x1000", rights: "rw-", guaranteed: false },
      { environment: CLIENT, address: "0x2000", rights: "r--", guaranteed: false },
    ],
  });
  const [, owner] = pageRows({ ...picture, now: pagesAt(1, [twice]) });
  expect(owner!.description).toBe("1 page");
});

test("a page that was allocated, written, bound or freed is marked, and the summary says how many are left", () => {
  const before = pagesAt(1, [page(), page({ frame: 0x200 })], 3501);
  const now = pagesAt(2, [page({ dirty: true }), page({ frame: 0x201 })], 3500);
  const [summary, group] = pageRows({ now, before, environments });
  expect(summary!.description).toBe("changed · was 3,501 · low water 3,400");
  expect(group!.children!().map(({ label, description }) => `${label} ${description}`)).toEqual([
    "0x12d changed · owner client · client 0x40000000 rw- · dirty",
    "0x201 new · owner client · client 0x40000000 rw-",
    "0x200 gone · was client's",
  ]);
});

test("a full machine of 512 MiB makes only its top rows until one is unfolded", () => {
  const pages = Array.from({ length: 131_000 }, (_, frame) => page({ frame: frame + 64 }));
  const rows = pageRows({ ...picture, now: pagesAt(1, pages) });
  expect(rows.map(({ label }) => label)).toEqual([
    "3,500 of 4,096 free",
    "client (env 514)",
    "the kernel",
  ]);
  const [first] = rows[1]!.children!();
  expect(first!.label).toBe("0x40 .. 0x274f");
});

test("a page that transfers go to is pinned, and its row says by how many", () => {
  const [, owner] = pageRows({ ...picture, now: pagesAt(1, [page({ pins: 2, mappings: [] })]) });
  const [row] = owner!.children!();
  expect(row!.description).toBe("not bound · pinned by 2 transfers");
  expect(row!.children!().map(({ label }) => label)).toEqual(["pinned by 2 transfers"]);
  expect(row!.tooltip()).toContain("2 transfers of a device are queued for it");
});

test("pages of nobody are listed as ranges, the last up to the end of memory", () => {
  const [free] = pageRows({
    ...picture,
    now: pagesAt(1, [page({ frame: 0x41 }), page({ frame: 0xffe })]),
  });
  expect(free!.children!().map(({ label, description }) => `${label} ${description}`)).toEqual([
    "0x40 free · 1 page",
    "0x42 .. 0xffd free · 4,028 pages",
    "0xfff free · 1 page",
  ]);
  expect(free!.children!()[0]!.subject).toEqual({ frame: 0x40, object: { page: 0x40 } });
});

test("the tooltip names frame, owner's capability and bindings", () => {
  const row = pageRows(picture)[1]!.children!()[1]!;
  expect(row.tooltip()).toBe(
    "**Frame 0x130**, physical address 0x130000\n\n" +
      "Owned by client \\(env 514\\), by the capability in its slot 16.\n\n" +
      "Bindings:\n\n- client 0x50000000 rw\\- guaranteed\n- server 0x80000000 r\\-\\-\n\n" +
      "Guaranteed: the kernel refills this binding itself, so that a fault handler can always run.\n\n" +
      "Shared: more than one environment reaches it.\n\n" +
      "Dirty: written to through a binding. Referenced.",
  );
});
