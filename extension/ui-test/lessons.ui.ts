/** W0, W3, W6, W10 and W12 from start to end in one VS Code (W1 is in lesson.ui.ts): answers, wrong and right, code, trees, twins, and back. */
import { expect, test } from "vitest";
import { theme, violations } from "./appearance.ts";
import { LessonPlayer } from "./lesson-player.ts";
import { withOneVSCode } from "./one-vscode.ts";
import type { VSCodePage } from "./vscode-page.ts";

let vscode: VSCodePage;

withOneVSCode((page) => {
  vscode = page;
});

const tree = async (view: string) => (await vscode.treeRows(view)).join("\n");
const frames = () => vscode.callStack();

/** Ends a lesson; the next one begins with nothing open. */
async function close(lesson: LessonPlayer): Promise<void> {
  expect(await vscode.notifications("error")).toEqual([]);
  expect(await violations(await lesson.frame())).toEqual([]);
  await vscode.command("Lesson: Close");
  await expect.poll(() => vscode.isDebugging()).toBe(false);
  await vscode.command("View: Close All Editors");
}

test("W0: the library prints, the kernel is entered once, and its records stay as they are", async () => {
  const lesson = new LessonPlayer(vscode, "who");
  await lesson.open("W0: Who is the kernel");
  await lesson.standsAt("A line of the application", "who.h", "print");
  await lesson.choose("The kernel's");
  await lesson.isTold(/May an application run there/);
  await lesson.choose("who, the program's own");
  await lesson.isRight(/who: an environment is what the kernel protects/);
  await vscode.screenshot("lesson-w0-1-application");
  await expect.poll(() => tree("Environments")).toMatch(/who.*running/);

  await lesson.next();
  await lesson.standsAt("Into the library");
  await expect
    .poll(frames)
    .toEqual(expect.arrayContaining(["console_flush", "putchar", "puts", "main"]));
  await lesson.choose("Yes: printing is the operating system's");
  await lesson.isTold(/Has there been a trap/);
  await lesson.choose("No: this is a library in the same environment");
  await lesson.isRight(/console_flush runs in who/);

  await lesson.next();
  await lesson.standsAt("The call");
  await lesson.write("1");
  await lesson.isTold(/Why would there be a buffer/);
  await lesson.write("13");
  await lesson.isRight(/Register a1 has 13/);
  await vscode.screenshot("lesson-w0-2-call");

  await lesson.next();
  await lesson.standsAt("How often the kernel is entered", "who.h", "print");
  await lesson.write("12");
  await lesson.isTold(/Who gathers the letters/);
  await lesson.write("1");
  await lesson.isRight(/1 for the whole line/, "who.h", "poke");

  // Another program: its session begins where this one ends.
  await lesson.next();
  await lesson.standsAt("Another library", "who.h", "print");
  await lesson.write("13");
  await lesson.isRight(
    /13 for the same line\. The kernel is the same to the last byte/,
    "who.h",
    "poke",
  );

  await lesson.next();
  await lesson.standsAt("Writing into the kernel", "who.h", "poke");
  await lesson.choose("It is refused");
  await lesson.isRight(/bind.*Could any program do it/s);
  expect(await lesson.twin("Show Kernel Events", /refused: /)).toMatch(/bind/);
  await lesson.allHolds(2);
  expect(await lesson.ticks()).toBe(6);
  await vscode.screenshot("lesson-w0-3-refused");

  await lesson.goTo(/Step 2, Into the library/);
  await expect.poll(frames).toContain("console_flush");
  await close(lesson);
});

