/** Every kernel call, from the files of the nouns that they act on. */
import { CALLS } from "../abi.ts";
import * as environments from "../environment.ts";
import type { AnyKernelCall } from "../kernel-call.ts";
import * as capabilities from "./capability-calls.ts";
import * as console from "./console-calls.ts";
import * as disk from "./disk-calls.ts";
import * as memory from "./memory-calls.ts";
import * as network from "./network-calls.ts";
import * as pages from "./page-calls.ts";
import * as revocation from "./revocation-calls.ts";
import * as time from "./time-calls.ts";
import * as transfers from "./transfer-calls.ts";

/** Every kernel call by its number. */
export const CALL_TABLE: ReadonlyMap<number, AnyKernelCall> = new Map(
  [
    environments.envCreate,
    environments.envDestroy,
    environments.envSetEntry,
    environments.envSetWord,
    environments.envStart,
    environments.envPublish,
    capabilities.capDerive,
    capabilities.capOffer,
    capabilities.capAccept,
    capabilities.capRevoke,
    capabilities.capDelete,
    pages.pageAlloc,
    pages.pageFree,
    pages.bind,
    pages.unbind,
    pages.bindGuaranteedCall,
    time.sliceAlloc,
    time.sliceFree,
    time.yieldCall,
    time.sleep,
    time.rest,
    transfers.transferSync,
    transfers.transferAsync,
    console.consoleWrite,
    console.consoleRead,
    capabilities.capRestrict,
    memory.bindBatch,
    memory.pageAllocBatch,
    memory.bindState,
    memory.pageBits,
    memory.memoryGuarantee,
    memory.quotaSet,
    memory.quotaMove,
    time.sleepUntil,
    revocation.repossessionNext,
    revocation.revocationNext,
    revocation.revokeAsk,
    revocation.arbiterSet,
    revocation.arbiterChoose,
    revocation.arbiterInfo,
    revocation.savePlace,
    disk.extentAlloc,
    disk.extentFree,
    disk.extentInfo,
    disk.diskRead,
    disk.diskWrite,
    disk.diskBarrier,
    disk.diskNext,
    disk.diskInfo,
    network.networkSend,
    network.filterInsert,
    network.filterRemove,
    network.ringSet,
    network.networkInfo,
  ].map((call) => [CALLS[call.name].number, call]),
);
