/** Kernel calls of the revocation dialogue: what is owed, what was lost, who asks and who chooses. Decode beside invoke. */
import { KINDS, RIGHTS } from "../abi.ts";
import type { Capability } from "../capability.ts";
import { extentAt } from "../extents.ts";
import { requireCapability, requireId } from "../guards.ts";
import { optimistic, type Revocable, revocableOf, UNITS } from "../holdings.ts";
import { type Decoding, defineCall, guard, type NotYet, need, unless } from "../kernel-call.ts";
import { HEADER, LAUNCHER_INDEX } from "../layout.ts";
import { repossessionCount, takeRepossession } from "../repossession.ts";
import { requestOf, requestsOf } from "../requests.ts";
import { ask, candidatesFor, choose, setArbiter } from "../revocation.ts";
import { SECTORS_PER_SAVED_PAGE, setSavePlace } from "../save-place.ts";

export const repossessionNext = defineCall<Record<string, never>>({
  name: "repossessionNext",
  decode: (call) => {
    const count = repossessionCount(call.core, call.caller);
    return unless(call, "the vector is not empty", count > 0, () => `${count} entries`) ?? {};
  },
  invoke: (core, _request, caller) => {
    const entry = takeRepossession(core, caller);
    if (entry === undefined) throw new Error("assertion failed: the vector is empty");
    const { hart } = core.machine;
    if (core.current === caller) {
      hart.setX(11, entry.resource);
      hart.setX(12, entry.by);
      hart.setX(13, entry.reason);
      hart.setX(14, entry.slot);
      hart.setX(15, entry.saved);
    }
    return entry.kind;
  },
});

export const revocationNext = defineCall<{ kind: Revocable }>({
  name: "revocationNext",
  decode: (call) => {
    const [first] = requestsOf(call.core, call.caller);
    const notYet = unless(call, "something is owed", first !== undefined, () =>
      first === undefined ? "nothing" : `${first.owed} of kind ${first.kind}`,
    );
    return first === undefined ? (notYet as NotYet) : { kind: first.kind };
  },
  invoke: (core, { kind }, caller) => {
    const { owed, stage, deadline, by } = requestOf(core, caller, kind);
    const { hart } = core.machine;
    if (core.current === caller) {
      hart.setX(11, owed);
      hart.setX(12, Math.min(0x7fff_ffff, Math.max(0, deadline - core.machine.steps)));
      hart.setX(13, stage);
      hart.setX(14, by);
    }
    return KINDS[kind];
  },
});

/** What the upcall's one word can say. */
const OWED_MAX = 0xff_ffff;
const ROOTS = { memory: "page", processor: "slice", disk: "extent" } as const;

function kindUnder({ kind }: Capability): Revocable | undefined {
  return kind === "memory" || kind === "processor" || kind === "disk" ? ROOTS[kind] : undefined;
}

/** Someone who can be asked: the launcher's pages are everybody's text. */
function requireAskable(call: Decoding, id: number): number {
  const index = requireId(call, id);
  guard(
    call,
    "the launcher is not asked",
    index !== LAUNCHER_INDEX,
    "INVAL",
    () => `environment ${id}`,
  );
  return index;
}

export const revokeAsk = defineCall<{ target: number; kind: Revocable; count: number }>({
  name: "revokeAsk",
  decode: (call, [resource, target, count]) => {
    const capability = requireCapability(call, call.caller, resource, undefined, RIGHTS.WRITE);
    const kind = kindUnder(capability);
    need(
      call,
      "the capability is for memory, processor or disk",
      kind !== undefined,
      "CAP",
      () => `slot ${resource} holds a ${capability.kind} capability`,
    );
    const index = requireAskable(call, target);
    const { owed } = requestOf(call.core, index, kind);
    need(
      call,
      "so much can be owed",
      count <= OWED_MAX - owed,
      "INVAL",
      () => `${count} ${UNITS[kind]}s beside ${owed} that are owed already`,
    );
    guard(call, "something is asked for", count >= 1, "INVAL", () => `${count} ${UNITS[kind]}s`);
    return { target: index, kind, count };
  },
  invoke: (core, { target, kind, count }, caller) => {
    const by = core.records.idOf(caller);
    ask(core, target, kind, count, { by, rule: "an administrator's wish", candidates: [] });
    return 0;
  },
});