test("W3: a fault is repaired by the program itself, also in its handler, and fork is made of that", async () => {
  const lesson = new LessonPlayer(vscode, "cowfork");
  await theme(vscode, "Light Modern");
  await lesson.open("W3: A page fault");
  await lesson.standsAt("A stack that nobody has mapped", "stack.c", "descend");
  await lesson.write("many");
  await lesson.isTold(/asked as a number/);
  await lesson.write("64");
  await lesson.isTold(/Not what happens/);
  await lesson.view.getByRole("button", { name: "Hint" }).click();
  await lesson.isTold(/A page has 4,096 bytes/);
  await lesson.write("16");
  await lesson.isRight(/16 faults, each on a page/, "stack.c", "pager");

  await lesson.next();
  await lesson.standsAt("On which stack is the handler?", "stack.c", "pager");
  await expect.poll(frames).toEqual(expect.arrayContaining(["on_page_fault", "descend", "main"]));
  await lesson.choose("Below descend");
  await lesson.isTold(/The page under that stack is what is missing/);
  await lesson.choose("On a stack of its own");
  await lesson.isRight(/the exception stack, in memory that is guaranteed/);
  await vscode.screenshot("lesson-w3-1-light");

  await lesson.next();
  await lesson.standsAt("Whose code saved the registers?", "stack.c", "pager");
  await lesson.choose("An assembly stub");
  await lesson.isRight(/three CSRs and the pc: .*store page fault/);

  await lesson.next();
  await lesson.standsAt("What the repair takes", "stack.c", "mend");
  await expect.poll(() => tree("Physical Pages")).toMatch(/stack/);
  await lesson.write("0");
  await lesson.isTold(/Where would the memory come from/);
  await lesson.write("1");
  await lesson.isRight(/grew by 1 page/, "stack.c", "pager");
  expect(await lesson.twin("Show Page Map as Text", /Page map\./)).toMatch(/A stack/);

  await lesson.next();
  await lesson.standsAt("A fault in the handler", "stack.c", "nested");
  await lesson.choose("The kernel destroys the program");
  await lesson.isTold(/Were upcalls still off/);
  await lesson.choose("A second upcall");
  await lesson.isRight(/Two upcalls are in flight/, "stack.c", "pager");
  await expect
    .poll(async () => (await frames()).filter((name) => name === "on_page_fault").length)
    .toBe(2);
  await vscode.screenshot("lesson-w3-2-nested");

  await lesson.next();
  await lesson.standsAt("Fork without the kernel", "main.h", "fork");
  await expect.poll(() => tree("Capabilities")).toMatch(/parent/);
  await lesson.choose("The child");
  await lesson.isTold(/The parent goes on as well/);
  await lesson.choose("The parent");
  await lesson.isRight(/whoever writes first gets a copy/, "cowfork.h", "pager");

  await lesson.next();
  await lesson.standsAt("One line in the wrong place", "cowfork_bug.c", "parent-result");
  await lesson.choose("The parent's only");
  await lesson.isTold(/Who has been given a capability/);
  await lesson.choose("The memory of both");
  await lesson.isRight(/move one line up/, "cowfork.h", "mark");
  expect(await lesson.ticks()).toBe(7);

  // Back into another program's run, and by the key that undoes a step.
  await lesson.goTo(/Step 2, On which stack/);
  await expect
    .poll(lesson.place, { timeout: 60_000 })
    .toBe(await lesson.placeOf("stack.c", "pager"));
  await expect.poll(frames).toContain("descend");
  await close(lesson);
});

