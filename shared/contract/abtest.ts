import * as v from "valibot";
import { DESIGNS } from "../abtest/arms";
import { TEST_DEFAULTS } from "../abtest/request";
import { LIMITED_METRICS } from "../judge/limits";
import { rolloutPlanSchema, rolloutPreviewSchema } from "./rollouts";

/** A/B tests as they cross between the main process and the window. Times ending in `AtMs` are Unix ms. */

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
const share = v.pipe(finite, v.minValue(0), v.maxValue(1));
const requestId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]{8,64}$/));
const metric = v.picklist(LIMITED_METRICS);
const design = v.picklist(DESIGNS);
const nothing = v.strictObject({});

/** Which arm. */
export const armSchema = v.picklist(["A", "B"]);
export type Arm = v.InferOutput<typeof armSchema>;

const guardrail = v.strictObject({ metric, allowed: v.pipe(finite, v.minValue(0)) });

/** What to compare, and how. What is left out is chosen by the engine, and the preview says what it chose. */
export const abTestSetupSchema = v.strictObject({
  /** A draft may have none yet; then the preview says so. */
  nodesA: v.pipe(v.array(id), v.maxLength(50)),
  nodesB: v.pipe(v.array(id), v.maxLength(50)),
  versionA: id,
  versionB: id,
  /** Null: the best that the nodes allow. */
  design: v.optional(v.nullable(design), null),
  primary: v.optional(metric, "compressionRatio"),
  /** In the primary metric's unit, above 0. Null: 5 % of the nodes' median today. */
  smallestDifference: v.optional(v.nullable(finite), null),
  /** By how much B may be worse. Null: the other two metrics, a tenth of their median each, 0.02 of quality. */
  guardrails: v.optional(v.nullable(v.array(guardrail)), null),
  alpha: v.optional(finite, TEST_DEFAULTS.alpha),
  blockMs: v.optional(v.pipe(finite, v.minValue(1_000), v.maxValue(3_600_000)), TEST_DEFAULTS.blockMs),
  washOutMs: v.optional(v.pipe(finite, v.minValue(0), v.maxValue(600_000)), TEST_DEFAULTS.washOutMs),
  /** It ends by itself after so long, calibration not counted. */
  longestMs: v.optional(v.pipe(finite, v.minValue(1_000), v.maxValue(86_400_000)), TEST_DEFAULTS.longestMs),
  /** Ends as soon as there is a winner; else a winner is watched on until somebody ends it. */
  endAtWinner: v.optional(v.boolean(), false),
  /** What every node runs once it is over. Null: what each ran before. */
  restoreVersion: v.optional(v.nullable(id), null),
});
export type AbTestSetup = v.InferOutput<typeof abTestSetupSchema>;
/** A set-up as it is asked for: only nodes and versions must be given. */
export type AbTestDraft = v.InferInput<typeof abTestSetupSchema>;

const designChoice = v.strictObject({
  design,
  isPossible: v.boolean(),
  isChosen: v.boolean(),
  /** What it is, or why these nodes cannot have it. */
  sentence: v.string(),
});

/** One node of the fleet, as the pool of the set-up page shows it. */
export const abTestCandidateSchema = v.strictObject({
  nodeId: v.string(),
  vertical: v.nullable(v.picklist(["drone", "iot"])),
  modelVersion: v.nullable(v.string()),
  rateHz: v.nullable(finite),
  canTakePart: v.boolean(),
  /** Why not, in a few words ("stale", "in r-0003", "in ab-0001"); null where it can. */
  reason: v.nullable(v.string()),
});
export type AbTestCandidate = v.InferOutput<typeof abTestCandidateSchema>;

