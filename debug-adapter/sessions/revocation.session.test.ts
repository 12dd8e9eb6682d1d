import { expect, test } from "vitest";
import { DapClient } from "../testing/dap-client.ts";

test("the revocation filter stops at each step of the dialogue, and says what is owed and what comes next", async () => {
  const client = new DapClient();
  await client.launch({ program: "revocation/deaf.exo.json" }, [], ["revocation"]);
  const seen: string[] = [];
  let arrival = await client.arrival();
  for (let i = 0; i < 12 && arrival.kind === "stopped"; i += 1) {
    const { threadId, text } = arrival.body;
    const info = await client.request("exceptionInfo", { threadId });
    seen.push(
      `${(await client.request("threads", undefined)).threads.find(({ id }) => id === threadId)?.name}: ${text}\n    ${info.description}`,
    );
    arrival = await client.go("continue", threadId);
  }
  await expect(`${seen.join("\n")}\n`).toMatchFileSnapshot("golden/revocation.txt");
});
