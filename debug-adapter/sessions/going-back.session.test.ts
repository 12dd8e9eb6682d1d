import { expect, test } from "vitest";
import { Conversation } from "../testing/conversation.ts";

test("the page-fault program is walked back through its handler, and its past is asked and changed", async () => {
  const talk = new Conversation();
  await talk.launch({ program: "page-fault.c", stopAtEnd: true }, [
    { file: "page-fault.c", marker: "pager" },
  ]);
  await talk.stack();
  await talk.go("next");
  await talk.go("next");
  await talk.go("stepBack");
  await talk.go("stepBack");
  await talk.back("into");
  await talk.show(["before", "cell"], "main");
  await talk.go("stepIn");
  await talk.go("stepOut");
  await talk.show(["*cell", "faults"]);
  await talk.back("into");
  await talk.back("out");
  await talk.go("continue");
  await talk.go("continue");
  await talk.go("reverseContinue");
  await talk.go("reverseContinue");
  const top = async () => {
    const { threads } = await talk.client.request("threads", undefined);
    return (await talk.client.stack(threads[0]?.id ?? 0))[0]?.id ?? 0;
  };
  await talk.ask(
    "who changed 'faults' last?",
    talk.client.request("exo/whoChanged", { expression: "faults", frameId: await top() }),
  );
  await talk.go("reverseContinue");
  await expect(talk.transcript).toMatchFileSnapshot("golden/going-back.txt");
});

test("a transfer is walked back from the server into its client", async () => {
  const talk = new Conversation();
  await talk.launch({ program: "ping-pong/ping-pong.exo.json" }, [
    { file: "ping-pong/server.c", marker: "reply" },
  ]);
  await talk.back("over");
  await talk.stack();
  await talk.back("over");
  await talk.back("over");
  await talk.show(["words[1]"], "main");
  await talk.go("next");
  await talk.back("into");
  await talk.back("out");
  await talk.go("reverseContinue");
  await expect(talk.transcript).toMatchFileSnapshot("golden/going-back-transfer.txt");
});
