import { RULE_IDS, type AlertSeverity, type RuleId } from "./rule";
import type { Alert } from "./state";

const SILENCE_RULES: ReadonlySet<RuleId> = new Set<RuleId>(["node-lost", "node-stale", "no-metrics", "sample-rate-low"]);
const METRIC_RULES: ReadonlySet<RuleId> = new Set<RuleId>(["latency-high", "ratio-low", "quality-low"]);
const VERDICT_RULES: ReadonlySet<RuleId> = new Set<RuleId>(["node-failing", "node-warned", ...METRIC_RULES]);

type About = Pick<Alert, "ruleId" | "nodeId" | "nodeIds" | "subject">;

function isOn(cause: About, nodeId: string | null): boolean {
  return nodeId !== null && (cause.nodeId === nodeId || cause.nodeIds.includes(nodeId));
}

/** Whether one open alert explains another, so that nobody has to be told of both. */
export function explains(cause: About, alert: About): boolean {
  const { ruleId, nodeId } = alert;
  if (RULE_IDS.indexOf(cause.ruleId) >= RULE_IDS.indexOf(ruleId)) return false;
  switch (cause.ruleId) {
    case "link-down":
      return SILENCE_RULES.has(ruleId) || ruleId === "fleet-silent" || ruleId === "process-down" || ruleId === "abtest-paused";
    case "process-down":
      return ruleId === "no-metrics" || ruleId === "sample-rate-low";
    case "fleet-silent":
      return SILENCE_RULES.has(ruleId);
    case "common-cause":
      return VERDICT_RULES.has(ruleId) && isOn(cause, nodeId);
    case "node-lost":
    case "node-stale":
      return isOn(cause, nodeId);
    case "no-metrics":
      return isOn(cause, nodeId) && ruleId === "sample-rate-low";
    case "rollback-held":
    case "node-failing":
      return isOn(cause, nodeId) && VERDICT_RULES.has(ruleId);
    case "edge-cpu":
    case "edge-memory":
    case "edge-disk":
    case "edge-temperature":
      return cause.subject === alert.subject && (ruleId === "edge-error" || ruleId === "edge-warned");
    case "latency-high":
    case "ratio-low":
    case "quality-low":
      return isOn(cause, nodeId) && ruleId === "node-warned";
    default:
      return false;
  }
}

const SEVERITIES: readonly AlertSeverity[] = ["critical", "warning", "info"];

/** Worst first, then the newest. */
export function compareAlerts(left: Pick<Alert, "severity" | "raisedAtMs">, right: Pick<Alert, "severity" | "raisedAtMs">): number {
  return SEVERITIES.indexOf(left.severity) - SEVERITIES.indexOf(right.severity) || right.raisedAtMs - left.raisedAtMs;
}

/**
 * What explains each open alert, by id: the first cause that is not itself explained. An alert that is missing
 * stands for itself.
 */
export function inhibitions(open: readonly (About & Pick<Alert, "alertId">)[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const causes: (About & Pick<Alert, "alertId">)[] = [];
  const ordered = [...open].sort((left, right) => RULE_IDS.indexOf(left.ruleId) - RULE_IDS.indexOf(right.ruleId));
  const canExplain = (ruleId: RuleId): boolean => !ONLY_EXPLAINED.has(ruleId);
  for (const alert of ordered) {
    const cause = causes.find((each) => explains(each, alert));
    if (cause !== undefined) found.set(alert.alertId, cause.alertId);
    else if (canExplain(alert.ruleId)) causes.push(alert);
  }
  return found;
}

/** Rules that explain nothing: leaving them out keeps the search short on large fleets. */
const ONLY_EXPLAINED: ReadonlySet<RuleId> = new Set<RuleId>([
  "journal-unwritable", "node-warned", "sample-rate-low", "bandwidth-high", "malformed", "command-open", "rolled-back", "rollout-stopped", "incident", "edge-error", "edge-warned",
  "abtest-left", "abtest-harmful", "abtest-invalid", "abtest-paused", "abtest-not-promoted",
  "host-cpu", "host-memory", "host-disk", "engine-late", "trouble",
]);
