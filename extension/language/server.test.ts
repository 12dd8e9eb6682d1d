/** A conversation with the bundled server over stdio, with the real compiler. Needs dist/, as the tests of the adapter's bundle do. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "exo-language-"));
const uri = pathToFileURL(join(folder, "typed.c")).href;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: unknown;
  readonly params?: {
    readonly uri?: string;
    readonly diagnostics?: readonly Shown[];
    readonly message?: string;
  };
}
interface Shown {
  readonly message: string;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
}

class LspClient {
  readonly heard: Message[] = [];
  readonly #child: ChildProcess;
  #bytes = Buffer.alloc(0);
  #id = 0;

  constructor(server: string, environment: Record<string, string> = {}) {
    this.#child = spawn(process.execPath, [server, "--stdio"], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, EXOSCOPE_CACHE: join(folder, "cache"), ...environment },
    });
    this.#child.stdout!.on("data", (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      for (;;) {
        const head = this.#bytes.indexOf("\r\n\r\n");
        const length = Number(
          /Content-Length: (\d+)/.exec(this.#bytes.toString("latin1", 0, head))?.[1],
        );
        if (head < 0 || this.#bytes.length < head + 4 + length) return;
        this.heard.push(
          JSON.parse(this.#bytes.toString("utf8", head + 4, head + 4 + length)) as Message,
        );
        this.#bytes = this.#bytes.subarray(head + 4 + length);
      }
    });
  }

  notify(method: string, params: object): void {
    this.#send({ method, params });
  }

  async request(method: string, params: object): Promise<unknown> {
    this.#id += 1;
    const id = this.#id;
    this.#send({ id, method, params });
    await expect
      .poll(() => this.heard.some((each) => each.id === id && !each.method), { timeout: 20_000 })
      .toBe(true);
    return this.heard.find((each) => each.id === id && !each.method)?.result;
  }

  async initialize(compiler = ""): Promise<unknown> {
    const initializationOptions = { root: ROOT, compiler, c: "all" };
    const result = await this.request("initialize", {
      processId: process.pid,
      rootUri: null,
      capabilities: {},
      initializationOptions,
    });
    this.notify("initialized", {});
    return result;
  }

  open(text: string, of = uri): void {
    this.notify("textDocument/didOpen", {
      textDocument: { uri: of, languageId: "c", version: 1, text },
    });
  }

  change(version: number, text: string): void {
    this.notify("textDocument/didChange", {
      textDocument: { uri, version },
      contentChanges: [{ text }],
    });
  }

  /** The diagnostics of the file each time that they were published. */
  published(): string[][] {
    return this.heard
      .filter(
        ({ method, params }) => method === "textDocument/publishDiagnostics" && params?.uri === uri,
      )
      .map(({ params }) => (params?.diagnostics ?? []).map(({ message }) => message));
  }

  async close(): Promise<void> {
    await this.request("shutdown", {});
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.notify("exit", {});
    await ended;
  }

  #send(message: object): void {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.#child.stdin!.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }
}

const server = join(folder, "language-server.js");
const good =
  '#include <stdio.h>\n#include <exo.h>\nint main(void) {\n  printf("x");\n  return exo_env_destroy(0);\n}\n';
const bad = good.replace("printf", "prinft");

beforeAll(async () => {
  await build({
    entryPoints: [join(import.meta.dirname, "server.ts")],
    outfile: server,
    bundle: true,
    platform: "node",
    format: "cjs",
    mainFields: ["module", "main"],
    logLevel: "error",
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the server completes, hovers, finds a typo in unsaved text, and the finding goes when it is mended", async () => {
  const client = new LspClient(server);
  expect(await client.initialize()).toMatchObject({ capabilities: { hoverProvider: true } });
  client.open(bad);
  await expect
    .poll(() => client.published().at(-1)?.join() ?? "", { timeout: 20_000 })
    .toContain("prinft");
  const shown = client.heard
    .filter(({ method }) => method === "textDocument/publishDiagnostics")
    .at(-1);
  expect(shown?.params?.diagnostics?.[0]?.range.start).toEqual({ line: 3, character: 2 });

  const position = { line: 4, character: 14 };
  const hover = await client.request("textDocument/hover", { textDocument: { uri }, position });
  expect(JSON.stringify(hover)).toContain("Destroys an environment");
  const list = (await client.request("textDocument/completion", {
    textDocument: { uri },
    position,
  })) as { label: string }[];
  expect(list.map(({ label }) => label)).toContain("exo_env_destroy");

  client.change(2, good);
  await expect.poll(() => client.published().at(-1), { timeout: 20_000 }).toEqual([]);
  await client.close();
}, 60_000);

test("a check that is overtaken by a newer text is cancelled and publishes nothing", async () => {
  const client = new LspClient(server);
  await client.initialize();
  client.open(good);
  await expect.poll(() => client.published().length, { timeout: 20_000 }).toBe(1);
  // Each is longer in the compiler than the pause between them and the next.
  const slow = (name: string) =>
    `${good}#define T(n) int n##${name};\n${"T(a)\n".repeat(20_000)}int f(void) { return ${name}; }\n`;
  for (const [index, name] of ["one", "two", "three"].entries()) {
    client.change(index + 2, slow(name));
    await new Promise((resolve) => setTimeout(resolve, 330));
  }
  await expect
    .poll(() => client.published().at(-1)?.join() ?? "", { timeout: 30_000 })
    .toContain("'three'");
  expect(client.published().flat().join()).not.toMatch(/'one'|'two'/);
  await client.close();
}, 90_000);

test("without a compiler there are no diagnostics, and one sentence, once", async () => {
  const client = new LspClient(server);
  await client.initialize("/nowhere/clang");
  client.open(bad);
  const said = () => client.heard.filter(({ method }) => method === "window/showMessage");
  await expect.poll(() => said().length, { timeout: 20_000 }).toBe(1);
  client.change(2, `${bad}\n`);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(said().map(({ params }) => params?.message)).toEqual([
    expect.stringMatching(/^C programs are not checked as you type: .*\.$/),
  ]);
  expect(client.published()).toEqual([]);
  await client.close();
}, 60_000);
