import { useEffect, useState, type ReactNode } from "react";
import type { AlertView } from "../../../shared/contract/alerts";
import type { Series } from "../../../shared/contract/channels";
import { timeTicks, valueTicks } from "../../charts/axis-ticks";
import { useSize } from "../../charts/use-size";
import { formatNumber } from "../../format/number";
import { formatClock } from "../../format/time";
import { request } from "../../state/ops";
import { useFleet, useSettings } from "../../state/store";
import { linePath, momentOf, scaleOf, type Moment } from "./moment";

/** Lines of a chart: more than these tell nothing apart. */
const MOST_LINES = 6;
const HEIGHT = 150;
const PLOT = { left: 40, right: 8, top: 14, bottom: 18 } as const;
/** A chart whose end is now is asked for again so often, ms. */
const AGAIN_MS = 5_000;

/** What a metric did around the time of an alert, on the nodes that it is about. */
export function MomentChart({ alert, nodeIds }: { readonly alert: AlertView; readonly nodeIds: readonly string[] }): ReactNode {
  const nowMs = useFleet((state) => Math.floor((state.fleet?.meta.atMs ?? alert.lastRaisedAtMs) / AGAIN_MS) * AGAIN_MS);
  const moment = momentOf(alert, nowMs);
  const asked = nodeIds.slice(0, MOST_LINES).join(" ");
  const series = useSeriesOf(asked, moment.fromMs, moment.toMs);
  const [measure, size] = useSize();
  const isByMetric = alert.ruleId === "latency-high" || alert.ruleId === "ratio-low" || alert.ruleId === "quality-low";
  const limit = isByMetric ? alert.limit : null;
  const isEmpty = series.every((each) => each.atMs.length === 0);
  return (
    <div className="moment" ref={measure}>
      <p className="note moment-title">
        {moment.title} on {nodeIds.length === 1 ? nodeIds[0] : `${Math.min(nodeIds.length, MOST_LINES)} of ${nodeIds.length} nodes`}
      </p>
      {isEmpty ? (
        <p className="note">{series.length === 0 ? "Reading samples." : "No samples of that moment are kept any more."}</p>
      ) : size === null ? null : (
        <Plot moment={moment} series={series} limit={limit} width={size.width} raisedAtMs={alert.lastRaisedAtMs} />
      )}
    </div>
  );
}

function useSeriesOf(asked: string, fromMs: number, toMs: number): readonly Series[] {
  const [series, setSeries] = useState<readonly Series[]>([]);
  useEffect(() => {
    let isCurrent = true;
    const ids = asked.split(" ").filter((id) => id !== "");
    void Promise.all(ids.map((nodeId) => request("node/series", { nodeId, rangeMs: toMs - fromMs, toMs, maxPoints: 150 }))).then((answers) => {
      if (isCurrent) setSeries(answers.flatMap((answer) => (answer.ok ? [answer.value] : [])));
    });
    return () => {
      isCurrent = false;
    };
  }, [asked, fromMs, toMs]);
  return series;
}

function Plot(props: { readonly moment: Moment; readonly series: readonly Series[]; readonly limit: number | null; readonly width: number; readonly raisedAtMs: number }): ReactNode {
  const { moment, series, limit, width, raisedAtMs } = props;
  const { clock } = useSettings();
  const { metric, fromMs, toMs } = moment;
  const scale = scaleOf(series, metric, limit);
  const x = (atMs: number): number => PLOT.left + ((atMs - fromMs) / (toMs - fromMs)) * (width - PLOT.left - PLOT.right);
  const y = (value: number): number => PLOT.top + ((scale.max - value) / (scale.max - scale.min)) * (HEIGHT - PLOT.top - PLOT.bottom);
  const values = valueTicks(scale, 3);
  const times = timeTicks(fromMs, toMs, Math.max(2, Math.floor(width / 90)));
  return (
    <svg className="moment-plot" width={width} height={HEIGHT} role="img" aria-label={spoken(moment, series, limit)}>
      {values.values.map((value) => (
        <g key={value}>
          <line x1={PLOT.left} x2={width - PLOT.right} y1={y(value)} y2={y(value)} className="moment-grid" />
          <text x={PLOT.left - 6} y={y(value) + 4} textAnchor="end">
            {formatNumber(value, values.decimals)}
          </text>
        </g>
      ))}
      {times.atMs.map((atMs) => (
        <text key={atMs} x={x(atMs)} y={HEIGHT - 4} textAnchor="middle">
          {formatClock(atMs, clock).slice(0, times.isFine ? 8 : 5)}
        </text>
      ))}
      {series.map((each) => (
        <path key={each.nodeId} d={linePath(each, metric, x, y)} className="moment-line" data-only={series.length === 1 ? "" : undefined} />
      ))}
      {limit === null ? null : (
        <>
          <line x1={PLOT.left} x2={width - PLOT.right} y1={y(limit)} y2={y(limit)} className="moment-limit" />
          <text x={PLOT.left + 4} y={y(limit) - 4}>
            limit {formatNumber(limit, limit < 10 ? 2 : 0)}
          </text>
        </>
      )}
      <line x1={x(raisedAtMs)} x2={x(raisedAtMs)} y1={PLOT.top} y2={HEIGHT - PLOT.bottom} className="moment-mark" />
      <text x={x(raisedAtMs)} y={10} textAnchor={x(raisedAtMs) > width - 50 ? "end" : "middle"}>
        raised
      </text>
    </svg>
  );
}

function spoken({ title }: Moment, series: readonly Series[], limit: number | null): string {
  const nodes = series.map(({ nodeId }) => nodeId).join(", ");
  return `${title} of ${nodes} around the moment of the alert${limit === null ? "" : `, limit ${limit}`}.`;
}
