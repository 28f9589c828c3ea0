import * as v from "valibot";
import { fail, ok, type Result } from "../result";

/** How much an alert needs a person: at once, soon, or to know of. The window says high, medium, low. */
export const alertSeveritySchema = v.picklist(["critical", "warning", "info"]);
/** See {@link alertSeveritySchema}. */
export type AlertSeverity = v.InferOutput<typeof alertSeveritySchema>;

/** Every rule, those that explain others first. */
export const RULE_IDS = [
  "journal-unwritable",
  "link-down",
  "process-down",
  "fleet-silent",
  "common-cause",
  "node-lost",
  "node-stale",
  "no-metrics",
  "rollback-held",
  "node-failing",
  "latency-high",
  "ratio-low",
  "quality-low",
  "node-warned",
  "sample-rate-low",
  "bandwidth-high",
  "malformed",
  "command-open",
  "rolled-back",
  "rollout-stopped",
  "abtest-left",
  "abtest-harmful",
  "abtest-invalid",
  "abtest-paused",
  "abtest-not-promoted",
  "incident",
  "edge-cpu",
  "edge-memory",
  "edge-disk",
  "edge-temperature",
  "edge-error",
  "edge-warned",
  "host-cpu",
  "host-memory",
  "host-disk",
  "engine-late",
  "trouble",
] as const;

/** The id of a rule. */
export const ruleIdSchema = v.picklist(RULE_IDS);
/** See {@link ruleIdSchema}. */
export type RuleId = v.InferOutput<typeof ruleIdSchema>;

/** What of a rule can be set. */
export interface RuleSetting {
  readonly isOn: boolean;
  /** In the rule's unit; null: it has none, or takes the policy's limit of each node. */
  readonly threshold: number | null;
  /** How long it must hold before an alert is raised, ms. */
  readonly pendingMs: number;
  /** How long it must be well before the alert ends, ms. */
  readonly keepFiringMs: number;
  readonly severity: AlertSeverity;
}

/** A rule as it ships. */
export interface AlertRule extends RuleSetting {
  readonly ruleId: RuleId;
  readonly title: string;
  /** What it looks at, one sentence. */
  readonly what: string;
  /** `node`: frozen while the node is silent. */
  readonly about: "node" | "fleet" | "app";
  /** It looks at presence itself: silence is what it tells, not what freezes it. */
  readonly isPresence: boolean;
  /** Something that happened: it ends when a person acknowledges it. */
  readonly isOnce: boolean;
  /** Unit of the threshold; null where it has none. */
  readonly unit: string | null;
  /** Without a threshold of its own it takes the policy's limit. */
  readonly isByPolicy: boolean;
  /** What a threshold may be. */
  readonly range: { readonly least: number; readonly most: number };
  /** How far on the good side of the threshold it must be to be well, as a share of it. */
  readonly recoveryMargin: number;
}

const HUNDRED = { least: 1, most: 100 };

function rule(ruleId: RuleId, title: string, what: string, change: Partial<Omit<AlertRule, "ruleId" | "title" | "what">>): AlertRule {
  return {
    ruleId,
    title,
    what,
    about: "node",
    isOn: true,
    threshold: null,
    pendingMs: 0,
    keepFiringMs: 5_000,
    severity: "warning",
    isPresence: false,
    isOnce: false,
    unit: null,
    isByPolicy: false,
    range: { least: 0, most: 0 },
    recoveryMargin: 0,
    ...change,
  };
}

const beyondLimit = { pendingMs: 10_000, keepFiringMs: 10_000, isByPolicy: true, recoveryMargin: 0.05 } as const;
const happened = { isOnce: true, keepFiringMs: 0 } as const;
const ofEdge = { unit: "%", range: HUNDRED, pendingMs: 30_000, keepFiringMs: 30_000, recoveryMargin: 0.05 } as const;
const ofHost = { about: "app", unit: "%", range: HUNDRED, pendingMs: 30_000, keepFiringMs: 30_000, recoveryMargin: 0.05 } as const;

