/** What is said at each stop for a trap or a refusal: what happened, which rule, who owns it, what the libOS may do. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { normalised } from "../testing/conversation.ts";
import { DapClient } from "../testing/dap-client.ts";

const golden = (stem: string) => join(import.meta.dirname, "golden", `${stem}.txt`);

/** The explanation of every stop of a run at these filters. */
async function explanations(program: string, filters: readonly string[], limit = 40) {
  const client = new DapClient();
  await client.launch({ program }, [], filters);
  const said: string[] = [];
  let arrival = await client.arrival();
  for (let i = 0; i < limit && arrival.kind === "stopped"; i += 1) {
    const info = await client.request("exceptionInfo", { threadId: arrival.body.threadId });
    said.push(`${info.exceptionId}\n    ${info.description}`);
    // The same is in the Debug Console.
    expect(client.output("console")).toContain(`${info.description}\n`);
    arrival = await client.go("continue", arrival.body.threadId);
  }
  return `${program}\n\n${said.map(normalised).join("\n\n")}\n`;
}

test.each([
  ["refused", "refused/refused.exo.json", ["refused"]],
  ["share", "share/share.exo.json", ["refused", "upcall"]],
  ["page-fault", "page-fault.c", ["upcall"]],
  ["weakened", "share/thief-weakened.exo.json", ["fatal"]],
  ["null-store", "bad/null-store.c", ["upcall", "fatal"]],
  ["stack-overflow", "bad/stack-overflow.c", ["fatal"]],
  ["lost-stack-pointer", "bad/lost-stack-pointer.c", ["fatal"]],
  ["garbage", "bad/garbage.c", ["fatal"]],
  ["unaligned-atomic", "bad/unaligned-atomic.c", ["fatal"]],
  ["jump-to-zero", "bad/jump-to-zero.c", ["fatal"]],
] as const)("%s", async (stem, program, filters) => {
  await expect(await explanations(program, filters, 16)).toMatchFileSnapshot(
    golden(`explained-${stem}`),
  );
});
