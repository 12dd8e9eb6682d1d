import { join } from "node:path";
import { expect, test } from "vitest";
import { Conversation } from "../testing/conversation.ts";

const golden = (stem: string) => join(import.meta.dirname, "golden", `${stem}.txt`);

test("hello: from main into printf and out again", async () => {
  const talk = new Conversation();
  await talk.launch({ program: "hello.c", stopOnEntry: true });
  await talk.go("stepIn");
  await talk.stack();
  await talk.go("stepOut");
  await talk.go("continue");
  await expect(talk.transcript).toMatchFileSnapshot(golden("hello"));
});

test("page-fault: into the upcall, through the pager, and back behind the store", async () => {
  const talk = new Conversation();
  await talk.launch({ program: "page-fault.c" }, [{ file: "page-fault.c", marker: "store" }]);
  await talk.show(["before", "cell", "&cell", "before * 6"]);
  await talk.go("stepIn");
  await talk.stack();
  await talk.show(["before", "cell"], "main");
  for (let i = 0; i < 6; i += 1) await talk.go("next");
  await talk.show(["frame->cause", "page", "faults", "physical"]);
  await talk.go("stepOut");
  await talk.show(["after", "*cell", "faults"]);
  await talk.go("next");
  await talk.show(["after"]);
  await talk.go("continue");
  await expect(talk.transcript).toMatchFileSnapshot(golden("page-fault"));
});

test("page-fault: out of the handler by instruction stops at the store that is tried again", async () => {
  const talk = new Conversation();
  await talk.launch({ program: "page-fault.c" }, [{ file: "page-fault.c", marker: "return" }]);
  for (let i = 0; i < 8 && !talk.place.includes("main"); i += 1)
    await talk.go("stepOut", "instruction");
  await talk.show(["*cell"]);
  await talk.go("next", "instruction");
  await talk.show(["*cell"]);
  await expect(talk.transcript).toMatchFileSnapshot(golden("page-fault-instructions"));
});

test("ping-pong: into the server, its stack, out to the client, over the next call", async () => {
  const talk = new Conversation();
  await talk.launch({ program: "ping-pong/ping-pong.exo.json" }, [
    { file: "ping-pong/client.c", marker: "call" },
  ]);
  await talk.go("stepIn");
  await talk.stack();
  await talk.show(["words[0]", "words[1]"]);
  await talk.show(["number", "words"], "ping [client]");
  await talk.go("stepOut");
  await talk.go("next");
  await talk.show(["words[1]"]);
  await talk.go("continue");
  await talk.go("next");
  await talk.events(["transfer"]);
  await expect(talk.transcript).toMatchFileSnapshot(golden("ping-pong"));
});

test("slices: the end of a slice is an upcall whose frame holds what was interrupted", async () => {
  const talk = new Conversation();
  await talk.launch({ program: "slices/slices.exo.json" }, [
    { file: "slices/slices.c", marker: "save" },
  ]);
  await talk.stack();
  await talk.go("next");
  await talk.go("continue");
  await expect(talk.transcript).toMatchFileSnapshot(golden("slices"));
});

test("share: a page is lent read-only, and taken back", async () => {
  const talk = new Conversation();
  await talk.launch(
    { program: "share/share.exo.json" },
    [],
    ["fatal", { filterId: "upcall", condition: "repossession" }],
  );
  await talk.stack();
  await talk.go("continue");
  await talk.events(["offered", "accepted", "refused", "lost"]);
  await expect(talk.transcript).toMatchFileSnapshot(golden("share"));
});

test("refused: each refusal stops with the guard and its operands", async () => {
  const talk = new Conversation();
  await talk.launch({ program: "refused/refused.exo.json" }, [], ["refused"]);
  for (let i = 0; i < 40 && talk.place !== "the end"; i += 1) await talk.go("continue");
  await expect(talk.transcript).toMatchFileSnapshot(golden("refused"));
});

test("own-write: a program's own function is in the place of the libOS's", async () => {
  const talk = new Conversation();
  await talk.launch({ program: "own-write.c", stopOnEntry: true });
  await talk.go("next");
  await talk.go("next");
  await talk.go("continue");
  await expect(talk.transcript).toMatchFileSnapshot(golden("own-write"));
});

/** The lines of a walk by step over must not depend on when slices end. */
test.each([
  ["page-fault.c", 14],
  ["ping-pong/ping-pong.exo.json", 14],
] as const)(
  "the lines of a walk through %s are the same whether or not a slice ends inside every statement",
  async (program, steps) => {
    const walk = async (tick: number | undefined) => {
      const talk = new Conversation();
      await talk.launch({ program, stopOnEntry: true, ...(tick === undefined ? {} : { tick }) });
      const lines: string[] = [talk.place];
      for (let i = 0; i < steps && talk.place !== "the end"; i += 1) {
        await talk.go("next");
        lines.push(talk.place);
      }
      return lines;
    };
    expect(await walk(30)).toEqual(await walk(undefined));
  },
);
