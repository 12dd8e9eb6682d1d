/** The requests that are about time: steps back, moments, branches, and questions to the past. */
import { allCalls } from "../kernel-calls.ts";
import type { Backward } from "../run/backward.ts";
import type { StepEnd } from "../run/stepper.ts";
import { type LookingBack, waiting } from "./looking-back.ts";
import type { Queries } from "./queries.ts";
import {
  checkBranch,
  checkCrashes,
  checkGoTo,
  checkGoToEvent,
  checkLesson,
  checkMark,
  checkRunTo,
  checkStepBack,
  checkWhatIf,
} from "./request-checks.ts";
import type { Handlers } from "./requests.ts";
import type { TimeTravel } from "./time-travel.ts";

interface Parts {
  readonly backward: Backward;
  readonly time: TimeTravel;
  readonly queries: Queries;
  readonly lookingBack: LookingBack;
}

/** What of a session these requests need. */
export interface HistorySession {
  /** Throws when nothing is launched; `stopped` also when it runs. */
  readonly now: () => Parts;
  readonly stopped: () => Parts;
  /** Lets it go somewhere, and reports where that ended. */
  readonly go: (run: (parts: Parts) => Promise<StepEnd>, reason?: string) => void;
  /** Says that it is elsewhere now: clients know that of DAP's own requests, and are told of ours. */
  readonly moved: () => void;
  /** Goes to a moment at once, and reports. */
  readonly travel: (travel: (time: TimeTravel) => StepEnd) => undefined;
  /** Steps back within a walk through the kernel; false when there is none. */
  readonly stepBackInKernel: () => boolean;
  /** Arguments about the guest's own frame where a client names the kernel's above it. */
  readonly guestFrame: <Args extends object>(args: Args) => Args;
  readonly ask: <Body>(question: (queries: Queries) => Body | Promise<Body>) => Promise<Body>;
}

type Names =
  | "stepBack"
  | "reverseContinue"
  | "exo/history"
  | "exo/stepBack"
  | "exo/goTo"
  | "exo/goToEvent"
  | "exo/runTo"
  | "exo/mark"
  | "exo/branch"
  | "exo/whoChanged"
  | "exo/whyLegal"
  | "exo/historyOf"
  | "exo/provenance"
  | "exo/whoCanReach"
  | "exo/lastRefusal"
  | "exo/hits"
  | "exo/divergence"
  | "exo/crashes"
  | "exo/calls"
  | "exo/whatIf"
  | "exo/lesson";

export function historyHandlers(session: HistorySession): Pick<Handlers, Names> {
  const { now, stopped, go, moved, travel, ask, stepBackInKernel, guestFrame } = session;
  /** Asks about arguments that may name a frame: which one is settled before the session is busy with the question. */
  const askAbout = <Args extends object, Body>(
    args: Args,
    question: (queries: Queries, args: Args) => Body | Promise<Body>,
  ): Promise<Body> => {
    const own = guestFrame(args);
    return ask((queries) => question(queries, own));
  };
  return {
    stepBack: ({ threadId, granularity }) => {
      if (stepBackInKernel()) return undefined;
      stopped().time.checkThread(threadId);
      const args = { threadId, ...(granularity === undefined ? {} : { granularity }) };
      go(({ time, lookingBack }) => lookingBack.back(() => time.stepBack(args)));
      return undefined;
    },
    reverseContinue: () => {
      go(({ backward, lookingBack }) => lookingBack.back(() => backward.continue()), "continue");
      return undefined;
    },
    ...waiting({ "exo/history": () => now().time.history() }, () => now().lookingBack),
    "exo/stepBack": (args) => {
      if (stepBackInKernel()) return undefined;
      checkStepBack(args);
      stopped().time.checkThread(args.threadId);
      go(({ time, lookingBack }) => lookingBack.back(() => time.stepBack(args)));
      moved();
      return undefined;
    },
    "exo/goTo": (args) => {
      checkGoTo(args ?? {});
      return travel((time) => time.goTo(args ?? {}));
    },
    "exo/goToEvent": (args) => {
      checkGoToEvent(args);
      go(({ time }) => time.goToEvent(args), "goto");
      moved();
      return undefined;
    },
    "exo/runTo": (args) => {
      checkRunTo(args);
      stopped().time.checkBranch(args.position.branch);
      go(({ time }) => time.runTo(args.position), "goto");
      moved();
      return undefined;
    },
    "exo/mark": (args) => {
      checkMark(args ?? {});
      return stopped().time.mark(args ?? {});
    },
    "exo/branch": (args) => {
      checkBranch(args);
      const { branch, name } = args;
      return name === undefined
        ? travel((time) => time.switchTo(branch))
        : now().lookingBack.whenHere(() => now().time.rename(branch, name));
    },
    "exo/whoChanged": (args) => askAbout(args, (queries, own) => queries.whoChanged(own)),
    "exo/whyLegal": (args) => askAbout(args, (queries, own) => queries.whyLegal(own)),
    "exo/historyOf": (args) => ask((queries) => queries.historyOf(args)),
    "exo/provenance": (args) => ask((queries) => queries.provenance(args)),
    "exo/whoCanReach": (args) => ask((queries) => queries.whoCanReach(args)),
    "exo/lastRefusal": (args) => ask((queries) => queries.lastRefusal(args)),
    "exo/hits": (args) => ask((queries) => queries.hits(args)),
    "exo/divergence": (args) => askAbout(args, (queries, own) => queries.divergence(own)),
    "exo/calls": () => ({ calls: allCalls() }),
    "exo/whatIf": (args) => {
      checkWhatIf(args ?? {});
      return ask((queries) => queries.whatIf(args));
    },
    "exo/lesson": (args) => {
      checkLesson(args ?? {});
      return ask((queries) => queries.lesson(args));
    },
    "exo/crashes": (args) => {
      checkCrashes(args ?? {});
      return ask((queries) => queries.crashes(args ?? {}));
    },
  };
}
