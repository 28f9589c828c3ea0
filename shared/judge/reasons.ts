import { counted, duration, fixed } from "../fleet/words";
import { LIMITED_METRICS, METRIC_NAMES, type LimitedMetric } from "./limits";
import { shareOf, type Chart } from "./chart";
import { referenceOf, type MetricState } from "./metric-judge";
import type { NodeState } from "./node-judge";
import { limitText, nameOf, percentText } from "./sentences";
import type { ChartName } from "./statistic-path";
import type { Verdict } from "./verdict";

/** Another node beside the one that is judged. */
export interface Neighbour {
  readonly version: string | null;
  readonly outcome: Verdict["outcome"];
}

/** What speaks for a verdict, and what does not, or not yet. One clause each. */
export interface Reasons {
  readonly why: readonly string[];
  readonly whyNot: readonly string[];
}

function chartOf(judge: MetricState, name: ChartName): Chart | null {
  return name === "drift-slow" ? judge.slow : name === "drift-fast" ? judge.fast : judge.spread;
}

function chartClause(name: ChartName, chart: Chart): string {
  const word = name === "spread" ? "Spread" : name === "drift-fast" ? "Fast drift" : "Drift";
  if (chart.limit === null) return `${word}: not armed, the baseline is too small for the budget`;
  return `${word} ${fixed(chart.statistic, 1)} of ${fixed(chart.limit, 1)}, n = ${chart.samples}`;
}

function loudestChart(judge: MetricState): ChartName {
  const shares: readonly (readonly [ChartName, number])[] = [
    ["drift-slow", shareOf(judge.slow)],
    ["drift-fast", shareOf(judge.fast)],
    ["spread", shareOf(judge.spread)],
  ];
  return shares.reduce((most, each) => (each[1] > most[1] ? each : most))[0];
}

function limitClause(metric: LimitedMetric, { policy, hard }: MetricState): string {
  return `Limit ${limitText(metric, policy.limit)}: ${hard.length} of ${Math.max(hard.length, hard.needed)} in a row`;
}

function changeClause(judge: MetricState): string | null {
  const baseline = referenceOf(judge);
  if (baseline === null || Number.isNaN(judge.latest)) return null;
  const change = (judge.latest - baseline.median) / Math.abs(baseline.median);
  const line = judge.worse * judge.policy.maxChange;
  return `${percentText(change)}, acts past ${percentText(line)}`;
}

function neighbourClauses(version: string | null, outcome: Verdict["outcome"], neighbours: readonly Neighbour[]): readonly string[] {
  if (outcome !== "fail" && outcome !== "warn") return [];
  const isSame = (neighbour: Neighbour): boolean => neighbour.outcome === outcome;
  const others = neighbours.filter((neighbour) => neighbour.version !== version);
  const alike = 1 + neighbours.filter((neighbour) => neighbour.version === version && isSame(neighbour)).length;
  const verb = outcome === "fail" ? "fails" : "drifts";
  const clauses: string[] = [];
  if (others.length > 0 && !others.some(isSame)) clauses.push(`Only ${version ?? "this version"} ${verb}: ${counted(alike, "node")}`);
  const passing = others.filter((neighbour) => neighbour.outcome === "pass").length;
  if (passing > 0) clauses.push(`${passing} on other versions ${passing === 1 ? "passes" : "pass"}`);
  return clauses;
}

function alikeClauses(version: string | null, outcome: Verdict["outcome"], neighbours: readonly Neighbour[]): readonly string[] {
  if (outcome !== "fail" && outcome !== "warn") return [];
  const passing = neighbours.filter((neighbour) => neighbour.version === version && neighbour.outcome === "pass").length;
  return passing === 0 ? [] : [`${passing} more with ${version ?? "it"} ${passing === 1 ? "passes" : "pass"}`];
}

/** Words for the metrics that pass, as one clause; empty of none. */
function passingClause(state: NodeState, except: LimitedMetric | null): readonly string[] {
  const passing = LIMITED_METRICS.filter((metric) => {
    const { judge, isWarned } = state.metrics[metric];
    return metric !== except && judge.policy.role !== "muted" && judge.failing === null && judge.baseline !== null && !isWarned;
  });
  if (passing.length === 0) return [];
  const names = passing.map((metric) => METRIC_NAMES[metric]).join(", ");
  return [`${names.charAt(0).toUpperCase()}${names.slice(1)}: pass`];
}

function subject(state: NodeState, metric: LimitedMetric | null): LimitedMetric {
  const loudness = (each: LimitedMetric): number => {
    const { judge } = state.metrics[each];
    return Math.max(shareOf(judge.slow), shareOf(judge.fast), shareOf(judge.spread), judge.hard.length / judge.hard.needed);
  };
  return metric ?? LIMITED_METRICS.reduce((most, each) => (loudness(each) > loudness(most) ? each : most));
}

