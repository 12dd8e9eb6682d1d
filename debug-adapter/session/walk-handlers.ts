/**
 * Requests that a walk through the kernel answers in its own way: what is shown, and steps. Without a walk, and for the guest's frames
 * below one, they are the inspector's and the stepper's.
 */
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import type { Debuggee } from "../debuggee.ts";
import type { KernelSource } from "../kernel-source.ts";
import type { KernelEntry, StepEnd, Stepper } from "../run/stepper.ts";
import { topFrame } from "../stack.ts";
import type { Inspector } from "./inspector.ts";
import { KernelTexts } from "./kernel-texts.ts";
import { isWalkFrame, KernelWalk } from "./kernel-walk.ts";
import type { Handlers } from "./requests.ts";
import { shownThread } from "./threads.ts";

interface Parts {
  readonly debuggee: Debuggee;
  readonly inspector: Inspector;
}

/** What of a session these requests need. */
export interface WalkSession {
  readonly stopped: () => Parts;
  /** Steps a thread and reports where that ended. */
  readonly step: (
    threadId: number,
    granularity: Dap.SteppingGranularity | undefined,
    kind: "over" | "into" | "out",
  ) => undefined;
  /** Lets an environment step on in a way of its own. */
  readonly finish: (environment: number, run: (stepper: Stepper) => Promise<StepEnd>) => undefined;
  /** Says that one stands elsewhere, though nothing has moved. */
  readonly stand: (environment: number, text?: string, description?: string) => undefined;
  /** After something was set. */
  readonly changed: (areas: readonly Dap.InvalidatedAreas[]) => void;
}

type Names =
  | "stackTrace"
  | "scopes"
  | "variables"
  | "setVariable"
  | "setExpression"
  | "evaluate"
  | "completions"
  | "next"
  | "stepIn"
  | "stepOut"
  | "source";

export class KernelWalks {
  readonly #session: WalkSession;
  readonly #source: () => KernelSource;
  #walk: KernelWalk | undefined;

  constructor(session: WalkSession, source: () => KernelSource) {
    this.#session = session;
    this.#source = source;
  }

  /** The walk that one is in; whatever moves or changes the run has ended it. */
  get current(): KernelWalk | undefined {
    if (this.#walk?.isCurrent === false) this.#walk = undefined;
    return this.#walk;
  }

  begin(entry: KernelEntry): void {
    this.#walk = new KernelWalk(this.#session.stopped().debuggee, this.#source(), entry);
    this.#stand();
  }

  end(): void {
    this.#walk = undefined;
  }

  /** A step back within a walk, or out of it; false when there is no walk. */
  stepBack(): boolean {
    const walk = this.current;
    if (walk === undefined) return false;
    if (!walk.goBack()) this.end();
    this.#stand(walk.entry.environment);
    return true;
  }

  #stand(environment = this.#walk?.entry.environment ?? 0): void {
    const { text, description } = this.#walk?.stop ?? {};
    this.#session.stand(environment, text, description);
  }

  /** The walk, if it is this thread's. */
  #of(threadId: number): KernelWalk | undefined {
    const walk = this.current;
    if (walk === undefined) return undefined;
    const { environment } = walk.entry;
    const isOwn =
      threadId === environment ||
      threadId === shownThread(this.#session.stopped().debuggee, environment);
    return isOwn ? walk : undefined;
  }

  /** The guest's own frame where a client names the kernel's. */
  guestFrame<Args extends object>(args: Args): Args {
    const walk = this.current;
    const frameId = "frameId" in args ? args.frameId : undefined;
    if (walk === undefined || !isWalkFrame(frameId)) return args;
    const { inspector } = this.#session.stopped();
    const { environment: threadId } = walk.entry;
    const [top] = inspector.stackTrace({ threadId, startFrame: 0, levels: 1 }).stackFrames;
    return { ...args, frameId: top?.id };
  }

  /** What was done may have set something: then the walk is over. */
  #watched<Body>(work: (inspector: Inspector) => Body, isChange: boolean): Body {
    const { inspector } = this.#session.stopped();
    const before = this.current;
    const body = work(inspector);
    const isOver = before !== undefined && this.current === undefined;
    if (isOver) this.#session.changed(["stacks", "variables"]);
    else if (isChange) this.#session.changed(["variables"]);
    return body;
  }

  readonly handlers: Pick<Handlers, Names> = {
    stackTrace: (args) => {
      const { inspector } = this.#session.stopped();
      const walk = this.#of(args.threadId);
      return walk === undefined
        ? inspector.stackTrace(args)
        : walk.stackTrace(args, (below) => inspector.stackTrace(below));
    },
    scopes: ({ frameId }) => {
      const { inspector } = this.#session.stopped();
      // One of a walk that is over: gone, and no mistake.
      const own = isWalkFrame(frameId) ? (this.current?.scopes(frameId) ?? []) : undefined;
      return { scopes: own ?? inspector.scopes(frameId) };
    },
    variables: (args) => ({
      variables:
        this.current?.variables(args.variablesReference) ??
        this.#session.stopped().inspector.variables(args),
    }),
    setVariable: (args) => this.#watched((inspector) => inspector.setVariable(args), true),
    setExpression: (args) =>
      this.#watched((inspector) => inspector.setExpression(this.guestFrame(args)), true),
    evaluate: (args) =>
      this.#watched((inspector) => inspector.evaluate(this.guestFrame(args)), false),
    completions: (args) => ({
      targets: this.#session.stopped().inspector.completions(this.guestFrame(args)),
    }),
    next: ({ threadId, granularity }) => {
      const walk = this.#of(threadId);
      return walk === undefined
        ? this.#session.step(threadId, granularity, "over")
        : this.#advance(walk);
    },
    stepIn: ({ threadId, granularity }) => {
      const walk = this.#of(threadId);
      return walk === undefined
        ? this.#session.step(threadId, granularity, "into")
        : this.#advance(walk);
    },
    stepOut: ({ threadId, granularity }) => {
      const walk = this.#of(threadId);
      return walk === undefined
        ? this.#session.step(threadId, granularity, "out")
        : this.#leave(walk);
    },
    source: (args) => new KernelTexts(this.#source()).text(args),
  };

  #advance(walk: KernelWalk): undefined {
    if (walk.advance()) {
      this.#stand();
      return undefined;
    }
    return this.#session.finish(walk.entry.environment, () => walk.entry.finish());
  }

  /** Executes the call and goes on to where its caller does: of a stub, to what called it. */
  #leave({ entry: { environment, grain } }: KernelWalk): undefined {
    const top = topFrame(this.#session.stopped().debuggee, environment);
    const isStub = grain === "statement" && top?.image?.hasStatements(top.pc) !== true;
    return this.#session.finish(environment, (stepper) =>
      isStub ? stepper.out(environment, grain) : stepper.over(environment, grain),
    );
  }
}
