import type { ReactNode } from "react";
import type { AbTestPreview } from "../../../shared/contract/abtest";
import { valueTicks } from "../../charts/axis-ticks";
import { ChartPanel } from "../../charts/ChartPanel";
import { lineThrough, plotIn, scaleFromZero, type Plot } from "../../charts/plot";
import { useSize, type BoxSize } from "../../charts/use-size";
import { ValueGrid } from "../../charts/ValueGrid";
import { Tag } from "../../design";
import { formatNumber } from "../../format/number";
import { useDesk } from "./desk";
import { sizeText, unitAfter } from "./metric-texts";
import { lengthText } from "./block-times";
import "./decides.css";

type CurvePoint = AbTestPreview["prediction"]["curve"][number];
const MARGIN = { top: 16, right: 14, bottom: 24, left: 34 } as const;
/** Px that the words beside a line need. */
const WORDS_PX = 110;

/** How long a decision will take for the chosen difference, and for others. All of it predicted, dotted. */
export function TimePanel({ preview }: { readonly preview: AbTestPreview }): ReactNode {
  const { prediction, smallestDifference, longestMs } = preview;
  const { decisionMs, sentence, curve } = prediction;
  return (
    <ChartPanel
      className="ab-time"
      title="How long it will take"
      fact=""
      figure={<Tag name="PREDICTED" />}
      summary={`Predicted: ${sentence}`}
      table={<TimeTable curve={curve} />}
    >
      {(summaryId) => (
        <>
          <div className="ab-time-figure">
            <span>{decisionMs === null ? <span className="ab-time-none">not told</span> : <TimeFigure ms={decisionMs} />}</span>
            <p className="note">{sentence}</p>
          </div>
          {curve.length === 0 ? null : <TimePlot preview={preview} summaryId={summaryId} />}
          {smallestDifference === null ? null : <p className="note ab-time-foot">It stops by itself after {lengthText(longestMs)} as inconclusive.</p>}
        </>
      )}
    </ChartPanel>
  );
}

function TimeFigure({ ms }: { readonly ms: number }): ReactNode {
  const isMinutes = ms >= 120_000;
  return (
    <>
      <strong>{formatNumber(ms / (isMinutes ? 60_000 : 1000), isMinutes && ms < 600_000 && ms % 60_000 !== 0 ? 1 : 0)}</strong> {isMinutes ? "min" : "s"}
    </>
  );
}

function TimePlot({ preview, summaryId }: { readonly preview: AbTestPreview; readonly summaryId: string }): ReactNode {
  const [sizeRef, size] = useSize();
  return (
    <>
      <p className="note ab-time-axis" aria-hidden="true">
        minutes, over the difference to find
      </p>
      <div className="ab-time-plot" role="img" aria-label="Minutes to a decision over the difference to find" aria-describedby={summaryId}>
        <div ref={sizeRef} className="chart-box">
          {size === null || size.width < 120 ? null : <Picture preview={preview} size={size} />}
        </div>
      </div>
    </>
  );
}

function Picture({ preview, size }: { readonly preview: AbTestPreview; readonly size: BoxSize }): ReactNode {
  const primary = useDesk((desk) => desk.form.primary);
  const { prediction, smallestDifference, firstVerdictMs, longestMs } = preview;
  const { curve } = prediction;
  const known = curve.filter((point): point is { difference: number; decisionMs: number } => point.decisionMs !== null);
  const xs = curve.map(({ difference }) => difference);
  const scaleX = { min: 0, max: Math.max(...xs, smallestDifference ?? 0) };
  const scaleY = scaleFromZero([...known.map(({ decisionMs }) => decisionMs / 60_000), (firstVerdictMs ?? 0) / 60_000, known.length < curve.length ? longestMs / 60_000 : 0]);
  const plot = plotIn(size, MARGIN, scaleX, scaleY);
  const ticks = valueTicks(scaleX, 4);
  return (
    <svg className="chart-layer ab-svg" width={size.width} height={size.height} aria-hidden="true" focusable="false">
      <ValueGrid plot={plot} scale={scaleY} count={4} />
      <path className="chart-floor" d={`M${plot.left} ${plot.bottom}H${plot.right}`} />
      {ticks.values.map((value) => (
        <text key={value} className="chart-note" x={plot.xOf(value)} y={plot.bottom + 17} textAnchor={plot.xOf(value) > plot.right - 20 ? "end" : "middle"}>
          {formatNumber(value, ticks.decimals)}
          {value === ticks.values.at(-1) ? unitAfter(primary) : ""}
        </text>
      ))}
      {firstVerdictMs === null ? null : <Floor y={plot.yOf(firstVerdictMs / 60_000)} plot={plot} text={`8 pairs: ${lengthText(firstVerdictMs)} at least`} />}
      <path className="ab-predicted" d={lineThrough(known.map(({ difference, decisionMs }) => ({ x: plot.xOf(difference), y: plot.yOf(decisionMs / 60_000) })))} />
      {smallestDifference === null ? null : <Chosen preview={preview} plot={plot} difference={smallestDifference} />}
    </svg>
  );
}

function Floor({ y, plot, text }: { readonly y: number; readonly plot: Plot; readonly text: string }): ReactNode {
  return (
    <>
      <path className="chart-limit" d={`M${plot.left} ${y}H${plot.right}`} />
      <text className="chart-note" x={plot.left + 4} y={y - 5}>
        {text}
      </text>
    </>
  );
}

function Chosen({ preview, plot, difference }: { readonly preview: AbTestPreview; readonly plot: Plot; readonly difference: number }): ReactNode {
  const x = plot.xOf(difference);
  const { decisionMs } = preview.prediction;
  const isLeft = x + WORDS_PX > plot.right;
  return (
    <>
      <path className="ab-mark" d={`M${x} ${plot.top - 8}V${plot.bottom}`} />
      {decisionMs === null ? null : (
        <>
          <circle className="ab-mark-point" cx={x} cy={plot.yOf(decisionMs / 60_000)} r={4} />
          <text className="chart-version ab-mark-words" x={x + (isLeft ? -8 : 8)} y={plot.top + 2} textAnchor={isLeft ? "end" : "start"}>
            {lengthText(decisionMs)} for {sizeText(difference)}
          </text>
        </>
      )}
    </>
  );
}

function TimeTable({ curve }: { readonly curve: readonly CurvePoint[] }): ReactNode {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col" className="numeric">
            Difference
          </th>
          <th scope="col" className="numeric">
            Half of such tests decide within
          </th>
        </tr>
      </thead>
      <tbody>
        {curve.map(({ difference, decisionMs }) => (
          <tr key={difference}>
            <td className="numeric">{sizeText(difference)}</td>
            <td className="numeric">{decisionMs === null ? "longer than the test" : lengthText(decisionMs)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
