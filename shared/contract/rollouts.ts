import * as v from "valibot";

/** Phased roll-outs as they cross between the main process and the window. */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const requestId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]{8,64}$/));

/** Where one node of a roll-out stands. Only its own report moves it past `sent`. */
export const rolloutNodeStateSchema = v.picklist([
  "waiting",
  "sent",
  "trial",
  "committed",
  "rolled-back",
  "failed",
  "unconfirmed",
  "inconsistent",
  /** Lost, without metrics, or in quarantine when its turn came: offered again when it is well. */
  "left-out",
  /** Taken back by an abort. */
  "returned",
]);
export type RolloutNodeState = v.InferOutput<typeof rolloutNodeStateSchema>;

/** How a roll-out is to go. */
export const rolloutPlanSchema = v.strictObject({
  version: id,
  /** The nodes in the order in which they are taken; absent: every node that could take the version. */
  nodeIds: v.optional(v.array(id)),
  /** Canaries first: so many nodes. */
  canary: v.pipe(count, v.minValue(1), v.maxValue(100)),
  /** Then a share of all nodes, 0.01 to 1. */
  share: v.pipe(finite, v.minValue(0.01), v.maxValue(1)),
  /** Nodes that are on their way or on trial at once, within a phase. */
  atOnce: v.pipe(count, v.minValue(1), v.maxValue(100)),
  /** A gate opens at the earliest so long after the last commit of its phase, ms. */
  soakMs: v.pipe(finite, v.minValue(0), v.maxValue(86_400_000)),
  /** Stops at max(leastFailures, failureShare of the judged), once so many are judged. */
  stop: v.strictObject({
    leastFailures: v.pipe(count, v.minValue(1), v.maxValue(100)),
    failureShare: v.pipe(finite, v.minValue(0.01), v.maxValue(1)),
    leastJudged: v.pipe(count, v.minValue(1), v.maxValue(100)),
  }),
});
export type RolloutPlan = v.InferOutput<typeof rolloutPlanSchema>;

const nodeView = v.strictObject({
  nodeId: v.string(),
  state: rolloutNodeStateSchema,
  fromVersion: v.nullable(v.string()),
  /** Samples that passed, of those that a commit takes; in `trial`. */
  passed: count,
  needed: count,
  /** Unix ms of the last change. */
  atMs: finite,
  note: v.string(),
});

const conditionView = v.strictObject({ met: v.boolean(), sentence: v.string() });

/** Where a roll-out is. */
export const rolloutStateSchema = v.picklist(["running", "paused", "stopped", "aborting", "aborted", "completed"]);

/** One phase and the gate after it. */
export const rolloutPhaseSchema = v.strictObject({
  name: v.picklist(["canary", "share", "all"]),
  state: v.picklist(["waiting", "running", "committed", "stopped"]),
  nodes: v.array(nodeView),
  /** Conditions of the gate after this phase; empty for the last. */
  gate: v.array(conditionView),
  /** When the gate can open at the earliest, Unix ms; null where that cannot be told. */
  gateOpensAtMs: v.nullable(finite),
});
export type RolloutPhase = v.InferOutput<typeof rolloutPhaseSchema>;

/** A roll-out as its page shows it. */
export const rolloutViewSchema = v.strictObject({
  /** `r-0001`, counted over all runs that share a journal. */
  rolloutId: v.string(),
  version: v.string(),
  /** The versions that it replaces, most nodes first. */
  fromVersions: v.array(v.string()),
  state: rolloutStateSchema,
  /** Who paused or stopped it and why: an operator, the stop rule, a common cause, the link; null while it runs. */
  stateReason: v.nullable(v.string()),
  actor: v.string(),
  startedAtMs: finite,
  endedAtMs: v.nullable(finite),
  plan: rolloutPlanSchema,
  policyRevision: count,
  phases: v.array(rolloutPhaseSchema),
  leftOut: v.array(nodeView),
  failures: count,
  judged: count,
  failuresToStop: count,
  /** Unchanged nodes that degrade now, of those that are watched. */
  commonCause: v.strictObject({ degrading: count, watched: count }),
  /** What it is doing, with numbers; and what comes next. */
  sentence: v.string(),
  next: v.string(),
  /** Newest first, at most 100. */
  happened: v.array(v.strictObject({ atMs: finite, event: v.string(), sentence: v.string() })),
});
export type RolloutView = v.InferOutput<typeof rolloutViewSchema>;

const medianView = v.strictObject({ before: v.nullable(finite), after: v.nullable(finite) });

/** Before and after, on the same judged nodes, and every judged node's samples from its own swap. */
export const rolloutEvidenceSchema = v.strictObject({
  rolloutId: v.string(),
  /** Nodes that are judged, and samples a side of each median. */
  nodes: count,
  samples: count,
  medians: v.strictObject({ compressionRatio: medianView, latencyMs: medianView, qualityScore: medianView, bandwidthKbps: medianView }),
  traces: v.array(
    v.strictObject({
      nodeId: v.string(),
      swappedAtMs: finite,
      rolledBackAtMs: v.nullable(finite),
      /** Ms from its own swap, and the values; NaN is a gap. */
      sinceSwapMs: v.instance(Float64Array),
      compressionRatio: v.instance(Float64Array),
      latencyMs: v.instance(Float64Array),
      qualityScore: v.instance(Float64Array),
    }),
  ),
});
export type RolloutEvidence = v.InferOutput<typeof rolloutEvidenceSchema>;

/** What a plan would do, before it is started. */
export const rolloutPreviewSchema = v.strictObject({
  phases: v.array(v.strictObject({ name: v.picklist(["canary", "share", "all"]), nodeIds: v.array(v.string()) })),
  leftOut: v.array(v.strictObject({ nodeId: v.string(), reason: v.string() })),
  /** Nodes that take the version and have nothing good to go back to should it fail there. */
  withoutWayBack: v.array(v.string()),
  /** Why it cannot be started; null where it can. */
  refusal: v.nullable(v.strictObject({ code: v.string(), sentence: v.string() })),
});
export type RolloutPreview = v.InferOutput<typeof rolloutPreviewSchema>;

const one = v.strictObject({ rolloutId: id });
const accepted = v.strictObject({ rolloutId: v.string() });

/** Requests about roll-outs. */
export const ROLLOUT_REQUESTS = {
  /** Newest first. */
  "rollouts/list": { body: v.strictObject({}), reply: v.array(rolloutViewSchema) },
  "rollouts/preview": { body: rolloutPlanSchema, reply: rolloutPreviewSchema },
  "rollouts/start": { body: v.strictObject({ plan: rolloutPlanSchema, requestId }), reply: accepted },
  /** Before the next node; what is on its way goes on and is judged. */
  "rollouts/pause": { body: one, reply: accepted },
  "rollouts/resume": { body: one, reply: accepted },
  /** Ends it; `return` takes every node that runs the version because of it back to what it ran before. */
  "rollouts/abort": { body: v.strictObject({ rolloutId: id, return: v.boolean() }), reply: accepted },
  "rollouts/evidence": { body: one, reply: rolloutEvidenceSchema },
} as const;

/** Pushed whenever a roll-out changed: all that run, and the newest that ended, newest first. */
export const ROLLOUT_PUSHES = { "push/rollouts": v.array(rolloutViewSchema) } as const;