/** A node's own recent samples of the primary metric, which the prediction rests on. */
export const abTestBasisSchema = v.strictObject({
  nodeId: v.string(),
  arm: armSchema,
  /** The version that they are of; null where it reports none. */
  version: v.nullable(v.string()),
  samples: count,
  spanMs: finite,
  median: v.nullable(finite),
  sd: v.nullable(finite),
  /** Autocorrelation of neighbouring values. Null below 60. */
  rho: v.nullable(finite),
  /** For the small chart: at most 200 points, Unix ms and values, NaN is a gap. */
  atMs: v.instance(Float64Array),
  values: v.instance(Float64Array),
});
export type AbTestBasis = v.InferOutput<typeof abTestBasisSchema>;

/** One block of a schedule; times from the start of the test, pauses and swaps not counted. */
export const abTestPlannedBlockSchema = v.strictObject({
  phase: v.picklist(["calibration", "test"]),
  fromMs: finite,
  toMs: finite,
  /** Not counted until then; `fromMs` where nothing is swapped. */
  washedOutMs: finite,
  versionOfA: v.string(),
  versionOfB: v.string(),
  /** The nodes of lane A run B's version and those of lane B run A's. */
  isSwapped: v.boolean(),
});
export type AbTestPlannedBlock = v.InferOutput<typeof abTestPlannedBlockSchema>;

const refusal = v.strictObject({ code: v.string(), sentence: v.string(), nodeId: v.nullable(v.string()) });
const condition = v.strictObject({ met: v.boolean(), sentence: v.string() });

/** What a set-up would do, before it is started. Nothing is sent. */
export const abTestPreviewSchema = v.strictObject({
  /** Why it cannot start, most important first; empty where it can. */
  refusals: v.array(refusal),
  designs: v.array(designChoice),
  /** Every node of the fleet. */
  candidates: v.array(abTestCandidateSchema),
  versions: v.array(v.strictObject({ arm: armSchema, version: v.string(), isDeployable: v.boolean(), isDrill: v.boolean(), sentence: v.string() })),
  /** What the engine takes for what was left out; null where there are no samples to choose by. */
  smallestDifference: v.nullable(finite),
  guardrails: v.array(v.strictObject({ metric, allowed: finite, alpha: finite, sentence: v.string() })),
  /** Median of the primary metric over the nodes today. */
  median: v.nullable(finite),
  basis: v.array(abTestBasisSchema),
  /** The first blocks: to the first verdict and one more. Empty where no design is possible. */
  schedule: v.array(abTestPlannedBlockSchema),
  firstVerdictMs: v.nullable(finite),
  longestMs: finite,
  /** PREDICTED: how long half of such tests take. `decisionMs` null: longer than the test, or it cannot be told. */
  prediction: v.strictObject({
    decisionMs: v.nullable(finite),
    sentence: v.string(),
    curve: v.array(v.strictObject({ difference: finite, decisionMs: v.nullable(finite) })),
  }),
  /** "Before it starts": what was looked at and what is promised. */
  conditions: v.array(condition),
});
export type AbTestPreview = v.InferOutput<typeof abTestPreviewSchema>;

export const abTestVerdictKindSchema = v.picklist(["collecting", "a-better", "b-better", "no-difference", "harmful", "inconclusive", "invalid"]);
export type AbTestVerdictKind = v.InferOutput<typeof abTestVerdictKindSchema>;

/** `starting` and `swapping`: nodes were sent their versions and have not all reported them. `ending`: versions are put back. */
export const abTestStateSchema = v.picklist(["starting", "running", "swapping", "paused", "ending", "ended"]);
export type AbTestState = v.InferOutput<typeof abTestStateSchema>;

const verdict = v.strictObject({
  kind: abTestVerdictKindSchema,
  sentence: v.string(),
  metric: v.nullable(metric),
  decidedAtMs: v.nullable(finite),
});

const funnelPoint = v.strictObject({ atMs: finite, pairs: count, effect: finite, low: finite, high: finite });

