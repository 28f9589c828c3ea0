import * as v from "valibot";

/** What the test passes as the first argument, in JSON. */
export const crashOptionsSchema = v.object({
  folder: v.string(),
  /** Unix ms. */
  startMs: v.number(),
  /** What each node runs when this begins. */
  running: v.array(v.tuple([v.string(), v.string()])),
  /** When it kills itself; null: it takes up the test, and ends it. */
  killIn: v.nullable(v.picklist(["block", "exchange", "ending"])),
});

/** What the test passes. */
export type CrashOptions = v.InferOutput<typeof crashOptionsSchema>;

/** What it says before it dies or ends, as one line of JSON. */
export const crashSaidSchema = v.object({
  atMs: v.number(),
  running: v.array(v.tuple([v.string(), v.string()])),
  /** The test as it was found, and as it ended; null before there was one. */
  found: v.nullable(v.object({ state: v.string(), reason: v.nullable(v.string()) })),
  ended: v.nullable(v.object({ verdict: v.string(), restore: v.array(v.string()), isSame: v.boolean() })),
});

/** What it says. */
export type CrashSaid = v.InferOutput<typeof crashSaidSchema>;