/** The rules as they ship, useful unedited. */
export const DEFAULT_RULES: readonly AlertRule[] = [
  rule("journal-unwritable", "Journal cannot be written", "Decisions cannot be recorded, so deploys and rollbacks are refused.", { about: "app", severity: "critical" }),
  rule("link-down", "Link down", "The link to the fleet is down or does not answer.", { about: "app", severity: "critical", pendingMs: 2_000 }),
  rule("process-down", "Process down", "Inference or ROS 2 is down, or is being started again.", { about: "app", severity: "critical", pendingMs: 5_000 }),
  rule("fleet-silent", "Fleet silent", "At least 3 nodes, and this share of all, sent nothing for 5 s.", {
    about: "fleet", severity: "critical", pendingMs: 2_000, threshold: 50, unit: "%", range: HUNDRED, recoveryMargin: 0.2, isPresence: true,
  }),
  rule("common-cause", "Held as common cause", "Nodes fail together and none of them changed; nothing is rolled back.", { about: "fleet", severity: "critical" }),
  rule("node-lost", "Node lost", "Nothing was heard of a node for 30 s.", { isPresence: true, keepFiringMs: 3_000 }),
  rule("node-stale", "Node stale", "Nothing was heard of a node for 5 s.", { isPresence: true, pendingMs: 5_000, keepFiringMs: 3_000, severity: "info" }),
  rule("no-metrics", "No metrics", "A node sends heartbeats, and no metrics.", { pendingMs: 10_000 }),
  rule("rollback-held", "Rollback held", "A node fails and the engine does not roll it back.", { severity: "critical" }),
  rule("node-failing", "Node failing", "The verdict of a node is fail, for longer than a rollback takes to be decided.", { severity: "critical", pendingMs: 10_000 }),
  rule("latency-high", "Latency beyond its limit", "Median of the newest 5 s.", { ...beyondLimit, unit: "ms", range: { least: 0.01, most: 60_000 } }),
  rule("ratio-low", "Ratio below its limit", "Median of the newest 5 s.", { ...beyondLimit, unit: "", range: { least: 0.01, most: 10_000 } }),
  rule("quality-low", "Quality below its limit", "Median of the newest 5 s.", { ...beyondLimit, unit: "", range: { least: 0, most: 1 } }),
  rule("node-warned", "Node warned", "The verdict of a node is a warning: it drifts, or its spread grows.", { pendingMs: 15_000, keepFiringMs: 15_000, severity: "info" }),
  rule("sample-rate-low", "Sample rate below profile", "Samples a second, as a share of what the profile asks for.", {
    pendingMs: 20_000, keepFiringMs: 20_000, threshold: 60, unit: "%", range: HUNDRED, recoveryMargin: 0.1,
  }),
  rule("bandwidth-high", "Bandwidth above its share", "Bandwidth as a share of what the coordinator allots.", {
    pendingMs: 15_000, keepFiringMs: 15_000, threshold: 120, unit: "%", range: { least: 1, most: 1_000 }, recoveryMargin: 0.05,
  }),
  rule("malformed", "Messages that cannot be read", "So many in the last minute.", {
    keepFiringMs: 60_000, threshold: 10, unit: "", range: { least: 0, most: 100_000 }, severity: "info",
  }),
  rule("command-open", "Command without a good end", "The newest command of a node failed, is unconfirmed or inconsistent.", { pendingMs: 3_000 }),
  rule("rolled-back", "Rolled back by policy", "The engine took a version back.", happened),
  rule("rollout-stopped", "Roll-out stopped", "A roll-out ended by its stop rule or was aborted.", { ...happened, about: "fleet" }),
  rule("abtest-left", "A/B test left a node", "A test is over and a node did not get its version back.", { ...happened, severity: "critical" }),
  rule("abtest-harmful", "A/B test ended for harm", "A version failed or broke a guardrail; what ran before is put back.", { ...happened, about: "fleet" }),
  rule("abtest-invalid", "A/B test invalid", "A restart, a rollback or a long pause: the test says nothing and is over.", { ...happened, about: "fleet" }),
  rule("abtest-paused", "A/B test paused", "A test waits for a node or the link; after 10 min it is invalid.", { about: "fleet", pendingMs: 120_000 }),
  rule("abtest-not-promoted", "Winner not promoted", "No roll-out could be started for the winner of a test.", { ...happened, about: "fleet" }),
  rule("incident", "Incident on a node", "A node could not load a model, or restarted.", happened),
  rule("edge-cpu", "An edge machine's CPU", "Share of all its cores in use, as it tells on /diagnostics.", { ...ofEdge, threshold: 95 }),
  rule("edge-memory", "An edge machine's memory", "Share in use, as it tells on /diagnostics.", { ...ofEdge, threshold: 95 }),
  rule("edge-disk", "An edge machine's disk", "Share in use, as it tells on /diagnostics.", { ...ofEdge, threshold: 95 }),
  rule("edge-temperature", "An edge machine's temperature", "The hottest that it tells on /diagnostics.", { ...ofEdge, unit: "°C", range: { least: 1, most: 150 }, threshold: 85 }),
  rule("edge-error", "Error on /diagnostics", "A component of an edge machine, or of anybody in the graph, tells an error.", { pendingMs: 5_000, keepFiringMs: 10_000 }),
  rule("edge-warned", "Warning on /diagnostics", "A component warns, or says itself that it is stale.", { pendingMs: 30_000, keepFiringMs: 30_000, severity: "info" }),
  rule("host-cpu", "This machine's CPU", "Share of all cores in use.", { ...ofHost, threshold: 95 }),
  rule("host-memory", "This machine's memory", "Share in use.", { ...ofHost, threshold: 95 }),
  rule("host-disk", "This machine's disk", "Share in use where the journal is.", { ...ofHost, threshold: 95, severity: "critical" }),
  rule("engine-late", "Engine late", "95th percentile of the tick's period.", {
    about: "app", pendingMs: 30_000, keepFiringMs: 30_000, threshold: 700, unit: "ms", range: { least: 501, most: 10_000 }, recoveryMargin: 0.05, severity: "info",
  }),
  rule("trouble", "Fault of this application", "A bug was met and logged.", { ...happened, about: "app", severity: "info" }),
];

