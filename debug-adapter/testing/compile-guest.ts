/** Compiles a guest as F5 does, and says where the executable is. */
import { NodeBuilder } from "../node-builder.ts";
import { ROOT } from "./dap-client.ts";

export async function compileGuest(path: string): Promise<string> {
  const builder = new NodeBuilder(ROOT, { log: () => {}, diagnostics: () => {} });
  return (await builder.build(path, { program: path })).elfPath;
}
