/**
 * `EXOSCOPE_ENGINE`: the engine that tests run on. `forced` translates everything from the first instruction on, in modules of some hundred
 * instructions, since each machine makes all of them anew; `cold` does what it can from the bits from there on, and translates a little later.
 */
import { ENGINE } from "./emulator/machine.ts";

const engine = process.env["EXOSCOPE_ENGINE"];
if (engine === "interpreter") ENGINE.engine = "interpreter";
if (engine === "forced") Object.assign(ENGINE, { hot: 1, pace: 0, reach: 200, cold: Infinity });
if (engine === "cold") Object.assign(ENGINE, { hot: 8, pace: 0, cold: 0 });
