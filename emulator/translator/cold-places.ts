/** What the loop for code that is not hot (emit-cold-loop.ts) shares with the interpreter: words and tables in linear memory. */

/** Where it finds in linear memory what it needs. */
export interface ColdPlaces {
  readonly loads: number;
  readonly stores: number;
  /** A lookaside of pages of which any instruction may be done here. */
  readonly plain: number;
  /** A word: other than 0 when translated code left for a reason that somebody has to look at. */
  readonly unexpected: number;
  /** A word: why it left, WHY. */
  readonly why: number;
  /** A word: with no more steps left than this a tick is due. */
  readonly tickLeft: number;
  /** A word that counts the steps that translated code has done. */
  readonly translated: number;
  /** Words that count how often control has come to places, by hash. */
  readonly heat: number;
  /** Jumps by registers and where they led, in pairs, by hash. */
  readonly jumps: number;
  /** Places with translated code, by hash. */
  readonly entries: number;
}

/**
 * Nothing out of the ordinary; or control has come to a place so often that somebody should look at it, by a jump or otherwise; or a tick
 * is due before what comes next.
 */
export const WHY = { nothing: 0, hot: 1, hotAfterCall: 2, tick: 3 } as const;

export const HEAT_SLOTS = 8192;
export const JUMP_SLOTS = 2048;
export const ENTRY_SLOTS = 2048;
export const ENTRY_BYTES = 32;
/**
 * In an entry, in bytes: its address, its place in linear memory, the steps that it needs at least, how often control came in, and all ones where
 * no tick may pass in it unnoticed.
 */
export const ENTRY = { pc: 0, place: 4, needs: 8, count: 12, reserves: 16 } as const;

export const entrySlot = (pc: number): number => (pc >>> 1) & (ENTRY_SLOTS - 1);
export const jumpSlot = (pc: number, target: number): number =>
  ((pc >>> 1) ^ (target >>> 3)) & (JUMP_SLOTS - 1);

export interface ColdLimits {
  /** It leaves where control has come so often, each jump counted JUMP_HEAT times. */
  readonly heat: number;
  /** What it lends translated code. */
  readonly calls: number;
  readonly earlyVisits: number;
  readonly earlySteps: number;
  readonly steps: number;
}

/** What a jump adds to the heat of where it leads; what comes after a call, or after translated code, adds 1. */
export const JUMP_HEAT = 16;
