/** Made-up states of a kernel for tests: a client and a server beside the launcher. */
import type {
  CapabilitiesBody,
  CapabilityItem,
  EnvironmentItem,
  EnvironmentsBody,
  PageItem,
  PagesBody,
} from "../../debug-adapter/protocol.ts";

export const LAUNCHER = 257;
export const CLIENT = 514;
export const SERVER = 771;

export const environment = (fields: Partial<EnvironmentItem> = {}): EnvironmentItem => ({
  id: CLIENT,
  index: 2,
  name: "client",
  program: "/project/client.c",
  isLauncher: false,
  state: "running",
  stateText: "running",
  parent: LAUNCHER,
  pc: "0x10040",
  function: "main",
  place: { path: "/project/client.c", line: 12 },
  slices: [0],
  pagesOwned: 12,
  charge: 13,
  guaranteed: 10,
  owes: [],
  capabilityCount: 20,
  entries: [{ name: "store page fault", pc: "0x10100", function: "upcall_entry" }],
  counters: { steps: 4000, upcalls: 1, refusals: 0 },
  pending: [],
  repossessions: [],
  ...fields,
});

export const server = (fields: Partial<EnvironmentItem> = {}): EnvironmentItem =>
  environment({
    id: SERVER,
    index: 3,
    name: "server",
    program: "/project/server.c",
    state: "resting",
    stateText: "rests until it is entered",
    place: { path: "/project/server.c", line: 30 },
    function: "serve",
    slices: [1],
    ...fields,
  });

export const environmentsAt = (
  step: number,
  environments: EnvironmentItem[],
): EnvironmentsBody => ({
  step,
  running: CLIENT,
  environments,
  weakened: [],
});

export const capability = (fields: Partial<CapabilityItem> = {}): CapabilityItem => ({
  environment: CLIENT,
  slot: 16,
  kind: "page",
  rights: "rw-g-",
  resource: 0x12d,
  resourceText: "page 0x12d",
  isOwner: true,
  childCount: 0,
  step: 100,
  ...fields,
});

export const capabilitiesAt = (step: number, capabilities: CapabilityItem[]): CapabilitiesBody => ({
  step,
  capabilities,
  removed: [],
});

export const page = (fields: Partial<PageItem> = {}): PageItem => ({
  frame: 0x12d,
  state: "owned",
  owner: CLIENT,
  slot: 16,
  mappings: [{ environment: CLIENT, address: "0x40000000", rights: "rw-", guaranteed: false }],
  dirty: false,
  referenced: true,
  ...fields,
});

export const pagesAt = (step: number, pages: PageItem[], freeCount = 3500): PagesBody => ({
  step,
  pageCount: 4096,
  freeCount,
  freeLowWater: 3400,
  kernelFrames: 64,
  pages,
});
