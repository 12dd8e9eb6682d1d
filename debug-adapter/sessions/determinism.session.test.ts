import { join } from "node:path";
import { expect, test } from "vitest";
import type { Debuggee } from "../debuggee.ts";
import { nodeHost } from "../host.ts";
import { prepare } from "../launch.ts";
import { NodeBuilder } from "../node-builder.ts";
import { RunControl } from "../run/run-control.ts";
import { Stepper } from "../run/stepper.ts";
import { ROOT, WORKSPACE } from "../testing/dap-client.ts";

async function make(program: string): Promise<Debuggee> {
  const builder = new NodeBuilder(ROOT, { log: () => {}, diagnostics: () => {} });
  return prepare({ program: join(WORKSPACE, program) }, nodeHost, builder);
}

/** Everything that must be equal: all events, and the hash of registers, TLB, devices and pages. */
function traceOf(debuggee: Debuggee): { events: unknown; hash: string; steps: number } {
  return {
    events: debuggee.view.events(0),
    hash: debuggee.kernel.hash(),
    steps: debuggee.kernel.steps,
  };
}

const PROGRAMS = [
  "ping-pong/ping-pong.exo.json",
  "slices/slices.exo.json",
  "share/share.exo.json",
  "page-fault.c",
];

test.each(PROGRAMS)(
  "%s run twice gives the same events and the same hash of all pages",
  async (program) => {
    const [first, second] = [await make(program), await make(program)];
    await new RunControl(first).run();
    await new RunControl(second).run();
    expect(traceOf(second)).toEqual(traceOf(first));
  },
);

test.each(PROGRAMS)(
  "%s stepped through by a debugger, with stops at every event, is the same run",
  async (program) => {
    const plain = await make(program);
    await new RunControl(plain).run();
    const debugged = await make(program);
    const control = new RunControl(debugged);
    const stepper = new Stepper(debugged, control);
    // Breakpoints that never stop, stops at events, steps of all kinds.
    control.wantsEvent = ({ kind }) => kind === "upcall" || kind === "transfer" || kind === "fatal";
    let end = await control.run();
    for (let i = 0; end.kind !== "exited" && i < 400; i += 1) {
      const thread = debugged.view.running || debugged.firstId;
      const kinds = ["over", "into", "out"] as const;
      const grain = i % 7 === 0 ? "instruction" : "statement";
      stepper.entersKernel = i % 2 === 0;
      let stepped = await stepper[kinds[i % 3] ?? "over"](thread, grain);
      if (stepped.kind === "kernel") stepped = await stepped.finish();
      if (stepped.kind === "exited") break;
      end = stepped.kind === "stepped" || stepped.kind === "kernel" ? { kind: "paused" } : stepped;
    }
    control.wantsEvent = () => false;
    while (end.kind !== "exited" && debugged.kernel.steps < plain.kernel.steps)
      end = await control.run();
    expect(traceOf(debugged)).toEqual(traceOf(plain));
  },
);
