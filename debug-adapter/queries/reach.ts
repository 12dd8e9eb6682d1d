/** *Who can reach this*: every capability for an object and every binding to it, and who controls somebody that has one. */
import {
  type Capability,
  type KernelEvent,
  RIGHTS,
  refIndex,
  refSlot,
  rightsText,
} from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import { objectText, ownersCapability, type Resource, resourceOf } from "../kernel-objects.ts";
import type { HistoryPosition, KernelObject, ReachBody } from "../protocol.ts";
import { momentOf } from "./look-back.ts";
import { makes } from "./provenance.ts";

type Item = ReachBody["items"][number];

export function whoCanReach(debuggee: Debuggee, object: KernelObject): ReachBody {
  const resource = resourceOf(object) ?? resourceBehind(debuggee, object);
  const text = objectText(debuggee, object);
  if (resource === undefined) return { text: `Nobody holds ${text}.`, items: [] };
  const { number } = resource;
  const direct = [
    ...capabilitiesFor(debuggee, resource),
    ...(resource.kind === "page" ? bindingsTo(debuggee, number) : []),
  ];
  const holders = new Set(direct.map(({ environment }) => environment));
  const what = resourceOf(object) === undefined ? `what ${text} is for` : text;
  return {
    text:
      holders.size === 0
        ? `Nobody can reach ${what}.`
        : `${holders.size} environment${holders.size === 1 ? "" : "s"} can reach ${what}: ${[...holders].map((id) => debuggee.nameOf(id)).join(", ")}.`,
    items: [...direct, ...controllersOf(debuggee, holders)],
  };
}

/** What a slot or a binding leads to. */
function resourceBehind(debuggee: Debuggee, object: KernelObject): Resource | undefined {
  const capability = debuggee.view.capability(ownersCapability(debuggee, object));
  if (capability === undefined) return undefined;
  const { kind, resource } = capability;
  switch (kind) {
    case "page":
    case "extent":
    case "slice":
    case "filter":
    case "environment":
      return { kind, number: resource };
    default:
      return undefined;
  }
}

function* allCapabilities(debuggee: Debuggee): Generator<[holder: number, held: Capability]> {
  for (const id of debuggee.view.ids()) {
    for (const held of debuggee.view.capabilities(id)) yield [id, held];
  }
}

function capabilitiesFor(debuggee: Debuggee, { kind, number }: Resource): Item[] {
  const found = [...allCapabilities(debuggee)].filter(
    ([, held]) => held.kind === kind && held.resource === number,
  );
  return found.flatMap(([holder, held]): Item[] => {
    const slot = refSlot(held.ref);
    const name = debuggee.nameOf(holder);
    const position = momentOfMaking(debuggee, makes(held, holder));
    const item = (text: string, environment = holder): Item => ({
      text,
      environment,
      slot,
      ...(position === undefined ? {} : { position }),
    });
    const passes = (held.rights & RIGHTS.GRANT) !== 0 ? ", and may pass it on" : "";
    const own = item(
      `${name} slot ${slot}: ${rightsText(held.rights)}${held.isOwner ? ", the owner's" : ""}${passes}`,
    );
    if (held.offeredTo === 0) return [own];
    const to = debuggee.nameOf(held.offeredTo);
    const offer = `${to}, as soon as it accepts what ${name} offers in slot ${slot}: ${rightsText(held.offeredRights)}`;
    return [own, item(offer, held.offeredTo)];
  });
}

function bindingsTo(debuggee: Debuggee, frame: number): Item[] {
  const { view } = debuggee;
  return view
    .bindings()
    .filter((binding) => binding.frame === frame)
    .map(({ environmentIndex, virtualPage, rights, capability, guaranteed }) => {
      const environment = debuggee.kernel.core.records.idOf(environmentIndex);
      const address = virtualPage * 4096;
      const by = debuggee.kernel.core.records.idOf(refIndex(capability));
      const whose = by === environment ? "" : ` of ${debuggee.nameOf(by)}`;
      const position = momentOfMaking(
        debuggee,
        (event) =>
          event.kind === "bound" && event.target === environment && event.address === address,
      );
      return {
        text: `${debuggee.nameOf(environment)} at 0x${address.toString(16)}: ${rightsText(rights).slice(0, 3)}, bound by slot ${refSlot(capability)}${whose}${guaranteed ? ", guaranteed" : ""}`,
        environment,
        slot: refSlot(capability),
        ...(position === undefined ? {} : { position }),
      };
    });
}

/** Who may act on behalf of somebody that reaches it: whoever controls one that does, and whoever controls that one, to the end. */
function controllersOf(debuggee: Debuggee, holders: ReadonlySet<number>): Item[] {
  const controls = [...allCapabilities(debuggee)].filter(
    ([id, { kind, rights, resource }]) =>
      kind === "environment" && (rights & RIGHTS.CONTROL) !== 0 && resource !== id,
  );
  const items: Item[] = [];
  const reached = new Set(holders);
  // A set that grows while it is gone through: whoever is added is looked at, too.
  for (const through of reached) {
    for (const [id, { resource, ref }] of controls) {
      if (resource !== through) continue;
      reached.add(id);
      items.push({
        text: `${debuggee.nameOf(id)} through ${debuggee.nameOf(through)}, which it controls by slot ${refSlot(ref)}`,
        environment: id,
        slot: refSlot(ref),
      });
    }
  }
  return items;
}

function momentOfMaking(
  debuggee: Debuggee,
  isIt: (event: KernelEvent) => boolean,
): HistoryPosition | undefined {
  const event = debuggee.timeline.events(isIt).at(-1);
  return event === undefined ? undefined : momentOf(debuggee, event);
}
