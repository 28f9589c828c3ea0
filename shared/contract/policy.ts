import * as v from "valibot";
import { policySchema } from "../policy/policy";

/** The policy as it crosses between the main process and the window: what is in force, what a change would cost, its history. */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());

/** The policy in force. Revision 0 is the default that nobody has changed. */
export const policyViewSchema = v.strictObject({
  revision: count,
  policy: policySchema,
  /** Unix ms; null for revision 0. */
  sinceMs: v.nullable(finite),
  by: v.nullable(v.string()),
  via: v.nullable(v.picklist(["window", "command line", "file"])),
  reason: v.nullable(v.string()),
});
export type PolicyView = v.InferOutput<typeof policyViewSchema>;

/** What a policy costs, computed by the functions behind `./lydlr calc`. Predicted, never measured. */
export const policyCostSchema = v.strictObject({
  /** Nodes and metrics that it was computed for. */
  nodes: count,
  metrics: count,
  falseRollbacksPerDay: finite,
  /** Median samples and seconds (at 2 a second) from a sudden drop of 30 % to the verdict, at 5 % spread. */
  dropDelaySamples: finite,
  dropDelayMs: finite,
  /** Samples in a row beyond a limit before it counts. */
  hardRun: count,
  driftLimit: finite,
});
export type PolicyCost = v.InferOutput<typeof policyCostSchema>;

/** Delay over the budget, for the chart: one point for each number of days, fewest first. */
export const policyCurveSchema = v.array(v.strictObject({ days: finite, oneSdMs: finite, twoSdMs: finite, dropMs: finite }));
export type PolicyCurve = v.InferOutput<typeof policyCurveSchema>;

/** Requests about the policy. */
export const POLICY_REQUESTS = {
  "policy/current": { body: v.strictObject({}), reply: policyViewSchema },
  /** BAD_POLICY; computing takes a tenth of a second the first time, and does not hold up the engine. */
  "policy/preview": { body: v.strictObject({ policy: policySchema }), reply: policyCostSchema },
  /** The same for the chart: eighteen such predictions, which the numbers do not wait for. */
  "policy/curve": { body: v.strictObject({ policy: policySchema }), reply: policyCurveSchema },
  /** STALE_REVISION when another one came in between; JOURNAL_UNAVAILABLE, JOURNAL_BROKEN: nothing changed. */
  "policy/save": {
    body: v.strictObject({ policy: policySchema, reason: v.pipe(v.string(), v.trim(), v.minLength(3), v.maxLength(500)), expectedRevision: count }),
    reply: policyViewSchema,
  },
  /** Newest first. */
  "policy/history": { body: v.strictObject({}), reply: v.array(policyViewSchema) },
  /** Asks for a file and parses it; nothing is changed. CANCELLED, FILE_READ_FAILED, BAD_POLICY. */
  "policy/import": { body: v.strictObject({}), reply: v.strictObject({ path: v.string(), policy: policySchema }) },
  /** Asks for a file name and writes the policy in force. */
  "policy/export": { body: v.strictObject({}), reply: v.strictObject({ path: v.string() }) },
} as const;

/** Pushed when another revision came into force. */
export const POLICY_PUSHES = { "push/policy": policyViewSchema } as const;
