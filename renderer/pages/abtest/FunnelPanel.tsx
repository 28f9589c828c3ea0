import type { ReactNode } from "react";
import type { AbTestMetric, AbTestView } from "../../../shared/contract/abtest";
import { ChartPanel } from "../../charts/ChartPanel";
import { METRIC_TITLES } from "../../charts/metric-words";
import { useSize } from "../../charts/use-size";
import { formatNumber } from "../../format/number";
import { formatClock, formatUtcInstant } from "../../format/time";
import { useSettings } from "../../state/store";
import { FunnelPicture } from "./FunnelPicture";
import { intervalText, sizeText, signedDifference, unitAfter } from "./metric-texts";
import { isOpen } from "./words";

/** The effect of one metric, B minus A, with the interval that narrows over time. */
export function FunnelPanel({ view, metric }: { readonly view: AbTestView; readonly metric: AbTestMetric }): ReactNode {
  const { effect, low, high } = metric;
  const unit = metric.metric === "latencyMs" ? ", ms" : "";
  return (
    <ChartPanel
      className="ab-funnel"
      title={`Effect on ${METRIC_TITLES[metric.metric].name.toLowerCase()}${unit}, B − A`}
      fact={`confidence sequence on block pairs, α = ${formatNumber(metric.alpha, 3)}${metric.isNoiseRefuted ? ", widened: blocks scatter more than their samples explain" : ""}`}
      figure={
        <span className="ab-funnel-figure">
          <strong>{effect === null ? (isOpen(view) ? "none yet" : "none") : signedDifference(metric.metric, effect)}</strong>
          {low === null || high === null ? null : <span className="note">{intervalText(metric.metric, low, high)}</span>}
        </span>
      }
      summary={summaryOf(metric, view)}
      table={<FunnelTable metric={metric} />}
    >
      {(summaryId) => <Plot view={view} metric={metric} summaryId={summaryId} />}
    </ChartPanel>
  );
}

function summaryOf({ metric, effect, low, high, pairs, history }: AbTestMetric, { pairsNeeded, smallestDifference, primary }: AbTestView): string {
  if (effect === null || low === null || high === null) return `No effect can be estimated yet: ${pairs} of ${pairsNeeded} pairs.`;
  const unit = unitAfter(metric);
  const first = history[0];
  const narrowed = first === undefined ? "" : ` It was between ${signedDifference(metric, first.low)} and ${signedDifference(metric, first.high)} at pair ${first.pairs}.`;
  const band = metric === primary ? ` Below ${sizeText(smallestDifference)}${unit} no difference matters.` : "";
  return `After ${pairs} pairs B minus A is ${signedDifference(metric, effect)}${unit}, between ${signedDifference(metric, low)} and ${signedDifference(metric, high)}.${narrowed}${band}`;
}

function Plot({ view, metric, summaryId }: { readonly view: AbTestView; readonly metric: AbTestMetric; readonly summaryId: string }): ReactNode {
  const [sizeRef, size] = useSize();
  return (
    <div className="ab-funnel-plot" role="img" aria-label={`Effect on ${METRIC_TITLES[metric.metric].name.toLowerCase()} over pairs of blocks`} aria-describedby={summaryId}>
      <div ref={sizeRef} className="chart-box">
        {size === null || size.width < 200 || size.height < 120 ? null : (
          <FunnelPicture
            size={size}
            metric={metric}
            pairsNeeded={view.pairsNeeded}
            longestPairs={Math.max(1, Math.floor(view.longestMs / view.blockMs) - (view.design === "crossover" ? 1 : 0))}
            smallestDifference={view.smallestDifference}
            isOver={!isOpen(view)}
          />
        )}
      </div>
    </div>
  );
}

function FunnelTable({ metric }: { readonly metric: AbTestMetric }): ReactNode {
  const { clock } = useSettings();
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Time</th>
          {["Pairs", "B − A", "From", "To"].map((name) => (
            <th key={name} scope="col" className="numeric">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {metric.history.toReversed().map((point) => (
          <tr key={point.atMs}>
            <td title={formatUtcInstant(point.atMs)}>{formatClock(point.atMs, clock)}</td>
            <td className="numeric">{point.pairs}</td>
            <td className="numeric">{signedDifference(metric.metric, point.effect)}</td>
            <td className="numeric">{signedDifference(metric.metric, point.low)}</td>
            <td className="numeric">{signedDifference(metric.metric, point.high)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
