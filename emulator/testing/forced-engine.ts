/**
 * The engine that translates everything at the first visit, in modules of some hundred instructions: each machine makes all of them anew, and
 * what is called from everywhere would be in nearly all.
 */
export const FORCED_ENGINE = {
  engine: "translator",
  hot: 1,
  pace: 0,
  reach: 200,
  cold: Number.POSITIVE_INFINITY,
} as const;