test("W6: the kernel asks, insists and takes, and the vector says what is gone", async () => {
  const lesson = new LessonPlayer(vscode, "revocation");
  await theme(vscode, "Dark High Contrast");
  await lesson.open("W6: Visible revocation");
  await lesson.standsAt("No page is free any more", "filler.c", "again");
  await expect.poll(() => tree("Environments")).toMatch(/greedy/);
  await lesson.choose("Take pages from it");
  await lesson.isTold(/which page greedy would miss least/);
  await lesson.choose("Ask it to give some back");
  await lesson.isRight(/nothing has been taken/, "greedy.c", "asked");
  await vscode.screenshot("lesson-w6-1-high-contrast");

  await lesson.next();
  await lesson.standsAt("How many, and which?", "greedy.c", "answer");
  await lesson.choose("The kernel: the least");
  await lesson.isTold(/What does it know of what the pages mean/);
  await lesson.choose("greedy: by a clock");
  await lesson.isRight(/Its coldest first: page \d+/, "greedy.c", "give");

  await lesson.next();
  await lesson.standsAt("Deaf");
  await expect.poll(() => tree("Physical Pages")).toMatch(/greedy/);
  await lesson.choose("The ones that greedy would miss least");
  await lesson.isTold(/asked for its choice twice/);
  await lesson.choose("Any that are not guaranteed");
  await lesson.isRight(/whoever does not choose is chosen for/);
  expect(await lesson.twin("Show Page Map as Text", /Page map\./)).toMatch(/greedy/);

  await lesson.next();
  await lesson.standsAt("When was the vector filled?", "greedy.c", "lost");
  await lesson.choose("With the request");
  await lesson.isTold(/before the program could/);
  await lesson.choose("When the pages were taken");
  await lesson.isRight(/The vector records force/);
  const events = await lesson.twin("Show Kernel Events", /repossessed: /);
  expect(events).toMatch(/lost: [\s\S]*repossessed: /);

  await lesson.next();
  await lesson.standsAt("How many entries", "greedy.c", "lost");
  await lesson.write("170");
  await lesson.isTold(/What was it owed/);
  await lesson.write("4");
  await lesson.isRight(/lost is 4/, "greedy.c", "end");

  await lesson.next();
  await lesson.standsAt("Where do the contents go?", "greedy.c", "place");
  await lesson.write("166");
  await lesson.isTold(/Not what happens/);
  await lesson.write("170");
  await lesson.isRight(/is in sector \d+ of its extent/, "greedy.c", "back");

  await lesson.next();
  await lesson.standsAt("Below the guarantee");
  await lesson.choose("greedy, as before");
  await lesson.isTold(/What would a guarantee be worth/);
  await lesson.choose("filler itself");
  await lesson.isRight(/filler/);
  await lesson.allHolds(2);
  expect(await lesson.ticks()).toBe(7);
  await vscode.screenshot("lesson-w6-2-guarantee");

  // Moments of three programs.
  const times = await lesson.timeJumps([
    ["When was the vector filled?", "greedy.c", "lost"],
    ["No page is free any more", "filler.c", "again"],
    ["How many entries", "greedy.c", "lost"],
    ["How many, and which?", "greedy.c", "answer"],
    ["Where do the contents go?", "greedy.c", "place"],
  ]);
  const all = times.map((time) => Math.round(time)).join(", ");
  console.log(`lesson: jumps to moments of other programs take ${all} ms`);
  await close(lesson);
});

test("W10: the power fails between two writes, before and after the commit record, and where it comes first", async () => {
  const lesson = new LessonPlayer(vscode, "bank");
  await theme(vscode, "Light High Contrast");
  await lesson.open("W10: Transactions");
  await lesson.standsAt("Two accounts, no log", "nolog.c", "take");
  await lesson.write("1");
  await lesson.isTold(/Two accounts are two sectors/);
  await lesson.write("2");
  await lesson.isRight(/2 writes, and between them a moment/, "nolog.c", "give");

  await lesson.next();
  await lesson.standsAt("The power fails between them", "nolog.c", "between");
  await lesson.write("200");
  await lesson.isTold(/on the platter/);
  await lesson.write("170");
  await lesson.isRight(/found|A=70 B=100 sum=170/);
  expect(await lesson.twin("Show Timeline as Text", /Timeline of branch/)).toMatch(/bank|nolog/);
  await vscode.screenshot("lesson-w10-1-high-contrast-light");

  await lesson.next();
  await lesson.standsAt("A log beside the accounts", "wal.c", "log-a");
  await lesson.write("5");
  await lesson.isTold(/The log must be emptied/);
  await lesson.write("6");
  await lesson.isRight(/6 writes, of which one decides/, "wal.c", "clear");

  await lesson.next();
  await lesson.standsAt("Before the commit", "wal.c", "commit");
  await lesson.write("70");
  await lesson.isTold(/Who says that the log counts/);
  await lesson.write("100");
  await lesson.isRight(/A=100 B=100/);

  await lesson.next();
  await lesson.standsAt("After the commit", "wal.c", "committed");
  await lesson.write("100");
  await lesson.isTold(/What does replay do/);
  await lesson.write("70");
  await lesson.isRight(/A=70 B=130/);

  await lesson.next();
  await lesson.standsAt("The commit record first", "wal-bug.c", "log-a");
  await lesson.choose("Both accounts are right");
  await lesson.isTold(/the commit record is there and the log is not/);
  await lesson.choose("Empty accounts");
  await lesson.isRight(/A=0 B=0 sum=0/);

  await lesson.next();
  await lesson.standsAt("Sectors of others", "wal.c", "recover");
  await expect.poll(() => tree("Capabilities")).toMatch(/extent|sectors?/i);
  await lesson.write("2");
  await lesson.isRight(/2: it may write these and no others/);
  await lesson.allHolds(4);
  expect(await lesson.ticks()).toBe(7);

  await lesson.goTo(/Step 3, A log beside/);
  await expect.poll(lesson.place, { timeout: 60_000 }).toBe(await lesson.placeOf("wal.c", "log-a"));
  await close(lesson);
});

