import * as v from "valibot";
import { alertSeveritySchema, ruleChangesSchema, ruleIdSchema } from "../alerts/rule";

/** Alerts as they cross between the main process and the window. */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const reason = v.pipe(v.string(), v.trim(), v.minLength(3), v.maxLength(500));

/** One alert. Times are Unix ms. */
export const alertViewSchema = v.strictObject({
  /** `a-0001`. */
  alertId: v.string(),
  ruleId: ruleIdSchema,
  severity: alertSeveritySchema,
  /** Null where it is about the application or the whole fleet. */
  nodeId: v.nullable(v.string()),
  version: v.nullable(v.string()),
  /** Every node that it is about, where it is about several. */
  nodeIds: v.array(v.string()),
  title: v.string(),
  /** As of now while it can be known; as of then for a frozen or ended one. */
  sentence: v.string(),
  value: v.nullable(finite),
  limit: v.nullable(finite),
  state: v.picklist(["firing", "frozen", "ended"]),
  raisedAtMs: finite,
  lastRaisedAtMs: finite,
  /** How often it came. */
  count,
  isFlapping: v.boolean(),
  frozenAtMs: v.nullable(finite),
  endedAtMs: v.nullable(finite),
  resolution: v.nullable(v.picklist(["recovered", "acknowledged", "closed", "closed-then-well", "rule-off", "gone"])),
  acknowledged: v.nullable(v.strictObject({ by: v.string(), via: v.string(), note: v.string(), atMs: finite })),
  silenced: v.nullable(v.strictObject({ silenceId: v.string(), untilMs: finite, reason: v.string() })),
  /** The open alert that explains this one; null where it stands for itself. */
  inhibitedBy: v.nullable(v.string()),
  /** Acknowledging ends it. */
  isOnce: v.boolean(),
});
export type AlertView = v.InferOutput<typeof alertViewSchema>;

/** What keeps alerts quiet until it expires. */
export const silenceViewSchema = v.strictObject({
  silenceId: v.string(),
  ruleId: v.nullable(ruleIdSchema),
  nodeId: v.nullable(v.string()),
  version: v.nullable(v.string()),
  fromMs: finite,
  untilMs: finite,
  reason: v.string(),
  by: v.string(),
  isInForce: v.boolean(),
  endedAtMs: v.nullable(finite),
});
export type SilenceView = v.InferOutput<typeof silenceViewSchema>;

/** Everything about alerts that the window shows live. */
export const alertsViewSchema = v.strictObject({
  atMs: finite,
  /** Worst first, then newest. */
  open: v.array(alertViewSchema),
  /** Newest end first, at most 100. */
  ended: v.array(alertViewSchema),
  /** Newest first. */
  silences: v.array(silenceViewSchema),
  rulesRevision: count,
});
export type AlertsView = v.InferOutput<typeof alertsViewSchema>;

/** The rules as somebody set them. Revision 0 is as they ship. */
export const rulesViewSchema = v.strictObject({
  revision: count,
  changes: ruleChangesSchema,
  sinceMs: v.nullable(finite),
  by: v.nullable(v.string()),
  reason: v.nullable(v.string()),
});
export type RulesView = v.InferOutput<typeof rulesViewSchema>;

/** Longest silence: 30 days. */
export const LONGEST_SILENCE_MS = 30 * 86_400_000;

/** Requests about alerts. */
export const ALERT_REQUESTS = {
  "alerts/list": { body: v.strictObject({}), reply: alertsViewSchema },
  /** All or none; `close` ends them though they are not well, as for a node that will not come back. UNKNOWN_ALERT. */
  "alerts/acknowledge": {
    body: v.strictObject({ alertIds: v.pipe(v.array(id), v.minLength(1), v.maxLength(500)), note: v.pipe(v.string(), v.trim(), v.maxLength(500)), close: v.boolean() }),
    reply: alertsViewSchema,
  },
  /** At least one of rule, node and version. BAD_SILENCE. */
  "alerts/silence": {
    body: v.strictObject({
      ruleId: v.nullable(ruleIdSchema),
      nodeId: v.nullable(id),
      version: v.nullable(id),
      forMs: v.pipe(finite, v.minValue(60_000), v.maxValue(LONGEST_SILENCE_MS)),
      reason,
    }),
    reply: alertsViewSchema,
  },
  /** UNKNOWN_SILENCE. */
  "alerts/end-silence": { body: v.strictObject({ silenceId: id }), reply: alertsViewSchema },
  "alerts/rules": { body: v.strictObject({}), reply: rulesViewSchema },
  /** STALE_REVISION, BAD_RULE, JOURNAL_UNAVAILABLE: nothing changed. */
  "alerts/save-rules": { body: v.strictObject({ changes: ruleChangesSchema, expectedRevision: count, reason }), reply: rulesViewSchema },
} as const;

/** Pushed when an alert changed; the newest wins. */
export const ALERT_PUSHES = { "push/alerts": alertsViewSchema } as const;
