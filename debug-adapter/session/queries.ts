/** Requests that ask the past something and leave the session where it is. */
import type { Debuggee } from "../debuggee.ts";
import { gaveUp, noBranch, UserError } from "../errors.ts";
import type { Host } from "../host.ts";
import { checkedObject } from "../kernel-objects.ts";
import type { KernelSource } from "../kernel-source.ts";
import { askLesson } from "../lessons/ask-lesson.ts";
import type {
  ChangeArguments,
  ChangeBody,
  CrashesArguments,
  CrashesBody,
  DivergenceArguments,
  DivergenceBody,
  HitsArguments,
  HitsBody,
  LastRefusalArguments,
  LastRefusalBody,
  LegalityArguments,
  LegalityBody,
  LessonArguments,
  LessonBody,
  ObjectHistoryArguments,
  ObjectHistoryBody,
  ProvenanceBody,
  ReachBody,
  WhatIfArguments,
  WhatIfBody,
} from "../protocol.ts";
import { crashEverywhere } from "../queries/crashes.ts";
import { firstDivergence } from "../queries/divergence.ts";
import { whoGave, whoOwned, whoWrote } from "../queries/last-change.ts";
import { lastRefusal } from "../queries/last-refusal.ts";
import { type AccessKind, actOf, whyAccess, whyCall } from "../queries/legality.ts";
import type { Breathe } from "../queries/look-back.ts";
import { historyOf } from "../queries/object-history.ts";
import { pastHits } from "../queries/past-hits.ts";
import { provenanceOf } from "../queries/provenance.ts";
import { whoCanReach } from "../queries/reach.ts";
import { whatIf } from "../queries/what-if.ts";
import type { RunControl } from "../run/run-control.ts";
import { BYTES_MAX, bytesNamed, type NamedBytes } from "./data-breakpoint-info.ts";
import type { Inspector } from "./inspector.ts";

export class Queries {
  readonly #debuggee: Debuggee;
  readonly #control: RunControl;
  readonly #inspector: Inspector;
  readonly #source: KernelSource;
  readonly #host: Host;

  constructor(
    debuggee: Debuggee,
    control: RunControl,
    inspector: Inspector,
    { kernelSource, host }: { readonly kernelSource: KernelSource; readonly host: Host },
  ) {
    this.#source = kernelSource;
    this.#host = host;
    this.#debuggee = debuggee;
    this.#control = control;
    this.#inspector = inspector;
  }

  whoChanged(args: ChangeArguments): Promise<ChangeBody> {
    if ("page" in args) return whoOwned(this.#debuggee, this.#frame(args.page));
    if ("slot" in args) return whoGave(this.#debuggee, args.environment, args.slot);
    return whoWrote(this.#debuggee, this.#named(args), this.#breathe);
  }

  whyLegal(args: LegalityArguments): Promise<LegalityBody> {
    if ("frameId" in args && !("expression" in args)) {
      const act = actOf(this.#debuggee, this.#inspector.codeFrame(args.frameId));
      return "call" in act ? whyCall(this.#debuggee, act) : whyAccess(this.#debuggee, act);
    }
    const kind: AccessKind = args.access ?? "read";
    if ("environment" in args) {
      return whyAccess(this.#debuggee, {
        environment: args.environment,
        address: numberOf(args.address),
        kind,
      });
    }
    const { environment, address } = this.#named(args).target;
    return whyAccess(this.#debuggee, { environment, address, kind });
  }

  historyOf(args: ObjectHistoryArguments): ObjectHistoryBody {
    return historyOf(this.#debuggee, checkedObject(this.#debuggee, args));
  }

  provenance(args: ObjectHistoryArguments): Promise<ProvenanceBody> {
    return provenanceOf(this.#debuggee, checkedObject(this.#debuggee, args));
  }

  whoCanReach(args: ObjectHistoryArguments): ReachBody {
    return whoCanReach(this.#debuggee, checkedObject(this.#debuggee, args));
  }

  lastRefusal({ environment }: LastRefusalArguments): Promise<LastRefusalBody> {
    checkedObject(this.#debuggee, { environment });
    return lastRefusal(this.#debuggee, environment);
  }

  hits(args: HitsArguments): Promise<HitsBody> {
    return pastHits(this.#debuggee, this.#control, this.#inspector, args);
  }

  divergence({
    branches: [first, second],
    ...value
  }: DivergenceArguments): Promise<DivergenceBody> {
    const { branches } = this.#debuggee.timeline;
    const branch = (id: number) => {
      const found = branches.find((each) => each.id === id);
      if (found === undefined) throw noBranch(id, branches.length);
      return found;
    };
    const [a, b] = [branch(first), branch(second)];
    if (a === b) throw new UserError(118, "A value cannot differ from itself: name two branches.");
    return firstDivergence(this.#debuggee, this.#named(value), a, b, this.#breathe);
  }

  whatIf(args: WhatIfArguments): Promise<WhatIfBody> {
    return whatIf(this.#debuggee, this.#source, this.#inspector.focus, args);
  }

  lesson(args: LessonArguments): Promise<LessonBody> {
    return askLesson(this.#debuggee, this.#host, args);
  }

  async crashes({ mode = "drop", seed = 1 }: CrashesArguments): Promise<CrashesBody> {
    return { outcomes: await crashEverywhere(this.#debuggee, { mode, seed }, this.#breathe) };
  }

  /** Between two pieces of a search; a pause ends it. */
  readonly #breathe: Breathe = async () => {
    if ((await this.#control.breathe()) !== undefined) throw gaveUp();
  };

  /** The bytes that a client names: by an expression, a variable, or an address. */
  #named(
    args:
      | { readonly expression: string; readonly frameId?: number }
      | { readonly variablesReference: number; readonly name: string }
      | {
          readonly environment: number;
          readonly address: number | string;
          readonly length: number;
        },
  ): NamedBytes {
    if ("length" in args) checkLength(args.length);
    const found =
      "expression" in args
        ? this.#find({
            name: args.expression,
            ...(args.frameId === undefined ? {} : { frameId: args.frameId }),
          })
        : "variablesReference" in args
          ? this.#find({ name: args.name, variablesReference: args.variablesReference })
          : this.#find({
              name: `${args.environment}:0x${numberOf(args.address).toString(16)}`,
              asAddress: true,
              bytes: args.length,
            });
    if (typeof found !== "string") return found;
    const name =
      "expression" in args ? args.expression : "name" in args ? args.name : String(args.address);
    throw new UserError(119, `The past of '${name}' cannot be asked: it is ${found}.`);
  }

  #find(args: Parameters<typeof bytesNamed>[2]): NamedBytes | string {
    return bytesNamed(this.#debuggee, this.#inspector, args);
  }

  #frame(page: number): number {
    const { pageCount } = this.#debuggee.view;
    if (!Number.isInteger(page) || page < 0 || page >= pageCount) {
      throw new UserError(123, `There is no page ${page}: the machine has ${pageCount}.`);
    }
    return page;
  }
}

function checkLength(length: number): void {
  if (!Number.isInteger(length) || length < 1 || length > BYTES_MAX) {
    throw new UserError(142, `A question is about 1 to ${BYTES_MAX} bytes, not about ${length}.`);
  }
}

function numberOf(address: number | string): number {
  const value = Number(address);
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
    throw new UserError(137, `'${address}' is not an address.`);
  }
  return value;
}
