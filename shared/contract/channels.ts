import * as v from "valibot";
import { ABTEST_PUSHES, ABTEST_REQUESTS } from "./abtest";
import { ALERT_PUSHES, ALERT_REQUESTS } from "./alerts";
import { COMPARISON_PUSHES, COMPARISON_REQUESTS } from "./comparison";
import { HISTORY_PUSHES, HISTORY_REQUESTS } from "./history";
import { JUDGING_REQUESTS } from "./judging";
import { MODEL_REQUESTS, registryPushSchema } from "./models";
import { POLICY_PUSHES, POLICY_REQUESTS } from "./policy";
import { REPORT_PUSHES, REPORT_REQUESTS } from "./reports";
import { ROLLOUT_PUSHES, ROLLOUT_REQUESTS } from "./rollouts";
import { ROS2_PUSHES, ROS2_REQUESTS } from "./ros2-setup";
import { seriesSchema } from "./series";
import { SELFTEST_PUSHES, SELFTEST_REQUESTS } from "./selftest";
import { settingsChangeSchema, settingsSchema } from "./settings";
import { commandViewSchema, eventViewSchema, snapshotSchema } from "./snapshot";
import { SYSTEM_PUSHES, SYSTEM_REQUESTS } from "./system";
import { TIMELINE_REQUESTS } from "./timeline";

/**
 * The one table of everything that crosses between the window and the main process. Requests are
 * parsed in the main process, replies and pushes in the window; the types are derived from here.
 */

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
const nothing = v.strictObject({});

/** Idempotency key of a fleet-changing request: the same id twice is one command. */
const requestId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]{8,64}$/));

/** What the window asks about itself and its surroundings once. */
export const helloSchema = v.strictObject({
  appVersion: v.string(),
  commit: v.string(),
  electron: v.string(),
  chromium: v.string(),
  node: v.string(),
  /** Where the Electron runtime came from. */
  electronSource: v.picklist(["override", "download", "npm-fallback", "packaged", "unknown"]),
  platform: v.string(),
  dataDir: v.string(),
  modelsDir: v.string(),
  settings: settingsSchema,
  /** What was looked for at the start, for the first-start page. */
  findings: v.array(v.strictObject({ what: v.string(), found: v.boolean(), sentence: v.string() })),
  /** ROS_DOMAIN_ID given on the command line: it wins over the settings until this run ends. Null where none was given. */
  domainOption: v.nullable(count),
  /** True until the operator has opened the fleet once with this data folder. */
  firstStart: v.boolean(),
});
export type Hello = v.InferOutput<typeof helloSchema>;

/** A version of the registry, as lists show it. */
export const modelViewSchema = v.strictObject({
  version: v.string(),
  family: v.string(),
  description: v.string(),
  drill: v.boolean(),
  /** Hashes checked against the manifest; the sentence says why not. */
  verified: v.boolean(),
  sentence: v.string(),
  bytes: count,
});
export type ModelView = v.InferOutput<typeof modelViewSchema>;

/** A fault of the fault console on one embedded node. `level` is 0 when it is off. */
export const faultKindSchema = v.picklist([
  "slow-cpu",
  "lossy-link",
  "noisy-camera",
  "silent",
  "no-metrics",
  "crash",
  "nan-metrics",
]);
export type FaultKind = v.InferOutput<typeof faultKindSchema>;

/** The faults that are on. */
export const faultViewSchema = v.strictObject({ nodeId: v.string(), fault: faultKindSchema, level: finite });
export type FaultView = v.InferOutput<typeof faultViewSchema>;

export { seriesSchema, type Series } from "./series";

/** One tick's sample of a node in the performance history. */
export const performanceSampleSchema = v.strictObject({
  tMs: finite,
  modelVersion: v.nullable(v.string()),
  /** Messages in this tick; 0 is a gap, then every metric is null. */
  count: count,
  compressionRatio: v.nullable(finite),
  latencyMs: v.nullable(finite),
  qualityScore: v.nullable(finite),
  bandwidthKbps: v.nullable(finite),
});
export type PerformanceSample = v.InferOutput<typeof performanceSampleSchema>;

/** Summary of one metric over the samples of the version now running. */
export const metricSummarySchema = v.strictObject({
  latest: v.nullable(finite),
  mean: v.nullable(finite),
  min: v.nullable(finite),
  max: v.nullable(finite),
  p95: v.nullable(finite),
});
export type MetricSummary = v.InferOutput<typeof metricSummarySchema>;

