/** The Environments view: who exists, in which state, where each stands, and what it owns and waits for. */
import type {
  EnvironmentItem,
  EnvironmentsBody,
  SourcePlace,
} from "../../debug-adapter/protocol.ts";
import { type Change, differences, type Fact } from "../changes.ts";
import { type EnvironmentNames, environmentNames, launcherLast } from "./environment-names.ts";
import {
  changeParagraph,
  described,
  escaped,
  grouped,
  join,
  plural,
  type Row,
  type Subject,
  words,
} from "./row.ts";

export interface EnvironmentsPicture {
  readonly now: EnvironmentsBody;
  /** As it was at the last stop. */
  readonly before?: EnvironmentsBody;
  /** The environment of the frame that the user looks at. */
  readonly focused?: number;
}

/** Whoever ran has another pc and step count: that is no news and is not marked. */
const FACTS: readonly Fact<EnvironmentItem>[] = [
  { name: "state", value: ({ stateText }) => stateText },
  { name: "slices", value: ({ slices }) => slices.join(", ") },
  { name: "pages", value: ({ pagesOwned }) => grouped(pagesOwned), isShort: true },
  {
    name: "capabilities",
    value: ({ capabilityCount }) => grouped(capabilityCount),
    isShort: true,
  },
  { name: "entries", value: ({ entries }) => entries.map(({ name, pc }) => name + pc).join() },
  { name: "pending upcalls", value: ({ pending }) => pending.join() },
  { name: "losses", value: ({ repossessions }) => repossessions.join() },
  {
    name: "upcalls",
    value: (item) => grouped(counter(item, "upcalls")),
    isShort: true,
  },
  {
    name: "transfers",
    value: (item) => grouped(counter(item, "transfers")),
    isShort: true,
  },
  {
    name: "refusals",
    value: (item) => grouped(counter(item, "refusals")),
    isShort: true,
  },
];

const counter = ({ counters }: EnvironmentItem, name: string): number => counters[name] ?? 0;

const STATES: Record<EnvironmentItem["state"], { icon: string; color?: string; meaning: string }> =
  {
    created: { icon: "vm-outline", meaning: "It exists and was never started." },
    running: { icon: "vm-running", color: "charts.green", meaning: "It has the processor." },
    ready: { icon: "vm", meaning: "It runs when its next slice begins." },
    sleeping: {
      icon: "clock",
      meaning: "It takes no slices until an upcall is pending for it.",
    },
    resting: {
      icon: "debug-pause",
      meaning:
        "It gave up processor and context: it next runs at one of its entries, as a server does.",
    },
    waiting: {
      icon: "arrow-swap",
      meaning:
        "It made a synchronous protected control transfer: its slices are donated until the reply.",
    },
    destroyed: {
      icon: "circle-slash",
      meaning: "All that it owned is freed, and what descended from its capabilities is revoked.",
    },
  };

const COUNTERS: Readonly<Record<string, string>> = {
  slices: "Slices that it began.",
  steps: "Instructions retired and traps taken.",
  calls: "Kernel calls.",
  refusals:
    "Kernel calls that a guard refused; Exoscope: Show Kernel Events has each one's reason.",
  upcalls: "Times that the kernel entered it at one of its entries.",
  transfers: "Protected control transfers that it made.",
  refills: "TLB misses that the kernel served from a binding, without the libOS.",
  evictions: "Bindings that the software TLB dropped because another took their place.",
  excess: "Tenths of a tick that it stayed past the end of a slice; each forfeits a later slice.",
  pages: "Physical pages that it owns.",
  capabilities: "Capabilities in its table.",
  losses: "Things taken by force, recorded in its repossession vector.",
};

export function environmentRows({ now, before, focused }: EnvironmentsPicture): readonly Row[] {
  const names = environmentNames(now.environments);
  const changes = differences(before?.environments, now.environments, ({ id }) => `${id}`, FACTS);
  const old = new Map(before?.environments.map((item) => [item.id, item]));
  const live = now.environments.map((item) =>
    environmentRow(item, old.get(item.id), changes.of.get(`${item.id}`), focused, names),
  );
  return launcherLast(
    [...live, ...changes.gone.map(goneRow)],
    now.environments,
    ({ subject }) => subject?.environment,
  );
}

/** Destroyed, and its record has another tenant. */
const goneRow = (item: EnvironmentItem): Row => ({
  id: `env:${item.id}`,
  label: `${item.name} (env ${item.id})`,
  description: "gone",
  tooltip: () => "It was destroyed, and its record is in use again.",
  icon: "circle-slash",
  change: { kind: "gone", words: [] },
  context: "gone",
});

