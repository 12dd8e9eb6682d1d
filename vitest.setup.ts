/**
 * `EXOSCOPE_ENGINE`: the engine that tests run on. `forced` translates everything from the first instruction on; `cold` does what it can from the
 * bits from there on, and translates a little later.
 */
import { ENGINE } from "./emulator/machine.ts";
import { FORCED_ENGINE } from "./emulator/testing/forced-engine.ts";

const engine = process.env["EXOSCOPE_ENGINE"];
if (engine === "interpreter") ENGINE.engine = "interpreter";
if (engine === "forced") Object.assign(ENGINE, FORCED_ENGINE);
if (engine === "cold") Object.assign(ENGINE, { hot: 8, pace: 0, cold: 0 });