/** `getNodePerformance`: the last at most 100 samples of the version now running. */
export const nodePerformanceSchema = v.strictObject({
  nodeId: v.string(),
  modelVersion: v.nullable(v.string()),
  /** Ticks with a sample among those kept for this version. */
  samples: count,
  compressionRatio: metricSummarySchema,
  latencyMs: metricSummarySchema,
  qualityScore: metricSummarySchema,
  bandwidthKbps: metricSummarySchema,
});
export type NodePerformance = v.InferOutput<typeof nodePerformanceSchema>;

/** `getDeploymentStatus`: what every node runs by its own report, and what is on its way. */
export const deploymentStatusSchema = v.strictObject({
  atMs: finite,
  nodes: v.array(
    v.strictObject({
      nodeId: v.string(),
      modelVersion: v.nullable(v.string()),
      /** Version a rollback would go to. */
      rollbackVersion: v.nullable(v.string()),
      command: v.nullable(commandViewSchema),
    }),
  ),
});
export type DeploymentStatus = v.InferOutput<typeof deploymentStatusSchema>;

/** A message that could not be read. */
export interface MalformedView {
  readonly tMs: number;
  readonly topic: string;
  readonly nodeId: string | null;
  readonly code: string;
  readonly sentence: string;
  /** The first bytes, hexadecimal. */
  readonly head: string;
}

/** What could not be read, by node, topic and code. */
export const malformedGroupSchema = v.strictObject({
  nodeId: v.nullable(v.string()),
  topic: v.string(),
  code: v.string(),
  /** A part that was left out is no malformed message: the rest of it counts. */
  outcome: v.picklist(["refused", "part left out"]),
  /** Since the start. */
  count,
  firstMs: finite,
  lastMs: finite,
  /** Why, and the first bytes, hexadecimal: of the newest. */
  sentence: v.string(),
  head: v.string(),
});
export type MalformedGroup = v.InferOutput<typeof malformedGroupSchema>;

/** Counts of what could not be read, the greatest first. */
export const malformedTallySchema = v.strictObject({
  groups: v.array(malformedGroupSchema),
  /** Rows beyond those. */
  hidden: count,
  /** Every node of which something could not be read. */
  nodeIds: v.array(v.string()),
});
export type MalformedTally = v.InferOutput<typeof malformedTallySchema>;

const commandAccepted = v.strictObject({ commandId: v.string() });

/** Requests: the window asks, the main process answers with a Result of `reply`. */
export const REQUESTS = {
  "app/hello": { body: nothing, reply: helloSchema },
  "app/seen-first-start": { body: nothing, reply: nothing },
  "app/copy-text": { body: v.strictObject({ text: v.pipe(v.string(), v.maxLength(20_000)) }), reply: nothing },
  "settings/change": { body: settingsChangeSchema, reply: settingsSchema },
  "fleet/snapshot": { body: nothing, reply: snapshotSchema },
  /**
   * `expectedVersion` is what the operator saw; null where the node reports none. `undoes` is the rollback that this
   * is the Undo of: what its click put into quarantine on the node is lifted first. QUARANTINED.
   */
  "fleet/deploy": {
    body: v.strictObject({ nodeId: id, version: id, expectedVersion: v.nullable(id), undoes: v.optional(id), requestId }),
    reply: commandAccepted,
  },
  /** Without `toVersion` the last good version before the one running. */
  "fleet/rollback": {
    body: v.strictObject({ nodeId: id, expectedVersion: v.nullable(id), toVersion: v.optional(id), requestId }),
    reply: commandAccepted,
  },
  "fleet/deployment-status": { body: nothing, reply: deploymentStatusSchema },
  /** Of one node, or of all. */
  "fleet/malformed": { body: v.strictObject({ nodeId: v.optional(id) }), reply: malformedTallySchema },
  "node/performance": { body: v.strictObject({ nodeId: id }), reply: nodePerformanceSchema },
  "node/history": {
    body: v.strictObject({ nodeId: id, window: v.optional(v.pipe(count, v.minValue(1), v.maxValue(100)), 50) }),
    reply: v.array(performanceSampleSchema),
  },
  "node/series": {
    body: v.strictObject({
      nodeId: id,
      rangeMs: v.pipe(finite, v.minValue(1_000), v.maxValue(600_000)),
      /** End of the range, Unix ms; absent: now. */
      toMs: v.optional(finite),
      maxPoints: v.pipe(count, v.minValue(10), v.maxValue(600)),
    }),
    reply: seriesSchema,
  },
  /** Asks for a file name and writes every kept sample of the node. */
  "node/export-csv": { body: v.strictObject({ nodeId: id }), reply: v.strictObject({ path: v.string(), rows: count }) },
  "models/list": { body: nothing, reply: v.array(modelViewSchema) },
  ...COMPARISON_REQUESTS,
  ...HISTORY_REQUESTS,
  ...MODEL_REQUESTS,
  ...ROS2_REQUESTS,
  ...ROLLOUT_REQUESTS,
  ...ABTEST_REQUESTS,
  ...JUDGING_REQUESTS,
  ...POLICY_REQUESTS,
  ...SELFTEST_REQUESTS,
  ...SYSTEM_REQUESTS,
  ...REPORT_REQUESTS,
  ...ALERT_REQUESTS,
  ...TIMELINE_REQUESTS,
  "faults/list": { body: nothing, reply: v.array(faultViewSchema) },
  /** `level` 0 switches the fault off. slow-cpu: times slower (2 to 20); lossy-link: share lost (0 to 1);
   * noisy-camera: added sigma in grey levels (0 to 60); crash: seconds until it restarts (1 to 60);
   * silent, no-metrics, nan-metrics: 1. */
  "faults/set": {
    body: v.strictObject({ nodeId: id, fault: faultKindSchema, level: v.pipe(finite, v.minValue(0), v.maxValue(100)) }),
    reply: v.array(faultViewSchema),
  },
  "link/retry": { body: nothing, reply: nothing },
  "process/retry": { body: v.strictObject({ name: v.picklist(["inference"]) }), reply: nothing },
  "events/recent": {
    body: v.strictObject({ limit: v.pipe(count, v.minValue(1), v.maxValue(500)) }),
    reply: v.array(eventViewSchema),
  },
} as const;

