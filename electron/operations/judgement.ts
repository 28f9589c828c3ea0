import type { GuardView } from "../../shared/contract/guard";
import type { Judgement, MetricJudgement } from "../../shared/contract/judging";
import type { TrackedNode } from "../../shared/fleet/tracked-node";
import type { JudgedNode } from "../../shared/judge/fleet-judge";
import { LIMITED_METRICS, type LimitedMetric } from "../../shared/judge/limits";
import type { Chart } from "../../shared/judge/chart";
import { referenceOf, type MetricState } from "../../shared/judge/metric-judge";
import { crossingOf, reasonsOf, type Crossing, type Neighbour } from "../../shared/judge/reasons";
import type { ClockText } from "../../shared/judge/sentences";
import { CHART_NAMES, type ChartName, type StatisticPath } from "../../shared/judge/statistic-path";
import type { JudgedBasis } from "../../shared/rollout/basis";
import type { Clock } from "../../shared/time";

type Path = ReturnType<StatisticPath["last"]>;

/** What a judgement is put together with. */
interface Surroundings {
  readonly policyRevision: number;
  readonly path: Path;
  readonly neighbours: readonly Neighbour[];
}

/** Values of a slope: the last seconds of a drone, some more of a gateway. */
const SLOPE_VALUES = 60;

/** Writes a time of the monotonic clock as local time of day. */
export function clockTextOf(clock: Clock): ClockText {
  return (atMs) => {
    const date = new Date(clock.wallMs() - (clock.monotonicMs() - atMs));
    return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
  };
}

function chartOf(judge: MetricState, name: ChartName): Chart | null {
  return name === "drift-slow" ? judge.slow : name === "drift-fast" ? judge.fast : judge.spread;
}

function chartsOf(judge: MetricState): MetricJudgement["charts"] {
  return CHART_NAMES.flatMap((name) => {
    const chart = chartOf(judge, name);
    return chart === null ? [] : [{ name, k: chart.k, limit: chart.limit, statistic: chart.statistic }];
  });
}

function metricJudgement(node: JudgedNode, metric: LimitedMetric, path: Path, wallOf: (tMs: number) => number): MetricJudgement {
  const { state } = node;
  const watch = state.metrics[metric];
  const { judge } = watch;
  const { policy, baseline } = judge;
  const reference = referenceOf(judge);
  const { columns } = path;
  const isMissing = judge.n === 0 || (state.standing.metric === metric && state.standing.reason === "lost");
  const isSubject = state.standing.metric === metric;
  return {
    metric,
    limit: policy.limit,
    side: policy.side,
    recoverAt: policy.recoverAt,
    maxChange: policy.maxChange,
    role: policy.role,
    critical: policy.critical,
    mustHaveData: policy.mustHaveData,
    n: judge.n,
    outcome: isSubject
      ? state.standing.outcome
      : judge.failing !== null
        ? policy.role === "guardrail" ? "fail" : "warn"
        : isMissing ? "no-data" : baseline === null ? "inconclusive" : watch.isWarned ? "warn" : "pass",
    failing: judge.failing,
    baseline:
      reference === null
        ? null
        : {
            // What is held is of a version before; which one, the node's history says.
            version: baseline === null ? null : state.version,
            isHeld: baseline === null,
            median: reference.median,
            spread: reference.spread,
            n: reference.n,
            rho: reference.rho,
            frozenAtMs: wallOf(reference.toMs),
          },
    hard: { length: judge.hard.length, needed: judge.hard.needed },
    relative: { length: judge.relative.length, needed: judge.relative.needed },
    charts: chartsOf(judge),
    path: {
      atMs: path.atMs,
      driftSlow: columns[`${metric} drift-slow`],
      driftFast: columns[`${metric} drift-fast`],
      spread: columns[`${metric} spread`],
    },
  };
}

/** Everything that a verdict is made of, for the window. Times become Unix ms. */
export function judgementOf(
  node: TrackedNode,
  judged: JudgedNode,
  guard: GuardView,
  around: Surroundings & { readonly atMs: number; wallOf(tMs: number): number },
): Judgement {
  const { state, verdict } = judged;
  const { why, whyNot } = reasonsOf(state, verdict, around.neighbours);
  return {
    nodeId: node.nodeId,
    atMs: around.atMs,
    modelVersion: state.version,
    policyRevision: around.policyRevision,
    guard,
    metrics: LIMITED_METRICS.map((metric) => metricJudgement(judged, metric, around.path, (tMs) => around.wallOf(tMs))),
    why: [...why],
    whyNot: [...whyNot],
    crossing: firstCrossing(node, judged, around.path),
  };
}

function firstCrossing(node: TrackedNode, { state }: JudgedNode, path: Path): Crossing | null {
  const { atMs, columns } = node.series.last(SLOPE_VALUES);
  const found = LIMITED_METRICS.flatMap((metric) => {
    const charts = {
      "drift-slow": path.columns[`${metric} drift-slow`],
      "drift-fast": path.columns[`${metric} drift-fast`],
      spread: path.columns[`${metric} spread`],
    };
    return crossingOf(state, metric, { atMs: path.atMs, charts, values: { atMs, of: columns[metric] } }) ?? [];
  });
  return found.length === 0 ? null : found.reduce((first, each) => (each.inMs < first.inMs ? each : first));
}

function isChart(reason: string): reason is ChartName {
  return CHART_NAMES.some((name) => name === reason);
}

/** What of a verdict is kept with a decision: its numbers, its baseline, the way of its statistic, and its reasons. */
export function judgedBasis({ state, verdict }: JudgedNode, { policyRevision, path, neighbours }: Surroundings): JudgedBasis {
  const { metric, reason, limit, baseline, statisticLimit } = verdict;
  const { why, whyNot } = reasonsOf(state, verdict, neighbours);
  const values = metric !== null && isChart(reason) ? path.columns[`${metric} ${reason}`] : null;
  return {
    policyRevision,
    metric,
    limit,
    baseline: baseline === null ? null : { median: baseline.median, spread: baseline.spread, n: baseline.n },
    statistic:
      values === null
        ? null
        : { name: reason, limit: statisticLimit, atMs: [...path.atMs], values: Array.from(values, (value) => (Number.isNaN(value) ? null : value)) },
    why: [...why],
    whyNot: [...whyNot],
  };
}