export const arbiterSet = defineCall<{ arbiter: number }>({
  name: "arbiterSet",
  decode: (call, [memory, target]) => {
    requireCapability(call, call.caller, memory, "memory", RIGHTS.WRITE);
    return { arbiter: target === 0 ? 0 : requireAskable(call, target) };
  },
  invoke: (core, { arbiter }) => {
    setArbiter(core, arbiter);
    core.emit({ kind: "arbiter", target: arbiter === 0 ? 0 : core.records.idOf(arbiter) });
    return 0;
  },
});

export const arbiterChoose = defineCall<{ target: number; count: number }>({
  name: "arbiterChoose",
  decode: (call, [target, count]) => {
    const { core } = call;
    const { records } = core;
    guard(
      call,
      "the caller is the arbiter",
      records.header(HEADER.arbiter) === call.caller,
      "CAP",
      () =>
        `environment ${records.idOf(call.caller)}; the arbiter is ${records.header(HEADER.arbiter) === 0 ? "nobody" : `environment ${records.idOf(records.header(HEADER.arbiter))}`}`,
    );
    const kind = revocableOf(records.header(HEADER.arbiterKind));
    need(
      call,
      "a choice is to be made",
      kind !== undefined,
      "AGAIN",
      () => `kind ${kind ?? "none"}`,
    );
    const index = requireAskable(call, target);
    const available = optimistic(core, index, kind) - requestOf(core, index, kind).owed;
    guard(
      call,
      "the one chosen has so much above its guarantee",
      count >= 1 && count <= available,
      "INVAL",
      () =>
        `${count} ${UNITS[kind]}s of environment ${target}, which has ${Math.max(0, available)} to give`,
    );
    return { target: index, count };
  },
  invoke: (core, { target, count }) => {
    choose(core, target, count);
    return core.records.header(HEADER.arbiterKind) === 0
      ? 0
      : core.records.header(HEADER.arbiterCount);
  },
});

export const arbiterInfo = defineCall<{ kind: Revocable }>({
  name: "arbiterInfo",
  decode: (call) => {
    const { core } = call;
    const { records } = core;
    guard(
      call,
      "only the arbiter is told",
      records.header(HEADER.arbiter) === call.caller,
      "CAP",
      () => `environment ${records.idOf(call.caller)}`,
    );
    const kind = revocableOf(records.header(HEADER.arbiterKind));
    need(call, "there is a question", kind !== undefined, "AGAIN", () => `kind ${kind ?? "none"}`);
    return { kind };
  },
  invoke: (core, { kind }, caller) => {
    const { hart } = core.machine;
    if (core.current === caller) {
      hart.setX(11, core.records.header(HEADER.arbiterCount));
      const [most] = candidatesFor(core, kind).sort((a, b) => b.available - a.available);
      hart.setX(12, most?.id ?? 0);
      hart.setX(13, most?.available ?? 0);
    }
    return KINDS[kind];
  },
});

export const savePlace = defineCall<{
  extent: Capability | undefined;
  sector: number;
  pages: number;
}>({
  name: "savePlace",
  decode: (call, [slot, sector, pages]) => {
    if (pages === 0) return { extent: undefined, sector: 0, pages: 0 };
    const capability = requireCapability(call, call.caller, slot, "extent", RIGHTS.WRITE);
    const extent = extentAt(call.core, capability.resource);
    const count = extent?.count ?? 0;
    guard(
      call,
      "the place is within the extent",
      pages <= count && sector <= count - pages * SECTORS_PER_SAVED_PAGE,
      "INVAL",
      () =>
        `${pages} pages, ${SECTORS_PER_SAVED_PAGE} sectors each, from sector ${sector} on, of an extent of ${count}`,
    );
    return { extent: capability, sector, pages };
  },
  invoke: (core, { extent, sector, pages }, caller) => {
    setSavePlace(core, caller, extent, sector, pages);
    core.emit({ kind: "savePlace", extent: extent?.resource ?? 0, sector, pages });
    return 0;
  },
});
