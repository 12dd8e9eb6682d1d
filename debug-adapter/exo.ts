/** The command line: `exo run FILE...`, `exo trace FILE`, `exo abi`. */
import { join } from "node:path";
import { main } from "./cli/main.ts";
import { leaveProcess } from "./leave-process.ts";

void main(process.argv.slice(2), join(__dirname, "..")).then(leaveProcess);
