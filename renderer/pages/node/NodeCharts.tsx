import { useMemo, type ReactNode } from "react";
import type { Series } from "../../../shared/contract/channels";
import type { Judgement } from "../../../shared/contract/judging";
import type { Limits } from "../../../shared/contract/settings";
import type { NodeView } from "../../../shared/contract/snapshot";
import { METRICS, type Metric } from "../../../shared/fleet/sample";
import type { Limit } from "../../charts/chart-rows";
import { isZoomed, type ChartControl } from "../../charts/chart-view";
import { MetricChart } from "../../charts/MetricChart";
import type { BaselineBand } from "../../charts/metric-words";
import type { Emphasis } from "../../charts/scales";
import { Button, Kbd, Problem } from "../../design";
import { JUDGED_METRICS, limitOf } from "../../format/number";
import { formatClock, formatDuration, formatWithin } from "../../format/time";
import { hasOldValues, isUnknown, STATE_WORDS } from "../../format/words";
import { useSelectedRange } from "../../state/selected-range";
import { useFleet, useSettings, useSnapshotMeta } from "../../state/store";
import { Guard } from "../../frame/Guard";
import type { JudgementAnswer } from "../../judging/use-judgement";
import { emphasisOf } from "../fleet/parts";
import { askedSpan, fixedSpan, shownView, type ChartsState } from "./charts-state";
import { DriftPanel, emphasisOf as judgedEmphasis } from "./DriftPanel";
import { useSeries } from "./use-series";

/** The charts' properties. */
export interface NodeChartsProps {
  readonly node: NodeView;
  readonly charts: ChartsState;
  readonly control: ChartControl;
  /** What the verdict is made of. */
  readonly answer: JudgementAnswer;
}