/** The name of a request. */
export type RequestName = keyof typeof REQUESTS;
/** What the window sends with a request. */
export type RequestBody<Name extends RequestName> = v.InferInput<(typeof REQUESTS)[Name]["body"]>;
/** What the main process gets once the body is parsed. */
export type ParsedBody<Name extends RequestName> = v.InferOutput<(typeof REQUESTS)[Name]["body"]>;
/** What a request answers when it succeeds. */
export type RequestReply<Name extends RequestName> = v.InferOutput<(typeof REQUESTS)[Name]["reply"]>;

/** What a menu item or a shortcut of the desktop asks the window to do. */
export const windowCommandSchema = v.picklist([
  "go-fleet",
  "go-rollouts",
  "go-abtests",
  "go-models",
  "go-system",
  "go-alerts",
  "go-timeline",
  "go-settings",
  "go-about",
  "open-palette",
  "open-keys",
  "open-faults",
  "open-report",
  "toggle-theme",
]);
export type WindowCommand = v.InferOutput<typeof windowCommandSchema>;

/** Pushes: the main process tells the window. */
export const PUSHES = {
  /** At most one unacknowledged; the newest wins. */
  "push/snapshot": snapshotSchema,
  "push/settings": settingsSchema,
  "push/window-command": windowCommandSchema,
  ...COMPARISON_PUSHES,
  ...HISTORY_PUSHES,
  ...ROS2_PUSHES,
  ...ROLLOUT_PUSHES,
  ...ABTEST_PUSHES,
  ...POLICY_PUSHES,
  ...SELFTEST_PUSHES,
  ...SYSTEM_PUSHES,
  ...REPORT_PUSHES,
  ...ALERT_PUSHES,
  /** A person clicked the desktop's notification of it. */
  "push/open-alert": v.strictObject({ alertId: v.string() }),
  "push/models": registryPushSchema,
} as const;

/** The name of a push. */
export type PushName = keyof typeof PUSHES;
/** What a push carries. */
export type PushBody<Name extends PushName> = v.InferOutput<(typeof PUSHES)[Name]>;

/** What the preload script puts into the window as `window.ops`; nothing else crosses. */
export interface OpsBridge {
  /** Sends a request; resolves to a `Result` of its reply, still to be parsed. */
  invoke(name: RequestName, body: unknown): Promise<unknown>;
  /** Listens to a push; every push is acknowledged once all listeners returned. */
  subscribe(name: PushName, listener: (body: unknown) => void): () => void;
  /** The path of a `File` that was dropped onto the window; empty for one that is not on a disk. */
  filePath(file: object): string;
}