test("W12: every attempt of mallory's is refused by a guard, or has no effect", async () => {
  const lesson = new LessonPlayer(vscode, "mallory");
  await theme(vscode, "Dark Modern");
  await lesson.open("W12: The attack");
  await lesson.standsAt("A slot that it guesses", "mallory.c", "guess");
  await expect.poll(() => tree("Capabilities")).toMatch(/mallory/);
  await lesson.choose("It is allowed");
  await lesson.isTold(/Which capability would allow it/);
  await lesson.choose("E_CAP");
  await lesson.isRight(/mallory's own table/);

  await lesson.next();
  await lesson.standsAt("alice's page, by its name", "mallory.c", "name");
  await lesson.choose("E_CAP");
  await lesson.isTold(/names the capability for memory/);
  await lesson.choose("E_TAKEN");
  await lesson.isRight(/Nothing was hidden, and nothing was given/);
  await vscode.screenshot("lesson-w12-1-taken");

  await lesson.next();
  await lesson.standsAt("More rights than it has", "mallory.c", "attempt");
  await lesson.choose("E_RIGHTS");
  await lesson.isRight(/rights|E_RIGHTS/);
  expect(await lesson.twin("Show Capability Graph as Text", /capabilit/)).toMatch(/mallory/);

  await lesson.next();
  await lesson.standsAt("A lie in its own page table", "mallory.c", "lie");
  await lesson.choose("alice's secret");
  await lesson.isTold(/who checks what the machine obeys/);
  await lesson.choose("Its own page");
  await lesson.isRight(/It reads 0xbad|It reads bad/, "mallory.c", "attempt");

  await lesson.next();
  await lesson.standsAt("alice's slice of time", "mallory.c", "slice");
  await lesson.choose("E_TAKEN");
  await lesson.isRight(/slice/);

  await lesson.next();
  await lesson.standsAt("An address of its own choice", "mallory.c", "enter");
  await lesson.choose("At 0x10000");
  await lesson.isTold(/what is in alice's environment/);
  await lesson.choose("In serve");
  await lesson.isRight(/nonsense to her/, "alice.c", "nonsense");
  await expect.poll(frames).toContain("serve");

  await lesson.next();
  await lesson.standsAt("What was it good for?", "mallory.c", "end");
  await lesson.write("3");
  await lesson.isTold(/Not what happens/);
  await lesson.write("0");
  await lesson.isRight(/\d+ refusals, and alice says/, "alice.c", "end");
  await lesson.allHolds(8);
  expect(await lesson.ticks()).toBe(7);
  await expect.poll(() => tree("Environments")).toMatch(/alice[\s\S]*mallory|mallory[\s\S]*alice/);
  await vscode.screenshot("lesson-w12-2-end");

  await lesson.goTo(/Step 1, A slot that it guesses/);
  await expect
    .poll(lesson.place, { timeout: 60_000 })
    .toBe(await lesson.placeOf("mallory.c", "guess"));
  await close(lesson);
});
