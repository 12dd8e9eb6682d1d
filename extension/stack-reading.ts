/**
 * What a call stack tells without asking the adapter. Between the frames stand boundaries, which are DAP frames with
 * presentationHint `label` and a name that says how the processor came from the frame below to the one above.
 */

export interface Frame {
  readonly id: number;
  readonly name: string;
  readonly isBoundary: boolean;
}

const UPCALL = /^upcall: /;
const TRANSFER = /^protected control transfer from .*\(env (\d+)\)/;

/** The environment that a frame belongs to: below a transfer's boundary stand the frames of whoever made it. */
export function environmentOfFrame(
  frames: readonly Frame[],
  frameId: number,
  threadId: number,
): number {
  let environment = threadId;
  for (const { id, name, isBoundary } of frames) {
    const caller = isBoundary ? TRANSFER.exec(name)?.[1] : undefined;
    if (caller !== undefined) environment = Number(caller);
    if (id === frameId) return environment;
  }
  return threadId;
}

/** Whether the innermost frames belong to an upcall handler. */
export const isInHandler = (frames: readonly Frame[]): boolean => frames.findIndex(isUpcall) > 0;

/** Whether a frame is one that an upcall interrupted. */
export function isInterruptedFrame(frames: readonly Frame[], frameId: number): boolean {
  const boundary = frames.findIndex(isUpcall);
  const at = frames.findIndex(({ id }) => id === frameId);
  return boundary > 0 && at > boundary;
}

const isUpcall = ({ name, isBoundary }: Frame): boolean => isBoundary && UPCALL.test(name);