function environmentRow(
  item: EnvironmentItem,
  was: EnvironmentItem | undefined,
  change: Change | undefined,
  focused: number | undefined,
  names: EnvironmentNames,
): Row {
  const { icon, color } = STATES[item.state];
  const isFocused = item.id === focused;
  return {
    id: `env:${item.id}`,
    label: `${item.name} (env ${item.id})`,
    description: described(change, [item.stateText, whereabouts(item)]),
    tooltip: () => tooltip(item, change, names),
    icon: item.isLauncher ? "rocket" : icon,
    ...(color === undefined ? {} : { color }),
    ...(change === undefined ? {} : { change }),
    context: words([
      "environment isObject",
      item.place !== undefined && "hasPlace",
      item.pc !== undefined && "hasThread",
    ]),
    subject: subjectOf(item),
    isFocused,
    children: () => detailRows(item, was, names),
  };
}

const subjectOf = (item: EnvironmentItem): Subject => ({
  environment: item.id,
  object: { environment: item.id },
  ...(item.place === undefined ? {} : { place: item.place }),
});

/** `main page-fault.c:45`, as far as it is known. */
const whereabouts = (item: EnvironmentItem): string | undefined =>
  item.place === undefined && item.function === undefined
    ? item.pc
    : [item.function, item.place && shortPlace(item.place)].filter(Boolean).join(" ");

const shortPlace = ({ path, line }: SourcePlace): string => `${path.split(/[\\/]/).at(-1)}:${line}`;

function tooltip(
  item: EnvironmentItem,
  change: Change | undefined,
  names: EnvironmentNames,
): string {
  const facts = [
    `**${escaped(item.name)}**, environment ${item.id} (record ${item.index})`,
    `${escaped(item.stateText)}. ${STATES[item.state].meaning}`,
    item.isLauncher
      ? "The launcher creates the others by kernel calls and then does nothing more."
      : `Program: ${escaped(item.program)}`,
    item.parent === 0 ? "" : `Created by ${escaped(names.full(item.parent))}`,
    item.pc === undefined
      ? ""
      : `Stands at ${escaped(item.pc)} ${escaped(whereabouts(item) ?? "")}`,
    item.waitingOn ? `Waits for a reply from ${escaped(names.full(item.waitingOn))}` : "",
    item.serving ? `Serves ${escaped(names.full(item.serving))}` : "",
    item.repossessions.length === 0 ? "" : `Lost by force: ${item.repossessions.length}`,
  ];
  return facts.filter((fact) => fact !== "").join("\n\n") + changeParagraph(change);
}

/** One fact below an environment. `was` is its value at the last stop. */
interface Detail {
  readonly key: string;
  readonly label: string;
  readonly value: string;
  readonly was?: string | undefined;
  readonly meaning: string;
  readonly icon: string;
  readonly context?: string;
  readonly below?: readonly {
    readonly label: string;
    readonly value: string;
    readonly place?: SourcePlace | undefined;
  }[];
}

/** `14 pages of 40, 10 guaranteed`. */
function chargeText({ charge, quota, guaranteed }: EnvironmentItem): string {
  const limit = quota === undefined ? "" : ` of ${grouped(quota)}`;
  return `${grouped(charge)} page${charge === 1 ? "" : "s"}${limit}, ${grouped(guaranteed)} guaranteed`;
}

/** Every line that the kernel enters: by cause, then where whatever else goes. */
export function entriesOf({
  entries,
  exceptionEntry,
}: EnvironmentItem): EnvironmentItem["entries"] {
  if (exceptionEntry === undefined) return entries;
  const name = entries.length === 0 ? "every exception" : "every other exception";
  return [...entries, { ...exceptionEntry, name }];
}

function detailRows(
  item: EnvironmentItem,
  was: EnvironmentItem | undefined,
  names: EnvironmentNames,
): readonly Row[] {
  return detailsOf(item, was, names).map((detail) => detailRow(item, detail));
}

