/** Where expressions of conditions are evaluated: in the program's own code, wherever its environment stands. */
import type { Debuggee } from "../debuggee.ts";
import type { LoadedImage } from "../loaded-image.ts";
import { isSource } from "../run/stepper.ts";
import { accessTo } from "../session/frame-values.ts";
import { type CodeFrame, codeFrames, innermostFrame, stackOf } from "../stack.ts";
import type { FrameAccess } from "../values/frame-access.ts";

const LIBOS = "exo:/libos/";

/**
 * The innermost frame of an environment that is in its program's own source, or in the function that is named; where there is none, the
 * program without a frame, which has static variables only. A text says why there is none at all.
 */
export function frameOf(
  debuggee: Debuggee,
  environment: number,
  functionName?: string,
): FrameAccess | string {
  if (!debuggee.view.isLive(environment)) return `${debuggee.nameOf(environment)} is not there`;
  const top = innermostFrame(debuggee, environment);
  if (functionName === undefined && top !== undefined && isOwn(top)) return accessTo(debuggee, top);
  const frames = codeFrames(stackOf(debuggee, environment)).filter(
    (frame) => frame.environment === environment,
  );
  const wanted =
    functionName === undefined
      ? frames.find(isOwn)
      : frames.find((frame) => frame.functionName === functionName);
  if (wanted !== undefined) return accessTo(debuggee, wanted);
  if (functionName !== undefined) {
    return `${debuggee.nameOf(environment)} is not in ${functionName}`;
  }
  const image = debuggee.imageOf(environment);
  return image === undefined
    ? `the program of ${debuggee.nameOf(environment)} is not known`
    : withoutFrame(debuggee, environment, image);
}

const isOwn = (frame: CodeFrame): boolean =>
  isSource(frame) && frame.place?.file.startsWith(LIBOS) !== true;

function withoutFrame(debuggee: Debuggee, environment: number, image: LoadedImage): FrameAccess {
  const main = image.debug.functionsNamed("main")[0]?.prologueEndAddress ?? image.elf.entry;
  return {
    debug: image.debug,
    context: {
      pc: main,
      readRegister: () => undefined,
      readMemory: (address, size) => debuggee.readMemory(environment, address, size),
    },
    writeMemory: () => "nothing is changed here",
    writeRegister: () => "nothing is changed here",
    writeFloat: () => "nothing is changed here",
    symbolAddress: (name) => image.elf.symbol(name)?.value,
    functionName: (address) => image.functionName(address),
  };
}
