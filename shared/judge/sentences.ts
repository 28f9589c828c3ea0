import { counted, duration, fixed } from "../fleet/words";
import type { JudgeRules, NodeState, Standing } from "./node-judge";
import { METRIC_NAMES, type LimitedMetric } from "./limits";
import type { Chart } from "./chart";
import { referenceOf, type MetricState } from "./metric-judge";
import type { Outcome, Verdict } from "./verdict";

/** Writes a metric's value with its unit. */
export function metricText(metric: LimitedMetric, value: number): string {
  switch (metric) {
    case "compressionRatio":
      return fixed(value, 2);
    case "latencyMs":
      return `${fixed(value, 1)} ms`;
    case "qualityScore":
      return fixed(value, 3);
  }
}

/** Writes a limit of a metric with its unit. */
export function limitText(metric: LimitedMetric, limit: number): string {
  return metric === "latencyMs" ? `${limit} ms` : fixed(limit, 2);
}

/** Names a metric at the beginning of a sentence. */
export function nameOf(metric: LimitedMetric): string {
  const name = METRIC_NAMES[metric];
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** Writes a time of the samples' clock for a person. */
export type ClockText = (atMs: number) => string;

/** For a clock that is Unix time: hours, minutes and seconds, UTC. */
export const utcClock: ClockText = (atMs) => new Date(atMs).toISOString().slice(11, 19);

/** Writes a share as signed per cent. */
export function percentText(share: number): string {
  const text = fixed(100 * share, 0);
  return share > 0 && !text.startsWith("0") ? `+${text} %` : `${text} %`;
}

/** The verdict's numbers without its sentence. */
type Numbers = Omit<Verdict, "sentence" | "outcome" | "metric" | "reason">;

function chartOf(judge: MetricState, reason: Standing["reason"]): Chart | null {
  switch (reason) {
    case "drift-slow":
      return judge.slow;
    case "drift-fast":
      return judge.fast;
    case "spread":
      return judge.spread;
    default:
      return null;
  }
}

function metricNumbers(judge: MetricState, reason: Standing["reason"], sinceMs: number): Numbers {
  const baseline = referenceOf(judge);
  const value = Number.isNaN(judge.latest) ? null : judge.latest;
  const common = {
    value,
    limit: judge.policy.limit,
    baseline: baseline === null ? null : { median: baseline.median, spread: baseline.spread, n: baseline.n, frozenAtMs: baseline.toMs },
  };
  const chart = chartOf(judge, reason);
  if (chart !== null) return { ...common, n: chart.samples, statistic: chart.statistic, statisticLimit: chart.limit, sinceMs: chart.sinceMs };
  const run = reason === "hard" ? judge.hard : reason === "relative" ? judge.relative : reason === "better" ? judge.better : reason === "jump" ? judge.jump : null;
  if (run !== null) return { ...common, n: run.length, statistic: run.length, statisticLimit: run.needed, sinceMs: run.length > 0 ? run.sinceMs : judge.failedAtMs };
  if (reason === "baseline") return { ...common, n: judge.keptCount, statistic: judge.keptCount, statisticLimit: judge.kept.length, sinceMs };
  return { ...common, n: judge.n, statistic: null, statisticLimit: null, sinceMs };
}

function againstBaseline(metric: LimitedMetric, judge: MetricState): string {
  const baseline = referenceOf(judge);
  if (baseline === null) return metricText(metric, judge.latest);
  const change = (judge.latest - baseline.median) / Math.abs(baseline.median);
  return `${metricText(metric, judge.latest)} now, baseline ${metricText(metric, baseline.median)} (${percentText(change)})`;
}

/** How one metric reads. */
function metricSentence(metric: LimitedMetric, judge: MetricState, standing: Standing, numbers: Numbers, version: string, clockText: ClockText): string {
  const name = nameOf(metric);
  const limit = limitText(metric, judge.policy.limit);
  const { statistic, statisticLimit, n } = numbers;
  const againSentence = `${name} ${metricText(metric, judge.latest)} is within its limits again for ${counted(judge.recovered, "sample")}; it failed at ${clockText(judge.failedAtMs)}.`;
  switch (standing.reason) {
    case "hard":
      if (n === 0) return againSentence;
      return `${name} ${metricText(metric, judge.latest)}, ${n} of ${Math.max(n, statisticLimit ?? n)} samples beyond ${limit}.`;
    case "relative": {
      if (n === 0) return againSentence;
      const share = fixed(100 * judge.policy.maxChange, 0);
      return `${name}: ${againstBaseline(metric, judge)}, ${n} of ${Math.max(n, statisticLimit ?? n)} samples more than ${share} % worse.`;
    }
    case "jump": {
      if (n === 0) return againSentence;
      const verb = judge.worse > 0 ? "rose" : "fell";
      return `${name} ${verb} at once: ${againstBaseline(metric, judge)}, ${n} of ${Math.max(n, statisticLimit ?? n)} samples far beyond what the baseline holds.`;
    }
    case "better":
      return `${name} changed for the better: ${againstBaseline(metric, judge)}, ${n} samples in a row. Worth a look, no reason to go back.`;
    case "drift-slow":
    case "drift-fast": {
      const verb = judge.worse > 0 ? "rising" : "falling";
      const drift = `Drift ${fixed(statistic ?? 0, 1)} of ${statisticLimit === null ? "none" : fixed(statisticLimit, 1)}, n = ${n}.`;
      return `${name} is ${verb} since ${clockText(numbers.sinceMs)}: ${againstBaseline(metric, judge)}, limit ${limit}. ${drift}`;
    }
    case "spread":
      return `${name} scatters more since ${clockText(numbers.sinceMs)}: ${againstBaseline(metric, judge)}. Spread ${fixed(statistic ?? 0, 1)} of ${statisticLimit === null ? "none" : fixed(statisticLimit, 1)}, n = ${n}.`;
    case "lost":
      return `${name}: no value ${judge.n === 0 ? `since ${version} runs` : `after ${counted(judge.n, "sample")}`}. It is not healthy, it is unknown.`;
    case "broken":
      return `${name}: several values in a row that are no ${METRIC_NAMES[metric]} at all. What the node measures is broken.`;
    case "baseline":
      return `Too few samples to judge ${version}: ${n} of ${statisticLimit ?? n}.`;
    case "warm-up":
    case "uncommitted":
    case "none":
      return `${version} passes: ${name.toLowerCase()} ${againstBaseline(metric, judge)}.`;
  }
}

/** Writes the last verdict into the sentence about a silent node. */
function silenceSentence(state: NodeState, tMs: number, rules: JudgeRules, lastOutcome: Outcome): string {
  const { staleAfterMs, lostAfterMs } = rules.fleet;
  const silence = `No sample for ${duration(tMs - state.lastSampleMs)} (stale after ${staleAfterMs / 1000} s, lost after ${lostAfterMs / 1000} s).`;
  return `${silence} The last verdict, ${lastOutcome}, is frozen. It is not healthy, it is unknown.`;
}

/**
 * The verdict in full, with numbers and a sentence.
 * @param lastOutcome what held before the node fell silent.
 */
export function describeStanding(
  state: NodeState,
  standing: Standing,
  tMs: number,
  rules: JudgeRules,
  lastOutcome: Outcome,
  clockText: ClockText = utcClock,
): Verdict {
  const version = state.version ?? "a version that is not reported";
  if (standing.reason === "uncommitted") {
    const { commitSamples, commitWithinMs } = rules.fleet;
    const sentence = `${version} did not commit within ${duration(commitWithinMs)}: ${state.passed} of ${commitSamples} samples passed.`;
    return { ...standing, value: null, limit: null, n: state.passed, statistic: state.passed, statisticLimit: commitSamples, baseline: null, sinceMs: state.commitByMs ?? tMs, sentence };
  }
  if (standing.metric === null) {
    const isWarming = standing.reason === "warm-up";
    const warmUp = `${version} runs since ${clockText(state.sinceMs)}; its first ${rules.fleet.warmUpMs / 1000} s are ignored.`;
    const sentence = isWarming ? warmUp : silenceSentence(state, tMs, rules, lastOutcome);
    const sinceMs = isWarming ? state.sinceMs : state.lastSampleMs;
    return { ...standing, value: null, limit: null, n: state.samples, statistic: null, statisticLimit: null, baseline: null, sinceMs, sentence };
  }
  const { judge } = state.metrics[standing.metric];
  const numbers = metricNumbers(judge, standing.reason, state.sinceMs);
  return { ...standing, ...numbers, sentence: metricSentence(standing.metric, judge, standing, numbers, version, clockText) };
}