function detailsOf(
  item: EnvironmentItem,
  was: EnvironmentItem | undefined,
  names: EnvironmentNames,
): readonly Detail[] {
  const of = <T>(value: (item: EnvironmentItem) => T) => ({
    value: value(item),
    was: was === undefined ? undefined : value(was),
  });
  return [
    ...(item.pc === undefined
      ? []
      : [
          {
            key: "pc",
            label: "Stands at",
            value: join([whereabouts(item), item.pc]),
            meaning: "Where it goes on when it next runs.",
            icon: "debug-stackframe",
            context: item.place === undefined ? "detail" : "detail hasPlace",
          },
        ]),
    ...(item.waitingOn
      ? [
          {
            key: "waits",
            label: "Waits for",
            value: names.full(item.waitingOn),
            meaning:
              "A synchronous protected control transfer donates this environment's slices until the reply.",
            icon: "arrow-swap",
          },
        ]
      : []),
    ...(item.serving
      ? [
          {
            key: "serves",
            label: "Serves",
            value: names.full(item.serving),
            meaning: "Whoever entered it by a synchronous transfer and waits for its reply.",
            icon: "arrow-swap",
          },
        ]
      : []),
    {
      key: "slices",
      label: "Slices",
      ...of(({ slices }) => (slices.length === 0 ? "none" : `at ${slices.join(", ")}`)),
      meaning:
        "The positions of the slice vector that it owns. The processor is allocated like memory: one slot, one tick.",
      icon: "watch",
    },
    {
      key: "pages",
      label: "Pages owned",
      ...of(({ pagesOwned }) => grouped(pagesOwned)),
      meaning: "Physical pages that it owns; the Physical Pages view lists them.",
      icon: "layers",
      context: "detail hasPages",
    },
    {
      key: "charge",
      label: "Charged",
      ...of(chargeText),
      meaning:
        "Pages that it answers for: its own and the kernel's for its capability table; what is guaranteed is never taken by force.",
      icon: "law",
    },
    {
      key: "owes",
      label: "Asked to give back",
      ...of(({ owes }) => (owes.length === 0 ? "nothing" : owes.join("; "))),
      meaning:
        "Visible revocation: the kernel asks, insists with a deadline, then takes by force. It chooses what to give.",
      icon: "question",
    },
    {
      key: "capabilities",
      label: "Capabilities",
      ...of(({ capabilityCount }) => grouped(capabilityCount)),
      meaning: "Used slots of its capability table; the Capabilities view has the derivation tree.",
      icon: "key",
      context: "detail hasCapabilities",
    },
    {
      key: "entries",
      label: "Entries",
      ...of(({ entries }) => (entries.length === 0 ? "none" : `${entries.length} registered`)),
      meaning: "Where the kernel enters it: one address for each cause that it registered.",
      icon: "sign-in",
      below: entriesOf(item).map(({ name, pc, function: name2, place }) => ({
        label: name,
        value: join([name2, pc]),
        place,
      })),
    },
    {
      key: "pending",
      label: "Pending upcalls",
      ...of(({ pending }) => (pending.length === 0 ? "none" : pending.join(", "))),
      meaning: "They wait until it enables upcalls (UIE = 1), or until it next runs.",
      icon: "bell",
    },
    {
      key: "losses",
      label: "Losses by force",
      ...of(({ repossessions }) =>
        repossessions.length === 0 ? "none" : `${repossessions.length}`,
      ),
      meaning: "Its repossession vector: what others took from it, oldest first.",
      icon: "warning",
      below: item.repossessions.map((sentence, index) => ({
        label: `${index + 1}`,
        value: sentence,
      })),
    },
    ...(item.exitStatus === undefined
      ? []
      : [
          {
            key: "status",
            label: "Exit status",
            value: `${item.exitStatus}`,
            meaning: "Private word 0 of its record, when it was destroyed.",
            icon: "flag",
          },
        ]),
    {
      key: "counters",
      label: "Counters",
      value: plural(counter(item, "steps"), "step"),
      meaning: "What the kernel has accounted to it.",
      icon: "dashboard",
      below: Object.entries(item.counters).map(([name, value]) => ({
        label: name,
        value: counterText(value, was?.counters[name]),
      })),
    },
  ];
}

const counterText = (value: number, was: number | undefined): string =>
  was === undefined || was === value
    ? grouped(value)
    : `${grouped(value)} (${value > was ? "+" : "-"}${grouped(Math.abs(value - was))})`;

function detailRow(item: EnvironmentItem, detail: Detail): Row {
  const id = `env:${item.id}/${detail.key}`;
  const isChanged = detail.was !== undefined && detail.was !== detail.value;
  const change: Change | undefined = isChanged
    ? { kind: "changed", words: [`was ${detail.was}`] }
    : undefined;
  return {
    id,
    label: detail.label,
    description: join([isChanged ? "changed" : "", detail.value, isChanged && `was ${detail.was}`]),
    tooltip: () => detail.meaning + changeParagraph(change),
    icon: detail.icon,
    ...(change === undefined ? {} : { change }),
    context: detail.context ?? "detail",
    subject: subjectOf(item),
    ...(detail.below === undefined || detail.below.length === 0
      ? {}
      : {
          children: () =>
            detail.below!.map(({ label, value, place }) => ({
              id: `${id}/${label}`,
              label,
              description: value,
              tooltip: () =>
                detail.key === "counters" ? (COUNTERS[label] ?? label) : escaped(value),
              icon: "dash",
              context: place === undefined ? "detail" : "detail hasPlace",
              ...(place === undefined ? {} : { subject: { place } }),
            })),
        }),
  };
}
