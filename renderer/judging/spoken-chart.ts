import type { Judgement, MetricJudgement } from "../../shared/contract/judging";

/** The drift or spread chart of a metric that is worth looking at. */
export interface SpokenChart {
  readonly metric: MetricJudgement["metric"];
  readonly name: MetricJudgement["charts"][number]["name"];
}

/** Another chart of a healthy node must be so much nearer to its limit before it takes the place. */
const NEARER_BY = 0.25;

type Chart = MetricJudgement["charts"][number];

/** How near a statistic is to its limit; 0 while it is not armed. */
function nearness({ statistic, limit }: Chart): number {
  return limit === null || limit <= 0 ? 0 : statistic / limit;
}

function nearestOf(charts: readonly Chart[]): Chart | null {
  return charts.toSorted((one, other) => nearness(other) - nearness(one))[0] ?? null;
}

/**
 * The chart that is shown of a node: that of the metric which speaks in the verdict, by the rule that speaks; else
 * the one nearest to its limit, which stays while no other is clearly nearer.
 */
export function spokenChart({ guard, metrics }: Pick<Judgement, "guard" | "metrics">, before: SpokenChart | null): SpokenChart | null {
  const { verdict } = guard;
  const spoken = verdict.outcome === "pass" || verdict.outcome === "inconclusive" ? undefined : metrics.find(({ metric }) => metric === verdict.metric);
  if (spoken !== undefined) {
    const chart = spoken.charts.find(({ name }) => name === verdict.reason) ?? nearestOf(spoken.charts);
    if (chart !== null) return { metric: spoken.metric, name: chart.name };
  }
  const all = metrics.flatMap(({ metric, charts }) => charts.map((chart) => ({ metric, chart })));
  const [nearest] = all.toSorted((one, other) => nearness(other.chart) - nearness(one.chart));
  if (nearest === undefined) return null;
  const kept = all.find(({ metric, chart }) => metric === before?.metric && chart.name === before.name);
  const isKept = kept !== undefined && nearness(nearest.chart) < nearness(kept.chart) + NEARER_BY;
  const shown = isKept ? kept : nearest;
  return { metric: shown.metric, name: shown.chart.name };
}

/** The path of a chart's statistic. */
export function pathOfChart({ path }: MetricJudgement, name: SpokenChart["name"]): Float64Array {
  switch (name) {
    case "drift-slow":
      return path.driftSlow;
    case "drift-fast":
      return path.driftFast;
    case "spread":
      return path.spread;
  }
}
