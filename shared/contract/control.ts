import * as v from "valibot";
import { abTestSetupSchema, abTestViewSchema } from "./abtest";
import { alertsViewSchema } from "./alerts";
import { nodePerformanceSchema, performanceSampleSchema } from "./channels";
import { rolloutStateSchema } from "./rollouts";
import { reportFileSchema, reportScopeSchema } from "./reports";
import { commandViewSchema, nodeStateSchema } from "./snapshot";

/**
 * What `./lydlr ctl` asks the running application over its local socket: one JSON object a line each way. Bodies
 * are parsed in the application, replies in the command; the checks behind them are those of the window.
 */

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
const requestId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]{8,64}$/));

/** A node as one line of status tells it; null is what it did not report. */
export const nodeStatusSchema = v.strictObject({
  nodeId: v.string(),
  state: nodeStateSchema,
  modelVersion: v.nullable(v.string()),
  compressionRatio: v.nullable(finite),
  latencyMs: v.nullable(finite),
  qualityScore: v.nullable(finite),
  sampleRateHz: v.nullable(finite),
  /** Since its newest sample; null before the first. */
  ageMs: v.nullable(finite),
});
export type NodeStatus = v.InferOutput<typeof nodeStatusSchema>;

/** The fleet in one line: of `./lydlr start --headless --json`, and of `./lydlr ctl status --json`. */
export const statusLineSchema = v.strictObject({
  type: v.literal("status"),
  tMs: finite,
  link: v.picklist(["embedded", "ros2", "recorded"]),
  linkState: v.picklist(["starting", "up", "unresponsive", "down"]),
  nodes: v.array(nodeStatusSchema),
});
export type StatusLine = v.InferOutput<typeof statusLineSchema>;

/** A roll-out as one line tells it. */
const rolloutLine = v.strictObject({
  rolloutId: v.string(),
  version: v.string(),
  state: rolloutStateSchema,
  startedAtMs: finite,
  endedAtMs: v.nullable(finite),
  /** Nodes that committed, and that failed, of all that it has. */
  nodes: v.strictObject({ all: count, committed: count, failed: count }),
  sentence: v.string(),
  next: v.string(),
});
export type RolloutLine = v.InferOutput<typeof rolloutLine>;

const testReply = v.strictObject({ test: abTestViewSchema });
const commandReply = v.strictObject({ command: commandViewSchema });

/** Every request of the socket. */
export const CONTROL_REQUESTS = {
  status: {
    body: v.strictObject({}),
    reply: v.strictObject({
      status: statusLineSchema,
      /** What every node could go back to, and its newest command. */
      deployments: v.array(v.strictObject({ nodeId: v.string(), rollbackVersion: v.nullable(v.string()), command: v.nullable(commandViewSchema) })),
    }),
  },
  node: {
    body: v.strictObject({ nodeId: id, window: v.pipe(count, v.minValue(1), v.maxValue(100)) }),
    reply: v.strictObject({ state: nodeStateSchema, sentence: v.string(), performance: nodePerformanceSchema, history: v.array(performanceSampleSchema) }),
  },
  alerts: { body: v.strictObject({}), reply: alertsViewSchema },
  /** Without `expectedVersion`: whatever the node reports when the request arrives. With `wait` the reply is the command's end. */
  deploy: {
    body: v.strictObject({ nodeId: id, version: id, expectedVersion: v.optional(v.nullable(id)), requestId, wait: v.boolean() }),
    reply: commandReply,
  },
  rollback: {
    body: v.strictObject({ nodeId: id, toVersion: v.optional(id), expectedVersion: v.optional(v.nullable(id)), requestId, wait: v.boolean() }),
    reply: commandReply,
  },
  /** Newest first. */
  rollouts: { body: v.strictObject({}), reply: v.strictObject({ rollouts: v.array(rolloutLine) }) },
  /** UNKNOWN_ROLLOUT, ROLLOUT_ENDED. With `isReturning` every node that runs its version goes back to what it ran before. */
  "rollout-abort": { body: v.strictObject({ rolloutId: id, isReturning: v.boolean() }), reply: v.strictObject({ rollout: rolloutLine }) },
  /** Success means that it is on disk and its first versions are on their way. */
  "ab-start": { body: v.strictObject({ ...abTestSetupSchema.entries, requestId }), reply: testReply },
  /** Without an id the test that runs, else the newest. */
  "ab-results": { body: v.strictObject({ testId: v.optional(id) }), reply: testReply },
  /** Without `restoreVersion` every node gets what the set-up says. */
  "ab-stop": { body: v.strictObject({ testId: v.optional(id), restoreVersion: v.optional(id) }), reply: testReply },
  /** Writes a report into a file of this machine, absolute; its ending is the format. Whoever hangs up cancels it. */
  report: {
    body: v.strictObject({ ...reportScopeSchema.entries, path: v.pipe(v.string(), v.minLength(1), v.maxLength(4_096)) }),
    reply: reportFileSchema,
  },
} as const;

/** The name of a request of the socket. */
export type ControlName = keyof typeof CONTROL_REQUESTS;
/** What a request carries, once parsed. */
export type ControlBody<Name extends ControlName> = v.InferOutput<(typeof CONTROL_REQUESTS)[Name]["body"]>;
/** What it answers when it succeeds. */
export type ControlReply<Name extends ControlName> = v.InferOutput<(typeof CONTROL_REQUESTS)[Name]["reply"]>;

/** A line from the command to the application. */
export const controlCallSchema = v.strictObject({ request: v.picklist(Object.keys(CONTROL_REQUESTS) as readonly ControlName[]), body: v.unknown() });

/** A line from the application: steps of a command, or how far a report is, while it is waited for; then the one answer. */
export const controlAnswerSchema = v.variant("type", [
  v.strictObject({ type: v.literal("progress"), command: commandViewSchema }),
  v.strictObject({ type: v.literal("share"), share: finite }),
  v.strictObject({ type: v.literal("reply"), value: v.unknown() }),
  v.strictObject({ type: v.literal("failure"), code: v.string(), message: v.string() }),
]);
export type ControlAnswer = v.InferOutput<typeof controlAnswerSchema>;

/** The longest line that either side reads, bytes. */
export const CONTROL_LINE_BYTES = 1 << 20;