const changeSchema = v.partial(
  v.strictObject({
    isOn: v.boolean(),
    threshold: v.nullable(v.pipe(v.number(), v.finite())),
    pendingMs: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(3_600_000)),
    keepFiringMs: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(3_600_000)),
    severity: alertSeveritySchema,
  }),
);

/** What was set otherwise than it ships, by rule. */
export const ruleChangesSchema = v.partial(v.strictObject(v.entriesFromList(RULE_IDS, changeSchema)));
/** See {@link ruleChangesSchema}. */
export type RuleChanges = v.InferOutput<typeof ruleChangesSchema>;

function defined<Value extends object>(given: Value): Partial<{ [Name in keyof Value]: Exclude<Value[Name], undefined> }> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<{ [Name in keyof Value]: Exclude<Value[Name], undefined> }>;
}

/** The rules in force. */
export function rulesWith(changes: RuleChanges): ReadonlyMap<RuleId, AlertRule> {
  return new Map(DEFAULT_RULES.map((each) => [each.ruleId, { ...each, ...defined(changes[each.ruleId] ?? {}) }]));
}

/**
 * Reads changes of rules.
 * @returns BAD_RULE with the rule and what is wrong: an unknown name, or a threshold that the rule cannot have.
 */
export function parseRuleChanges(value: unknown): Result<RuleChanges, "BAD_RULE"> {
  const parsed = v.safeParse(ruleChangesSchema, value);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    return fail("BAD_RULE", `${v.getDotPath(issue) ?? "The rules"}: ${issue.message}.`);
  }
  for (const each of DEFAULT_RULES) {
    const problem = thresholdProblem(each, parsed.output[each.ruleId]?.threshold);
    if (problem !== null) return fail("BAD_RULE", `${each.title}: ${problem}`);
  }
  return ok(parsed.output);
}

/** Why a rule cannot have a threshold; null where it can. Undefined is no change. */
export function thresholdProblem({ threshold: shipped, range, isByPolicy }: AlertRule, threshold: number | null | undefined): string | null {
  if (threshold === undefined) return null;
  const takesNone = shipped === null && !isByPolicy;
  if (takesNone) return threshold === null ? null : "it takes no threshold.";
  if (threshold === null) return isByPolicy ? null : "it needs a threshold.";
  return threshold >= range.least && threshold <= range.most ? null : `a number from ${range.least} to ${range.most}.`;
}
