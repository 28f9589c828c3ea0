import type { Attention, NodeState } from "../contract/snapshot";
import type { Limits } from "../contract/settings";
import { FAILING_RUN, limitOf, METRIC_NAMES, metricsBeyond, type LimitedMetric } from "../judge/limits";
import { hasEnded, type Command } from "../rollout/command";
import type { MetricSample } from "./sample";
import type { TrackedNode } from "./tracked-node";
import { duration, fixed } from "./words";

/** A node's state in one word, how much it needs a person, and the sentence that says why. */
export interface NodeDescription {
  readonly state: NodeState;
  readonly attention: Attention;
  /** Unix ms since when the state holds. */
  readonly sinceMs: number;
  readonly sentence: string;
}

function metricText(metric: LimitedMetric, value: number): string {
  switch (metric) {
    case "compressionRatio":
      return fixed(value, 2);
    case "latencyMs":
      return `${fixed(value, 1)} ms`;
    case "qualityScore":
      return fixed(value, 3);
  }
}

function limitText(metric: LimitedMetric, limits: Limits): string {
  const limit = limitOf(metric, limits);
  if (metric === "latencyMs") return `${limit.value} ms`;
  return metric === "qualityScore" ? fixed(limit.value, 2) : fixed(limit.value, 1);
}

function describeFailing(node: TrackedNode, latest: MetricSample, limits: Limits): string {
  const parts = node.watch.failing.map((metric) => {
    const value = latest[metric];
    const name = METRIC_NAMES[metric];
    const shown = value === null ? "not reported" : metricText(metric, value);
    const run = node.watch.runs[metric];
    if (run === 0) {
      return `${name} ${shown} is within ${limitText(metric, limits)} again for ${node.watch.withinRun} samples`;
    }
    return `${name} ${shown}, ${run} of ${Math.max(run, FAILING_RUN)} samples beyond ${limitText(metric, limits)}`;
  });
  const text = parts.join("; ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function describeSilence(node: TrackedNode, wallMs: number): string {
  const silentFor = duration(wallMs - node.lastHeardWallMs);
  if (node.liveness === "lost") return `No sample for ${silentFor} (lost after 30 s). What it does now is unknown.`;
  return `No sample for ${silentFor} (stale after 5 s, lost after 30 s). It is not healthy, it is unknown.`;
}

function describeLive(node: TrackedNode, limits: Limits): string {
  const version = node.modelVersion ?? "a version that it does not report";
  const beyond = node.latest === null ? [] : metricsBeyond(node.latest, limits);
  if (beyond.length === 0) return `Runs ${version}; the newest sample is within every limit.`;
  const names = beyond.map((metric) => METRIC_NAMES[metric]).join(" and ");
  const run = Math.max(...beyond.map((metric) => node.watch.runs[metric]));
  return `Runs ${version}; ${names} beyond the limit for ${run} of ${FAILING_RUN} samples.`;
}

/** The time of a command's newest step, Unix ms. */
function commandSinceMs(command: Command): number {
  return command.steps.at(-1)?.atMs ?? 0;
}

/**
 * Describes a node for the fleet page. Precedence: lost and stale (nothing else can be known), failing,
 * inconsistent and unconfirmed commands, alive without metrics, joining, live.
 */
export function describeNode(
  node: TrackedNode,
  command: Command | null,
  limits: Limits,
  wallMs: number,
): NodeDescription {
  const sinceMs = node.livenessSinceWallMs;
  if (node.liveness === "lost") {
    return { state: "lost", attention: "medium", sinceMs, sentence: describeSilence(node, wallMs) };
  }
  if (node.liveness === "stale") {
    return { state: "stale", attention: "low", sinceMs, sentence: describeSilence(node, wallMs) };
  }
  const { latest } = node;
  if (node.liveness === "live" && latest !== null && node.watch.failing.length > 0) {
    return {
      state: "failing",
      attention: "high",
      sinceMs: node.watch.failingSinceMs ?? wallMs,
      sentence: describeFailing(node, latest, limits),
    };
  }
  if (command !== null && (command.phase === "unconfirmed" || command.phase === "inconsistent")) {
    const attention = command.phase === "inconsistent" ? "medium" : "low";
    return { state: command.phase, attention, sinceMs: commandSinceMs(command), sentence: command.sentence };
  }
  if (node.liveness === "no-metrics") {
    const sentence = "Heartbeats arrive, metrics do not. It is alive, how well it compresses is unknown.";
    return { state: "no-metrics", attention: "low", sinceMs, sentence };
  }
  if (node.liveness === "joining") {
    return { state: "joining", attention: "none", sinceMs, sentence: "Its topics were found; waiting for its first metrics." };
  }
  if (command !== null && !hasEnded(command)) {
    return { state: "live", attention: "none", sinceMs, sentence: command.sentence };
  }
  return { state: "live", attention: "none", sinceMs, sentence: describeLive(node, limits) };
}
