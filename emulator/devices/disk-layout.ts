import { PAGE_SIZE } from "../memory/physical.ts";

/**
 * Where the disk's state lies, in bytes from the disk's base, which is the end of RAM in the linear memory: nothing of it is
 * kept elsewhere, so a copy of these bytes is a copy of the disk.
 *
 *     0x00000  +---------------------------+
 *              | control                   |  one page: the words below
 *     0x01000  +---------------------------+
 *              | data of requests          |  one page each
 *     0x21000  +---------------------------+
 *              | data of the write cache   |  one sector each
 *     0x31000  +---------------------------+
 *              | platter, sector 0 first   |  sectors * 512 bytes
 *              +---------------------------+
 */
export const SECTOR_BYTES = 512;
export const SECTORS_PER_PAGE = PAGE_SIZE / SECTOR_BYTES;
/** 256 MiB. */
export const SECTORS_MAX = 1 << 19;
/** Sectors of one request at most: what fits a page. */
export const REQUEST_SECTORS_MAX = SECTORS_PER_PAGE;
/** Requests that the device holds at most, the one in service included. */
export const DISK_QUEUE = 32;
/** Sectors that the volatile write cache holds. */
export const DISK_CACHE = 128;

/** Words of the control page. Fields named `...F64` are binary64 that hold an integer. */
export const CONTROL = {
  sectors: 0,
  latencyBase: 4,
  latencyPerSector: 8,
  /** The ring of requests: which slot is served, and how many are there. */
  queueFirst: 12,
  queueCount: 16,
  /** The ring of cached sectors: the oldest, and how many. */
  cacheFirst: 20,
  cacheCount: 24,
  /** The step at which the request in service completes; 0 when there is none. */
  completesF64: 32,
  /** Write requests accepted since the machine was made. */
  writesF64: 40,
  requests: 256,
  cache: 2048,
} as const;

/** One request of the ring. */
export const REQUEST = { kind: 0, sector: 4, count: 8, bytes: 16 } as const;
export const REQUEST_KIND = { read: 1, write: 2, barrier: 3 } as const;
export type DiskRequestKind = keyof typeof REQUEST_KIND;

const REQUEST_DATA = PAGE_SIZE;
const CACHE_DATA = REQUEST_DATA + DISK_QUEUE * PAGE_SIZE;
export const DISK_DATA = {
  requests: REQUEST_DATA,
  cache: CACHE_DATA,
  platter: CACHE_DATA + DISK_CACHE * SECTOR_BYTES,
} as const;

/** Bytes that a disk of so many sectors takes behind RAM; whole pages. */
export const diskBytes = (sectors: number): number => DISK_DATA.platter + sectors * SECTOR_BYTES;