/** Says in clauses what a verdict rests on and what holds against acting on it. */
export function reasonsOf(state: NodeState, { metric, reason, outcome }: Verdict, neighbours: readonly Neighbour[]): Reasons {
  const about = subject(state, metric);
  const { judge } = state.metrics[about];
  const why: string[] = [];
  const whyNot: string[] = [];
  const name = metric === null ? `${nameOf(about)}: ` : "";
  const chart = reason === "drift-slow" || reason === "drift-fast" || reason === "spread" ? reason : loudestChart(judge);
  const armed = chartOf(judge, chart);
  const isChart = reason === chart;
  if (armed !== null) (isChart ? why : whyNot).push(`${name}${chartClause(chart, armed)}`);
  (reason === "hard" ? why : whyNot).push(`${name}${limitClause(about, judge)}`);
  const change = changeClause(judge);
  if (change !== null) (reason === "relative" || reason === "better" ? why : whyNot).push(`${name}${change}`);
  if (judge.baseline === null) whyNot.push(`Baseline: ${judge.keptCount} of ${judge.kept.length} samples`);
  why.push(...neighbourClauses(state.version, outcome, neighbours));
  whyNot.push(...alikeClauses(state.version, outcome, neighbours));
  whyNot.push(...passingClause(state, about));
  return { why, whyNot };
}

/** Where a rule that rises will act. */
export interface Crossing {
  readonly metric: LimitedMetric;
  readonly rule: "hard-limit" | ChartName;
  readonly inMs: number;
  readonly sentence: string;
}

/** Farther ahead than this a slope says nothing. */
const FARTHEST_MS = 600_000;
/** Samples that a slope is taken from. */
const SLOPE_SAMPLES = 20;

/** The slope of a line through points, by least squares, a millisecond; NaN of fewer than 5. */
export function slopeOf(atMs: ArrayLike<number>, values: ArrayLike<number>): number {
  const from = Math.max(0, atMs.length - SLOPE_SAMPLES);
  const points = Array.from({ length: atMs.length - from }, (_, index) => [atMs[from + index] ?? NaN, values[from + index] ?? NaN] as const).filter(([, value]) => Number.isFinite(value));
  if (points.length < 5) return Number.NaN;
  const meanAt = points.reduce((sum, [at]) => sum + at, 0) / points.length;
  const mean = points.reduce((sum, [, value]) => sum + value, 0) / points.length;
  const spread = points.reduce((sum, [at]) => sum + (at - meanAt) ** 2, 0);
  return points.reduce((sum, [at, value]) => sum + (at - meanAt) * (value - mean), 0) / spread;
}

/** Milliseconds until a value reaches a line at this slope; null where it does not soon. */
function reaches(value: number, line: number, slope: number, worse: 1 | -1): number | null {
  if (!(worse * slope > 0)) return null;
  const inMs = Math.max(0, (line - value) / slope);
  return inMs <= FARTHEST_MS ? inMs : null;
}

/**
 * Predicts where the loudest rule acts if its slope holds: a chart that crosses its limit, or values that cross
 * the hard limit.
 * @param path the statistics of each chart, and the values, with their times, oldest first.
 */
export function crossingOf(
  state: NodeState,
  metric: LimitedMetric,
  path: { readonly atMs: ArrayLike<number>; readonly charts: Readonly<Record<ChartName, ArrayLike<number>>>; readonly values: { readonly atMs: ArrayLike<number>; readonly of: ArrayLike<number> } },
): Crossing | null {
  const { judge } = state.metrics[metric];
  const found: Crossing[] = [];
  const tell = (rule: Crossing["rule"], inMs: number | null): void => {
    if (inMs === null) return;
    const act = judge.policy.role === "guardrail" ? `${state.version ?? "it"} is rolled back in about ${duration(inMs)}` : `it crosses in about ${duration(inMs)}`;
    found.push({ metric, rule, inMs, sentence: `At this slope ${act}.` });
  };
  for (const name of ["drift-slow", "drift-fast", "spread"] as const) {
    const chart = chartOf(judge, name);
    if (chart === null || chart.limit === null || shareOf(chart) < 0.3 || shareOf(chart) >= 1) continue;
    tell(name, reaches(chart.statistic, chart.limit, slopeOf(path.atMs, path.charts[name]), 1));
  }
  if (judge.failing === null && judge.hard.length === 0 && found.length > 0) {
    tell("hard-limit", reaches(judge.latest, judge.policy.limit, slopeOf(path.values.atMs, path.values.of), judge.worse));
  }
  return found.length === 0 ? null : found.reduce((first, each) => (each.inMs < first.inMs ? each : first));
}