/** One metric: B minus A, with the interval that holds whenever one looks. */
export const abTestMetricSchema = v.strictObject({
  metric,
  role: v.picklist(["primary", "guardrail"]),
  alpha: finite,
  /** By how much B may be worse; of a guardrail. */
  allowed: v.nullable(finite),
  effect: v.nullable(finite),
  low: v.nullable(finite),
  high: v.nullable(finite),
  better: v.nullable(armSchema),
  pairs: count,
  rho: v.nullable(finite),
  isNoiseRefuted: v.boolean(),
  /** Of a guardrail: `holds` once its interval lies within what is allowed, `open` until then. */
  standing: v.picklist(["collecting", "open", "holds", "breached"]),
  sentence: v.string(),
  /** Oldest first, one for each block that counted. */
  history: v.array(funnelPoint),
  /** PREDICTED: how the interval narrows if effect and noise stay. */
  predicted: v.array(v.strictObject({ pairs: count, low: finite, high: finite })),
  medianA: v.nullable(finite),
  medianB: v.nullable(finite),
});
export type AbTestMetric = v.InferOutput<typeof abTestMetricSchema>;

/** One block as it ran. */
export const abTestBlockSchema = v.strictObject({
  index: count,
  phase: v.picklist(["calibration", "test"]),
  /** When the last node reported its version; the wash-out counts from there. */
  fromAtMs: finite,
  washedOutAtMs: finite,
  /** Null while it runs. */
  toAtMs: v.nullable(finite),
  /** Versions by lane: a swapped block has B's version on lane A's nodes. */
  versionOfA: v.string(),
  versionOfB: v.string(),
  isSwapped: v.boolean(),
  /** False where it was cut by a pause and is run again. */
  isWhole: v.boolean(),
});
export type AbTestBlock = v.InferOutput<typeof abTestBlockSchema>;

const nodeCounts = v.strictObject({ nodeId: v.string(), arm: armSchema, samplesA: count, samplesB: count, blocksA: count, blocksB: count });

/** What becomes of a node once the test is over. `left`: it could not be given its version, and the sentence says why. */
const restoreView = v.strictObject({
  nodeId: v.string(),
  version: v.string(),
  state: v.picklist(["waiting", "asked", "confirmed", "left"]),
  sentence: v.string(),
});

const promotionView = v.strictObject({
  version: v.string(),
  /** `waiting`: until every node has its version back. */
  state: v.picklist(["waiting", "started", "refused"]),
  rolloutId: v.nullable(v.string()),
  sentence: v.string(),
});

const summaryEntries = {
  /** `ab-0001`, counted over all runs that share a journal. */
  testId: v.string(),
  nodesA: v.array(v.string()),
  nodesB: v.array(v.string()),
  versionA: v.string(),
  versionB: v.string(),
  design,
  primary: metric,
  state: abTestStateSchema,
  /** Why it is paused, or who ended it; null while it runs. */
  stateReason: v.nullable(v.string()),
  verdict,
  actor: v.string(),
  startedAtMs: finite,
  endedAtMs: v.nullable(finite),
  /** Of the primary metric. */
  effect: v.nullable(finite),
  low: v.nullable(finite),
  high: v.nullable(finite),
  pairs: count,
} as const;

/** A test in one line of the history. */
export const abTestSummarySchema = v.strictObject(summaryEntries);
export type AbTestSummary = v.InferOutput<typeof abTestSummarySchema>;

/** A test as its page shows it, while it runs and afterwards. */
export const abTestViewSchema = v.strictObject({
  ...summaryEntries,
  /** Nothing is left out in it. */
  smallestDifference: finite,
  alpha: finite,
  blockMs: finite,
  washOutMs: finite,
  longestMs: finite,
  /** Time between two values of a node, ms; each is the mean of the node's samples in it. */
  periodMs: finite,
  endAtWinner: v.boolean(),
  /** Below the verdict: pairs, time, guardrails. */
  note: v.string(),
  /** Time that it ran in blocks, ms: pauses and swaps not counted. */
  ranMs: finite,
  pairsNeeded: count,
  metrics: v.array(abTestMetricSchema),
  blocks: v.array(abTestBlockSchema),
  pauses: v.array(v.strictObject({ fromAtMs: finite, toAtMs: v.nullable(finite), reason: v.string() })),
  blocksDropped: count,
  counts: v.strictObject({ nodes: v.array(nodeCounts), samplesA: count, samplesB: count, probability: share, isAsPlanned: v.boolean(), sentence: v.string() }),
  /** PREDICTED; null where it is decided or cannot be told. */
  timeToDecision: v.nullable(v.strictObject({ remainingMs: finite, sentence: v.string() })),
  changes: v.array(v.strictObject({ sentence: v.string(), isPredicted: v.boolean() })),
  restore: v.array(restoreView),
  /** The version that Promote takes to the fleet; null without a winner, and once it is on its way. */
  promotable: v.nullable(v.string()),
  promotion: v.nullable(promotionView),
  /** Newest first, at most 100. */
  happened: v.array(v.strictObject({ atMs: finite, event: v.string(), sentence: v.string() })),
});
export type AbTestView = v.InferOutput<typeof abTestViewSchema>;