/** Ratio, latency, quality and bandwidth of a node on one time axis with one cursor, and the drift of what speaks. */
export function NodeCharts({ node, charts, control, answer }: NodeChartsProps): ReactNode {
  const { nodeId } = node;
  const tick = useSnapshotMeta()?.tick ?? 0;
  const { clock } = useSettings();
  const { value: series, failure } = useSeries({ nodeId, ...askedSpan(charts) }, tick);
  const limitsOfMetrics = useMemo(() => chartLimits(node.limits), [node.limits]);
  const baselines = useBaselines(answer.judgement);
  const view = shownView(charts);
  if (node.latest === null && (series === null || series.atMs.length === 0)) {
    return <WaitingForSamples node={node} />;
  }
  const values = charts.pausedAtMs === null ? node.latest : charts.pausedValues;
  return (
    <div className="node-charts">
      <ChartsLine node={node} charts={charts} series={series} onReset={control.reset} />
      {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
      <div className="node-charts-grid">
        {METRICS.map((metric) => (
          <MetricChart
            key={metric}
            metric={metric}
            series={series}
            view={view}
            limit={limitsOfMetrics[metric] ?? null}
            baseline={baselines[metric] ?? null}
            onsetMs={onsetOf(node, metric)}
            emphasis={chartEmphasis(node, metric, answer.judgement)}
            newest={values?.[metric] ?? null}
            newestMs={values?.receivedAtMs ?? null}
            cursorMs={charts.cursorMs}
            clock={clock}
            scaleEpoch={charts.scaleEpoch}
            control={control}
          />
        ))}
      </div>
      <Guard what="The drift chart">
        <DriftPanel answer={answer} />
      </Guard>
    </div>
  );
}

/** Since when the verdict's metric is not as it was; null for every other metric, and while all is well. */
function onsetOf({ guard }: NodeView, metric: Metric): number | null {
  if (guard === null || guard.verdict.metric !== metric) return null;
  return guard.verdict.outcome === "warn" || guard.verdict.outcome === "fail" ? guard.verdict.sinceMs : null;
}

/** A metric's colour: by its own outcome where that is known, by the node's verdict and its limit else. */
function chartEmphasis(node: NodeView, metric: Metric, judgement: Judgement | null): Emphasis {
  if (metric === "bandwidthKbps") return hasOldValues(node.liveness) ? "stale" : "normal";
  const byNode = emphasisOf(node, metric);
  if (byNode !== "normal") return byNode;
  const judged = judgement?.metrics.find((one) => one.metric === metric);
  return judged === undefined || judged.role === "muted" ? byNode : judgedEmphasis(judged);
}

/** The baselines as bands. */
function useBaselines(judgement: Judgement | null): Readonly<Partial<Record<Metric, BaselineBand>>> {
  return useMemo(() => {
    if (judgement === null) return {};
    return Object.fromEntries(
      judgement.metrics.flatMap(({ metric, baseline }) => {
        if (baseline === null) return [];
        const { median, spread, n, version, isHeld, frozenAtMs } = baseline;
        const band: BaselineBand = { median, spread, n, heldFrom: isHeld ? (version ?? "an earlier version") : null, ageMs: judgement.atMs - frozenAtMs };
        return [[metric, band] as const];
      }),
    );
  }, [judgement]);
}

/** One limit object for each metric, so that a tick without a change of limits draws no limit again. */
function chartLimits(limits: Limits): Readonly<Partial<Record<Metric, Limit>>> {
  return Object.fromEntries(
    JUDGED_METRICS.map((metric) => {
      const { limit, side } = limitOf(metric, limits);
      return [metric, { value: limit, side }];
    }),
  );
}

/** What the charts show: paused or zoomed or frozen, how the points were made, which keys there are. */
function ChartsLine(props: {
  readonly node: NodeView;
  readonly charts: ChartsState;
  readonly series: Series | null;
  readonly onReset: () => void;
}): ReactNode {
  const { node, charts, series } = props;
  const { clock, singleKeyShortcuts } = useSettings();
  const behindMs = useFleet(({ fleet }) => {
    if (fleet === null || charts.pausedAtMs === null) return null;
    return Math.round((fleet.meta.atMs - charts.pausedAtMs) / 1_000) * 1_000;
  });
  const selected = useSelectedRange();
  const span = fixedSpan(charts);
  // The whole of what the window's range shows is no zoom.
  const isZoomedIn = isZoomed(charts.view, charts.rangeMs) && (span === null || selected === null || span.toMs - span.fromMs < selected.toMs - selected.fromMs - 1);
  const parts: string[] = [];
  if (charts.pausedAtMs !== null && behindMs !== null) {
    parts.push(`Paused at ${formatClock(charts.pausedAtMs, clock)}, ${spanWords(behindMs)} behind`);
  }
  if (span !== null && isZoomedIn) parts.push(`Zoomed to ${formatWithin(span.fromMs, clock, charts.rangeMs)} – ${formatWithin(span.toMs, clock, charts.rangeMs)}`);
  else if (span === null && isZoomedIn) parts.push(`Zoomed to the last ${spanWords(charts.view.spanMs)}`);
  if (isUnknown(node.liveness)) {
    parts.push(`${STATE_WORDS[node.state]} since ${formatClock(node.livenessSinceMs, clock)}: the values are the last known`);
  }
  return (
    <div className="charts-line">
      <p className="charts-line-state" aria-live="off">
        {parts.join(" · ")}
      </p>
      {isZoomedIn ? (
        <Button kind="quiet" size="small" onPress={props.onReset}>
          Reset zoom {singleKeyShortcuts ? <Kbd>0</Kbd> : null}
        </Button>
      ) : null}
      <p className="charts-line-hint">
        {series !== null && series.decimated ? `${spanWords(series.bucketMs)} min-max` : "every sample"}
        {" · zoom: drag, wheel"}
        {singleKeyShortcuts ? (
          <>
            , <Kbd>+</Kbd> <Kbd>−</Kbd> · range: <Kbd>[</Kbd> <Kbd>]</Kbd>
          </>
        ) : null}
      </p>
    </div>
  );
}

/** A length of time without the zeros that say nothing: "0.5 s", "38 s", "5 min". */
function spanWords(durationMs: number): string {
  return formatDuration(durationMs).replace(".0 s", " s").replace(" min 0 s", " min");
}

/** Before the first sample. */
function WaitingForSamples({ node }: { readonly node: NodeView }): ReactNode {
  const { clock } = useSettings();
  return (
    <div className="panel node-waiting">
      <h2>No sample yet</h2>
      <p className="node-waiting-sentence">{node.sentence}</p>
      <p className="note">
        {STATE_WORDS[node.state]} since {formatClock(node.stateSinceMs, clock)}. The charts begin with the first metrics message.
      </p>
    </div>
  );
}
