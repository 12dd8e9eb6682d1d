/** The command line: `exo run FILE...`, `exo trace FILE`, `exo abi`. All of it is in a bundle of its own, which starts faster from a cache. */
import { join } from "node:path";
import { loadCached } from "./code-cache.ts";
import { defaultCacheFolder } from "./compiler/cache-folder.ts";
import { leaveProcess } from "./leave-process.ts";

const argv = process.argv.slice(2);
const use = /^[a-z-]{1,20}$/.exec(argv[0] ?? "")?.[0] ?? "help";
const { exports, keep } = loadCached(join(__dirname, "exo-main.js"), defaultCacheFolder(), use);
const { EXIT, main } = exports as typeof import("./cli/main.ts");

void main(argv, join(__dirname, "..")).then((status) => {
  // A wrong use has run little that the next one needs.
  if (status !== EXIT.usage) keep();
  leaveProcess(status);
});