/** What the test was computed from: the values of each node, oldest first. */
export const abTestTracesSchema = v.strictObject({
  testId: v.string(),
  nodes: v.array(
    v.strictObject({
      nodeId: v.string(),
      arm: armSchema,
      /** Unix ms, ascending. Values of another version than planned are left out. */
      atMs: v.instance(Float64Array),
      /** As long as `atMs`; NaN is no data. */
      compressionRatio: v.instance(Float64Array),
      latencyMs: v.instance(Float64Array),
      qualityScore: v.instance(Float64Array),
    }),
  ),
});
export type AbTestTraces = v.InferOutput<typeof abTestTracesSchema>;

/** What a click on Promote does: the plan with its nodes in their order, and what that comes to. */
export const abTestPromotionSchema = v.strictObject({ plan: rolloutPlanSchema, preview: rolloutPreviewSchema });
export type AbTestPromotion = v.InferOutput<typeof abTestPromotionSchema>;

const one = v.strictObject({ testId: id });
const accepted = v.strictObject({ testId: v.string() });

/** Requests about A/B tests. */
export const ABTEST_REQUESTS = {
  /** Newest first. */
  "abtests/list": { body: nothing, reply: v.array(abTestSummarySchema) },
  "abtests/preview": { body: abTestSetupSchema, reply: abTestPreviewSchema },
  /** On disk when it succeeds; the same request twice is one test. */
  "abtests/start": { body: v.strictObject({ setup: abTestSetupSchema, requestId }), reply: accepted },
  /** Ends it and puts versions back: `restoreVersion` on every node; left out: as the set-up says; null: what each ran before. */
  "abtests/stop": { body: v.strictObject({ testId: id, restoreVersion: v.optional(v.nullable(id)) }), reply: accepted },
  "abtests/view": { body: one, reply: abTestViewSchema },
  "abtests/traces": { body: v.strictObject({ testId: id, maxPoints: v.optional(v.pipe(count, v.minValue(10), v.maxValue(5_000)), 1_000) }), reply: abTestTracesSchema },
  /** What a promotion by the default plan would do now. */
  "abtests/promotion": { body: one, reply: abTestPromotionSchema },
  /** Ends it if it runs, then takes the winner to the fleet by a phased roll-out. Without a plan: one canary, a quarter, all. */
  "abtests/promote": { body: v.strictObject({ testId: id, plan: v.optional(rolloutPlanSchema) }), reply: accepted },
  /** Computes the result again from the journal's samples. */
  "abtests/reproduce": { body: one, reply: v.strictObject({ isSame: v.boolean(), samples: count, sentence: v.string() }) },
  /** Asks for a file name and writes the report with every sample, JSON. */
  "abtests/export": { body: one, reply: v.strictObject({ path: v.string() }) },
} as const;

/** Pushed whenever a test changed: the one that runs, else the newest; null where there is none. */
export const ABTEST_PUSHES = {
  "push/abtest": v.strictObject({ tests: v.array(abTestSummarySchema), current: v.nullable(abTestViewSchema) }),
} as const;
export type AbTestPush = v.InferOutput<(typeof ABTEST_PUSHES)["push/abtest"]>;
