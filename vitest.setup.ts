/** `EXOSCOPE_ENGINE`: the engine that tests run on. `forced` translates everything from the first instruction on. */
import { ENGINE } from "./emulator/machine.ts";

const engine = process.env["EXOSCOPE_ENGINE"];
if (engine === "interpreter") ENGINE.engine = "interpreter";
if (engine === "forced") Object.assign(ENGINE, { hot: 1, pace: 0 });
