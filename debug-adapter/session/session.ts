/**
 * One debug session: owns the debuggee, runs and steps it, and answers requests. What a stopped debuggee looks like is the
 * inspector's; this file is about time.
 */
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import type { KernelEvent } from "#exokernel";
import { Breakpoints } from "../breakpoints.ts";
import { DataBreakpoints } from "../data-breakpoints.ts";
import type { Debuggee } from "../debuggee.ts";
import { hasEnded, notLaunched, stillRunning, UserError } from "../errors.ts";
import { EventFilters } from "../event-filters.ts";
import { explainEvent } from "../explanations.ts";
import { HitRecords } from "../hit-record.ts";
import type { Host } from "../host.ts";
import type { KernelSource } from "../kernel-source.ts";
import type { Builder } from "../load-program.ts";
import { writeCapture } from "../packet-capture.ts";
import { EVENTS, type LaunchArguments } from "../protocol.ts";
import { Backward } from "../run/backward.ts";
import { type Addresses, type Halt, RunControl } from "../run/run-control.ts";
import { type Grain, type StepEnd, Stepper } from "../run/stepper.ts";
import { warnOfWeakened } from "../weakened-text.ts";
import { arrivalAt, exitCodeOf, type StopExplanation } from "./arrival.ts";
import { breakpointHandlers } from "./breakpoint-handlers.ts";
import { CAPABILITIES } from "./capabilities.ts";
import { ConsoleOutput } from "./console-output.ts";
import { exceptionInfoOf } from "./exception-info.ts";
import { historyHandlers } from "./history-handlers.ts";
import { imageNews } from "./image-news.ts";
import { Inspector } from "./inspector.ts";
import { pictureHandlers } from "./kernel-pictures.ts";
import { loadedSources } from "./loaded-sources.ts";
import { LookingBack, waiting } from "./looking-back.ts";
import { Queries } from "./queries.ts";
import { Questions } from "./questions.ts";
import { explained, lastWords, launchDebuggee, saveRecording } from "./recordings.ts";
import { type RunHandlers, relaunching } from "./relaunch.ts";
import type { Handlers } from "./requests.ts";
import type { SendEvent } from "./server.ts";
import { environmentToStep, shownThread, threadsOf } from "./threads.ts";
import { TimeTravel } from "./time-travel.ts";
import { KernelWalks } from "./walk-handlers.ts";

interface Running {
  readonly debuggee: Debuggee;
  readonly control: RunControl;
  readonly stepper: Stepper;
  readonly backward: Backward;
  readonly time: TimeTravel;
  readonly queries: Queries;
  readonly breakpoints: Breakpoints;
  readonly dataBreakpoints: DataBreakpoints;
  readonly filters: EventFilters;
  readonly inspector: Inspector;
  readonly console: ConsoleOutput;
  readonly args: LaunchArguments;
  readonly hits: HitRecords;
  readonly explain: (event: KernelEvent) => string | undefined;
  readonly lookingBack: LookingBack;
  /** Tells what is different since environments run other images: breakpoints, and sources that are new. */
  readonly tell: () => void;
}

export interface SessionParts {
  readonly host: Host;
  readonly kernelSource: KernelSource;
  /** `log` shows the compiler's progress and findings; `diagnostics` go to the Problems panel. */
  readonly makeBuilder: (output: {
    readonly log: (text: string) => void;
    readonly diagnostics: (body: unknown) => void;
  }) => Builder;
}

/** Makes the handlers of a session that sends its events by `send`. */
export function makeSession(send: SendEvent, parts: SessionParts): Handlers {
  return relaunching((sendOfRun) => new Session(sendOfRun, parts).handlers, send);
}

class Session {
  readonly #send: SendEvent;
  readonly #parts: SessionParts;
  #running: Running | undefined;
  /** Resolves when the client has sent its breakpoints. */
  #configured: (() => void) | undefined;
  /** True from a continue or step until its stop. */
  #isBusy = false;
  #isEnded = false;
  /** What the last stop was about, for `exceptionInfo`: an event, or a libOS that gives up. */
  #lastReason: StopExplanation | undefined;
  /** The program has ended and the session has not: one can go back. */
  #over: Halt | undefined;
  /** Events until here were told to the client: those that are executed again are not told again. */
  #toldEvents = 0;

  constructor(send: SendEvent, parts: SessionParts) {
    this.#send = send;
    this.#parts = parts;
  }

