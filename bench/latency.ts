/** What a user waits for between a key and the screen, measured at the adapter's stdio. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { StdioClient } from "../debug-adapter/testing/stdio-client.ts";

interface Stopped {
  readonly threadId: number;
}

export class Latency {
  readonly #root: string;
  readonly #folder: string;

  constructor(root: string, folder: string) {
    this.#root = root;
    this.#folder = folder;
  }

  /** Milliseconds from `launch` to `stopped` at `main`, each run with an empty compiler cache. */
  async launchCold(runs: number): Promise<number[]> {
    const times: number[] = [];
    for (let i = 0; i < runs; i += 1) {
      const cache = join(this.#folder, `cold-${i}`);
      mkdirSync(cache);
      times.push(await this.#launch(cache));
      rmSync(cache, { recursive: true, force: true });
    }
    return times;
  }

  /** The same with a cache that has seen the program. */
  async launchWarm(runs: number): Promise<number[]> {
    const cache = join(this.#folder, "warm");
    mkdirSync(cache, { recursive: true });
    await this.#launch(cache);
    const times: number[] = [];
    for (let i = 0; i < runs; i += 1) times.push(await this.#launch(cache));
    return times;
  }

  async #launch(cache: string): Promise<number> {
    const client = this.#client(cache);
    await client.request("initialize", { adapterID: "exoscope" });
    const started = performance.now();
    client.send("launch", {
      program: join(this.#root, "test-workspace/page-fault.c"),
      stopOnEntry: true,
    });
    await client.event("initialized");
    await client.request("configurationDone");
    await client.event("stopped");
    const time = performance.now() - started;
    await this.#end(client);
    return time;
  }

  /** Milliseconds from a step's `stopped` to its complete stack, scopes and the three trees. */
  async stopToViews(scenario: string, runs: number): Promise<number[]> {
    const client = this.#client(join(this.#folder, "warm"));
    await client.request("initialize", { adapterID: "exoscope" });
    client.send("launch", { program: scenario, stopOnEntry: true });
    await client.event("initialized");
    await client.request("configurationDone");
    let { threadId } = await client.event<Stopped>("stopped");
    const times: number[] = [];
    for (let i = 0; i < runs; i += 1) {
      await client.request("next", { threadId });
      ({ threadId } = await client.event<Stopped>("stopped"));
      const started = performance.now();
      await client.request("threads");
      const { stackFrames } = await client.request<{ stackFrames: { id: number }[] }>(
        "stackTrace",
        { threadId },
      );
      await client.request("scopes", { frameId: stackFrames[0]?.id });
      await Promise.all([
        client.request("exo/environments"),
        client.request("exo/capabilities", {}),
        client.request("exo/pages"),
      ]);
      times.push(performance.now() - started);
      if (i % 4 === 3) await client.request("stackTrace", { threadId });
    }
    await this.#end(client);
    return times;
  }

  /** Milliseconds from `pause` to `stopped` in a loop that never ends. */
  async pause(runs: number): Promise<number[]> {
    const client = this.#client(join(this.#folder, "warm"));
    await client.request("initialize", { adapterID: "exoscope" });
    client.send("launch", { program: join(this.#root, "test-workspace/bad/endless-loop.c") });
    await client.event("initialized");
    await client.request("configurationDone");
    const { threads } = await client.request<{ threads: { id: number }[] }>("threads");
    const times: number[] = [];
    for (let i = 0; i < runs; i += 1) {
      const started = performance.now();
      await client.request("pause", { threadId: threads[0]?.id });
      const { threadId } = await client.event<Stopped>("stopped");
      times.push(performance.now() - started);
      await client.request("continue", { threadId });
    }
    await this.#end(client);
    return times;
  }

  #client(cache: string): StdioClient {
    const bundle = join(this.#root, "dist/debug-adapter.js");
    return new StdioClient(bundle, { ...process.env, EXOSCOPE_CACHE: cache });
  }

  async #end(client: StdioClient): Promise<void> {
    await client.request("disconnect");
    await client.exited();
  }
}
