import type { ReactNode } from "react";
import type { PolicyCurve } from "../../../../shared/contract/policy";
import { ChartPanel } from "../../../charts/ChartPanel";
import { lineThrough, plotIn, scaleFromZero, spreadLabels, type Plot } from "../../../charts/plot";
import { useSize, type BoxSize } from "../../../charts/use-size";
import { ValueGrid } from "../../../charts/ValueGrid";
import { formatNumber } from "../../../format/number";
import { BUDGET_MARKS, shareOfDays } from "./budget-scale";

type CurvePoint = PolicyCurve[number];
type Curve = "oneSdMs" | "twoSdMs" | "dropMs";

const CURVES: readonly { readonly curve: Curve; readonly label: string; readonly name: string }[] = [
  { curve: "oneSdMs", label: "1 sd", name: "A shift of 1 sd" },
  { curve: "twoSdMs", label: "2 sd", name: "A shift of 2 sd" },
  { curve: "dropMs", label: "−30 %", name: "A drop of 30 %" },
];
const MARGIN = { top: 18, right: 52, bottom: 24, left: 40 } as const;

/** What is drawn. */
export interface CostChartProps {
  readonly curve: PolicyCurve;
  /** The budget of the draft. */
  readonly days: number;
  /** False: the curves are of the policy before, another is being computed. */
  readonly isOfDraft: boolean;
}

/** Seconds to find a change, over the days of the budget. Everything in it is predicted: dotted. */
export function CostChart({ curve: points, days, isOfDraft }: CostChartProps): ReactNode {
  const at = CURVES.map(({ curve, name }) => `${name} takes ${secondsText(valueAt(points, curve, days))}`).join(". ");
  return (
    <ChartPanel
      className={isOfDraft ? "policy-cost" : "policy-cost policy-figures-old"}
      title="What the budget costs"
      fact="seconds to detect"
      summary={`Predicted, for one false rollback in ${formatNumber(days, 0)} days. ${at}.`}
      table={<CostTable curve={points} />}
    >
      {(summaryId) => <CostPlot curve={points} days={days} summaryId={summaryId} />}
    </ChartPanel>
  );
}

function secondsText(ms: number | null): string {
  return ms === null ? "none" : `${formatNumber(ms / 1_000, ms < 9_950 ? 1 : 0)} s`;
}

/** A curve at so many days, along the line between its points; null outside of them. */
export function valueAt(points: readonly CurvePoint[], curve: Curve, days: number): number | null {
  const after = points.findIndex((point) => point.days >= days);
  const right = points[after];
  if (right === undefined) return null;
  const left = points[after - 1];
  if (left === undefined) return right.days === days ? right[curve] : null;
  const share = Math.log(days / left.days) / Math.log(right.days / left.days);
  return left[curve] + share * (right[curve] - left[curve]);
}

function CostPlot({ curve, days, summaryId }: { readonly curve: readonly CurvePoint[]; readonly days: number; readonly summaryId: string }): ReactNode {
  const [sizeRef, size] = useSize();
  return (
    <div className="policy-cost-plot" role="img" aria-label="Seconds to detect over the budget" aria-describedby={summaryId}>
      <div ref={sizeRef} className="chart-box">
        {size === null ? null : <CostPicture curve={curve} days={days} size={size} />}
      </div>
    </div>
  );
}

function CostPicture({ curve, days, size }: { readonly curve: readonly CurvePoint[]; readonly days: number; readonly size: BoxSize }): ReactNode {
  const scale = scaleFromZero(curve.flatMap((point) => CURVES.map((one) => point[one.curve] / 1_000)));
  const plot = plotIn(size, MARGIN, { min: 0, max: 1 }, scale);
  const x = plot.xOf(shareOfDays(days));
  const isFlagLeft = x > (plot.left + plot.right) / 2;
  return (
    <svg className="chart-layer" width={size.width} height={size.height} aria-hidden="true" focusable="false">
      <ValueGrid plot={plot} scale={scale} count={4} />
      <path className="chart-floor" d={`M${plot.left} ${plot.bottom}H${plot.right}`} />
      {BUDGET_MARKS.map((mark) => (
        <text key={mark} className="chart-note" x={plot.xOf(shareOfDays(mark))} y={plot.bottom + 17} textAnchor="middle">
          {mark === 365 ? "365 days" : mark}
        </text>
      ))}
      <path className="chart-change" d={`M${x} ${plot.top}V${plot.bottom}`} />
      <path className="chart-flag" d={`M${x} ${plot.top}l${isFlagLeft ? -6 : 6} 4l${isFlagLeft ? 6 : -6} 4Z`} />
      <text className="chart-version" x={x + (isFlagLeft ? -10 : 10)} y={plot.top + 7} textAnchor={isFlagLeft ? "end" : "start"}>
        {formatNumber(days, days < 10 && !Number.isInteger(days) ? 1 : 0)} days
      </text>
      <Curves curve={curve} days={days} plot={plot} />
    </svg>
  );
}

function Curves({ curve, days, plot }: { readonly curve: readonly CurvePoint[]; readonly days: number; readonly plot: Plot }): ReactNode {
  const lines = CURVES.map(({ curve: name, label }) => ({
    name,
    label,
    points: curve.map((point) => ({ x: plot.xOf(shareOfDays(point.days)), y: plot.yOf(point[name] / 1_000) })),
    here: valueAt(curve, name, days),
  }));
  const labels = spreadLabels(lines.flatMap(({ name, points }) => points.slice(-1).map(({ y }) => ({ key: name, y }))), 14, plot.bottom - 2);
  return lines.map(({ name, label, points, here }) => (
    <g key={name} className={`policy-curve policy-curve-${name}`}>
      <path d={lineThrough(points)} />
      {here === null ? null : <circle cx={plot.xOf(shareOfDays(days))} cy={plot.yOf(here / 1_000)} r={3.5} />}
      <text className="chart-label" x={plot.right + 8} y={(labels.get(name) ?? plot.bottom) + 4}>
        {label}
      </text>
    </g>
  ));
}

function CostTable({ curve }: { readonly curve: readonly CurvePoint[] }): ReactNode {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col" className="numeric">
            Days
          </th>
          {CURVES.map(({ curve: name, name: title }) => (
            <th key={name} scope="col" className="numeric">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {curve.map((point) => (
          <tr key={point.days}>
            <td className="numeric">{formatNumber(point.days, Number.isInteger(point.days) ? 0 : 1)}</td>
            {CURVES.map(({ curve: name }) => (
              <td key={name} className="numeric">
                {secondsText(point[name])}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
