import * as v from "valibot";

/** The self-test as it crosses between the main process and the window: published values, computed again here. */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const nothing = v.strictObject({});

/** One published value and what this installation computes. */
export const selftestRowSchema = v.strictObject({
  /** What it is a value of: "CUSUM", "EWMA", ... */
  group: v.string(),
  name: v.string(),
  /** As it was printed. */
  expected: v.number(),
  /** NaN where nothing could be computed: that is a failure. */
  got: v.union([v.number(), v.nan()]),
  tolerance: v.number(),
  passed: v.boolean(),
  /** Where it was published. */
  source: v.string(),
});
export type SelftestRow = v.InferOutput<typeof selftestRowSchema>;

/** A whole run. */
export const selftestReportSchema = v.strictObject({
  rows: v.array(selftestRowSchema),
  /** Ms. */
  tookMs: v.pipe(v.number(), v.finite(), v.minValue(0)),
});
export type SelftestReport = v.InferOutput<typeof selftestReportSchema>;

/** How far a run is. */
export const selftestProgressSchema = v.strictObject({ done: count, total: count });
export type SelftestProgress = v.InferOutput<typeof selftestProgressSchema>;

/** Requests about the self-test. */
export const SELFTEST_REQUESTS = {
  /** Resolves once everything was computed, after some ten seconds; while one runs, another answers with the same. SELFTEST_FAILED. */
  "selftest/run": { body: nothing, reply: selftestReportSchema },
} as const;

/** Pushed while a run is on. */
export const SELFTEST_PUSHES = { "push/selftest": selftestProgressSchema } as const;