  readonly #walks = new KernelWalks(
    {
      stopped: () => this.#stopped,
      step: (threadId, granularity, kind) =>
        this.#step(threadId, granularity, (stepper, grain) => stepper[kind](threadId, grain)),
      finish: (environment, run) => {
        this.#go(({ control, stepper }) => control.during(environment, () => run(stepper)));
        return undefined;
      },
      stand: (environment, text, description) => this.#stand(environment, text, description),
      changed: (areas) => this.#send("invalidated", { areas }),
    },
    () => this.#parts.kernelSource,
  );

  readonly #questions = new Questions();
  readonly handlers: RunHandlers = this.#questions.patient({
    ...historyHandlers({
      now: () => this.#now,
      stopped: () => this.#stopped,
      go: (run, reason) => this.#go(run, reason),
      moved: () => this.#moved(),
      travel: (travel) => this.#travel(travel),
      ask: (question) => this.#ask(question),
      stepBackInKernel: () => this.#walks.stepBack(),
      guestFrame: (args) => this.#walks.guestFrame(args),
    }),
    ...waiting(
      pictureHandlers(() => this.#now.debuggee),
      () => this.#running?.lookingBack,
    ),
    ...this.#walks.handlers,
    ...breakpointHandlers({
      now: () => this.#now,
      stopped: () => this.#stopped,
      send: (event, body) => this.#send(event, body),
      guestFrame: (args) => this.#walks.guestFrame(args),
    }),
    initialize: () => CAPABILITIES,
    launch: (args) => this.#launch(args),
    configurationDone: () => {
      this.#configured?.();
      return undefined;
    },
    disconnect: () => this.#end(),
    terminate: () => {
      this.#end();
      this.#send("terminated");
      return undefined;
    },
    setExceptionBreakpoints: (args) => ({ breakpoints: this.#setFilters(args) }),
    ...waiting({ threads: () => ({ threads: this.#threads() }) }, () => this.#running?.lookingBack),
    exceptionInfo: () => exceptionInfoOf(this.#lastReason, this.#now.debuggee),
    continue: () => {
      const over = this.#over;
      if (over !== undefined) setImmediate(() => this.#exit(over));
      else this.#go((running) => running.control.run(), "continue");
      return { allThreadsContinued: true };
    },
    pause: () => {
      if (this.#isBusy) this.#now.control.pause();
      return undefined;
    },
    readMemory: (args) => this.#stopped.inspector.readMemory(args),
    writeMemory: (args) => this.#stopped.inspector.writeMemory(args),
    disassemble: (args) => this.#stopped.inspector.disassemble(args),
    loadedSources: () => ({ sources: loadedSources(this.#now.debuggee) }),
    "exo/consoleInput": ({ text }) => {
      this.#now.lookingBack.type(text);
      return undefined;
    },
    "exo/record": (args) => {
      const { debuggee, time } = this.#stopped;
      return saveRecording(debuggee, time, args ?? {}, this.#parts.host);
    },
  });

  get #now(): Running {
    if (this.#running === undefined) throw notLaunched();
    return this.#running;
  }

  get #stopped(): Running {
    if (this.#isBusy) throw stillRunning();
    return this.#now;
  }

  async #launch(args: LaunchArguments): Promise<undefined> {
    if (this.#running !== undefined) {
      throw new UserError(121, "This session already debugs a program; start another session.");
    }
    const log = (text: string) => this.#send("output", { category: "console", output: text });
    const builder = this.#parts.makeBuilder({
      log,
      diagnostics: (body) => this.#send(EVENTS.diagnostics, body),
    });
    const { debuggee, marks } = await launchDebuggee(args, this.#parts.host, builder);
    this.#running = this.#assemble(debuggee, args);
    this.#running.time.setMarks(marks);
    const configured = new Promise<void>((resolve) => {
      this.#configured = resolve;
    });
    this.#send("initialized");
    warnOfWeakened(debuggee.weakened, this.#send);
    await configured;
    // It counts as running from here on: a pause that comes now is meant for it.
    this.#isBusy = true;
    setImmediate(() => this.#start());
    return undefined;
  }

  #assemble(debuggee: Debuggee, args: LaunchArguments): Running {
    const control = new RunControl(debuggee);
    const inspector = new Inspector(debuggee);
    const console = new ConsoleOutput(debuggee.kernel.machine.console, (text) =>
      args.console === "terminal"
        ? this.#send(EVENTS.console, { text })
        : this.#send("output", { category: "stdout", output: text }),
    );
    const filters = new EventFilters((id) => debuggee.nameOf(id));
    const log = (text: string) => {
      console.flush();
      this.#send("output", { category: "console", output: text });
    };
    let lastId = 0;
    const nextId = () => {
      lastId += 1;
      return lastId;
    };
    const hits = new HitRecords(debuggee, control);
    const breakpoints = new Breakpoints(debuggee, control, inspector, log, nextId, hits);
    const dataBreakpoints = new DataBreakpoints(debuggee, control, inspector, log, nextId, hits);
    const lookingBack = new LookingBack(debuggee, () => control.wake());
    const { beforeRun } = control;
    control.beforeRun = () => lookingBack.during(beforeRun);
    const tell = imageNews(debuggee, control, breakpoints, this.#send);
    control.onPiece = () => {
      console.flush();
      tell();
    };
    control.wantsEvent = (event) => args.noDebug !== true && filters.wants(event);
    control.limit = args.maxSteps ?? Number.POSITIVE_INFINITY;
    debuggee.timeline.onEvent = (event) => this.#note(debuggee, event);
    debuggee.timeline.onFork = ({ name, parent, fork }) => {
      hits.historyChanged(fork);
      this.#toldEvents = fork.event;
      console.restart();
      log(
        `'${name}' begins here, at step ${fork.step}: what came after stays on '${parent?.name}'.\n`,
      );
      this.#send(EVENTS.historyChanged);
    };
    const stepper = new Stepper(debuggee, control);
    stepper.entersKernel = args.stepIntoKernel !== false;
    const backward = new Backward(debuggee, control);
    const time = new TimeTravel(debuggee, control, backward);
    const queries = new Queries(debuggee, control, inspector, this.#parts);
    const explain = (event: KernelEvent) => explainEvent(debuggee, this.#parts.kernelSource, event);
    return {
      ...{
        explain,
        debuggee,
        control,
        queries,
        stepper,
        backward,
        time,
        breakpoints,
        dataBreakpoints,
      },
      ...{ filters, inspector, console, args, hits, lookingBack, tell },
    };
  }

  /** Events that a client follows all the time: threads come and go. */
  #note(debuggee: Debuggee, event: KernelEvent): void {
    if (event.index < this.#toldEvents) return;
    this.#toldEvents = event.index + 1;
    if (event.kind === "started") {
      this.#send("thread", { reason: "started", threadId: event.target });
    } else if (event.kind === "destroyed") {
      this.#send("thread", { reason: "exited", threadId: event.target });
      if (event.because !== "it destroyed itself") {
        const output = `${debuggee.nameOf(event.target)} was destroyed: ${event.because}.\n`;
        this.#running?.console.flush();
        this.#send("output", { category: "stderr", output });
      }
    }
  }

  #start(): void {
    if (this.#isEnded) return;
    const { args, debuggee } = this.#now;
    this.#isBusy = false;
    if (args.noDebug === true) {
      this.#now.control.setUserPlaces();
      this.#now.dataBreakpoints.set([]);
    }
    const first = debuggee.firstId;
    const image = debuggee.subject ?? debuggee.imageOf(first);
    const main = image?.debug.functionsNamed("main")[0]?.prologueEndAddress;
    if (args.stopOnEntry !== true || args.noDebug === true) {
      this.#go(({ control }) => control.run(), "continue");
    } else if (main === undefined) {
      this.#isBusy = true;
      this.#stop(
        "entry",
        first,
        "Stopped at the first instruction: the program has no 'main' with debug data.",
      );
    } else {
      const atMain: Addresses = (each) => (each.image === image ? [main] : []);
      this.#go(({ stepper }) => stepper.runTo(atMain), "entry");
    }
  }

  #step(
    threadId: number,
    granularity: Dap.SteppingGranularity | undefined,
    step: (stepper: Stepper, grain: Grain) => Promise<StepEnd>,
  ): undefined {
    const { debuggee, stepper } = this.#stopped;
    if (this.#over !== undefined) throw hasEnded();
    const environment = environmentToStep(debuggee, threadId);
    const grain = granularity === "instruction" ? "instruction" : "statement";
    this.#go(({ control }) => control.during(environment, () => step(stepper, grain)));
    return undefined;
  }

  /** One stands elsewhere though nothing has moved: in a walk through the kernel. The answer goes out first. */
  #stand(environment: number, text?: string, description?: string): undefined {
    this.#now.inspector.forget();
    this.#isBusy = true;
    this.#lastReason = undefined;
    setImmediate(() => {
      if (!this.#isEnded) this.#stop("step", environment, text, description);
    });
    return undefined;
  }

  /** Lets the debuggee run and reports how that ended. Answers are sent before: nothing is awaited here. */
  #go(run: (running: Running) => Promise<StepEnd>, reason = "step"): void {
    const running = this.#stopped;
    this.#isBusy = true;
    this.#lastReason = undefined;
    this.#over = undefined;
    this.#walks.end();
    running.inspector.forget();
    // The response goes out first: a client must not see the stop before it knows that it asked for the run.
    setImmediate(() => {
      Promise.resolve(running)
        .then(run)
        .then((end) => this.#report(end, reason))
        .catch((problem: unknown) => this.#crash(problem));
    });
  }

  /** Goes to a moment at once: it is refused here, before anything moves, when there is no such moment. */
  #travel(travel: (time: TimeTravel) => StepEnd): undefined {
    const { time, inspector, hits, console, debuggee } = this.#stopped;
    const { branch } = debuggee.timeline;
    const end = this.#explaining(() => travel(time));
    this.#walks.end();
    inspector.forget();
    this.#lastReason = undefined;
    this.#over = undefined;
    if (debuggee.timeline.branch !== branch) {
      hits.historyChanged();
      this.#toldEvents = debuggee.timeline.now.event;
      console.restart();
      this.#send(EVENTS.historyChanged);
    }
    this.#moved();
    setImmediate(() => this.#report(end, "goto"));
    return undefined;
  }

  /** DAP's `continued` is for what a client does not know: frames and variables that it holds are out of date. */
  #moved(): void {
    const { debuggee } = this.#now;
    this.#send("continued", { threadId: shownThread(debuggee), allThreadsContinued: true });
  }

  /** Asks the past. Nothing else may move the run meanwhile, and it is where it was afterwards. */
  #ask<Body>(question: (queries: Queries) => Body | Promise<Body>): Promise<Body> {
    const { queries, lookingBack, control, debuggee } = this.#stopped;
    const before = debuggee.timeline.branches.length;
    this.#isBusy = true;
    const answer = () => lookingBack.during(() => question(queries));
    return this.#questions.during(answer, () => {
      this.#isBusy = false;
      // A pause was meant for the question, and not for what runs next.
      control.clearPause();
      if (debuggee.timeline.branches.length !== before) this.#send(EVENTS.historyChanged);
    });
  }

  /** Does `work`, whose errors may be those of a recording rather than ours. */
  #explaining<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (problem) {
      throw explained(problem, this.#now.args);
    }
  }

  #report(end: StepEnd, reason: string): void {
    if (this.#isEnded) return;
    if (end.kind === "kernel") {
      this.#isBusy = false;
      this.#walks.begin(end);
      return;
    }
    const arrival = arrivalAt(end, reason, this.#now);
    if (arrival.kind === "exit") {
      this.#exit(arrival.end);
      return;
    }
    const { thread, text, description, hitIds, explanation, over, below } = arrival;
    if (below === true) this.#now.inspector.lookBelowHandler(thread);
    this.#lastReason = explanation;
    if (explanation?.more !== undefined) {
      this.#send("output", { category: "console", output: `${explanation.more}\n` });
    }
    this.#over = over;
    this.#stop(arrival.reason, thread, text, description, hitIds);
  }

  #setFilters(args: Dap.SetExceptionBreakpointsArguments): Dap.Breakpoint[] {
    const set = this.#now.filters.set(args);
    this.#setLastWords();
    return set;
  }

  /** The libOS's last words stop like an event, in whatever environments there are. */
  #setLastWords(): void {
    const { control, filters, args } = this.#now;
    const isWanted = filters.wantsFatal && args.noDebug !== true;
    control.setLastWords(isWanted ? ({ image }) => image?.lastWords() ?? [] : undefined);
  }

  #stop(
    reason: string,
    threadId: number,
    text?: string,
    description?: string,
    hitIds?: readonly number[],
  ): void {
    const { console, control, debuggee, tell } = this.#now;
    this.#isBusy = false;
    // A pause that came while it was stopping has what it wanted.
    control.clearPause();
    console.flush();
    tell();
    this.#send("stopped", {
      reason,
      threadId: shownThread(debuggee, threadId),
      allThreadsStopped: true,
      ...(text === undefined ? {} : { text }),
      ...(description === undefined ? {} : { description }),
      ...(hitIds === undefined ? {} : { hitBreakpointIds: [...hitIds] }),
    });
  }

  #exit(end: Halt): void {
    const { debuggee, console } = this.#now;
    console.flush();
    if (end.kind === "idle") {
      const waiting = this.#threads().map(({ name }) => name);
      const output = `Nobody can run any more: ${waiting.join(", ")} would wait for ever.\n`;
      this.#send("output", { category: "stderr", output });
    }
    const exitCode = exitCodeOf(debuggee);
    this.#send("exited", { exitCode });
    this.#finish();
  }

  #crash(problem: unknown): void {
    const output = `${lastWords(problem, this.#now.args)}\n`;
    this.#send("output", { category: "stderr", output });
    this.#finish();
  }

  #finish(): void {
    this.#isEnded = true;
    this.#isBusy = false;
    this.#send("terminated");
  }

  #end(): undefined {
    this.#isEnded = true;
    writeCapture(this.#running?.debuggee.capture, this.#parts.host, this.#send);
    this.#configured?.();
    if (this.#isBusy) this.#running?.control.pause();
    return undefined;
  }

  #threads(): Dap.Thread[] {
    return threadsOf(this.#now.debuggee, this.#over !== undefined);
  }
}
