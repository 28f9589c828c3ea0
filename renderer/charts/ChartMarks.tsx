import type { ReactNode } from "react";
import type { Series } from "../../shared/contract/channels";
import type { Metric } from "../../shared/fleet/sample";
import { formatClock, formatDay, formatDuration, type ClockKind } from "../format/time";
import { timeTicks } from "./axis-ticks";
import type { ChartRow, Limit } from "./chart-rows";
import type { TimeSpan } from "./chart-view";
import { hatchPath } from "./hatch";
import { LABEL_GAP_PX, labelPlaces, type LabelPlaces } from "./label-places";
import { baselineLabel, limitLabel, versionWord, type BaselineBand } from "./metric-words";
import type { PlotFrame } from "./plot-frame";
import type { BoxSize } from "./use-size";

/** Room that a clock label needs, px. */
const CLOCK_LABEL_PX = 66;
/** Half a label with seconds, and one without: labels that would be cut at the edge are left out. */
const HALF_SECONDS_PX = 25;
const HALF_MINUTES_PX = 16;
/** Px that the words of a gap need, and its length alone. */
const GAP_WORDS_PX = 112;
const GAP_LENGTH_PX = 44;
/** Px of a character of a version flag, and what stands around its word. */
const FLAG_CHARACTER_PX = 6.7;
const FLAG_EDGE_PX = 12;

/** The clock under a plot. */
export function ChartClock({ frame, size, span, clock }: {
  readonly frame: PlotFrame;
  readonly size: BoxSize;
  readonly span: TimeSpan;
  readonly clock: ClockKind;
}): ReactNode {
  const ticks = timeTicks(span.fromMs, span.toMs, Math.max(2, Math.floor(size.width / CLOCK_LABEL_PX)));
  const halfLabelPx = ticks.isFine ? HALF_SECONDS_PX : HALF_MINUTES_PX;
  return (
    <svg className="chart-layer" width={size.width} height={size.height} aria-hidden="true" focusable="false">
      <path className="chart-floor" d={`M${frame.left} ${frame.bottom}H${frame.right}`} />
      {ticks.atMs.filter((atMs) => frame.xOf(atMs) + halfLabelPx <= size.width).map((atMs) => (
        <text key={atMs} className="chart-note" x={frame.xOf(atMs)} y={frame.bottom + 17} textAnchor="middle">
          {ticks.isDaily ? formatDay(atMs, clock) : formatClock(atMs, clock).slice(0, ticks.isFine ? 8 : 5)}
        </text>
      ))}
    </svg>
  );
}

/** The gaps of a stretch, drawn under the line. */
export function ChartGaps({ frame, size, gaps }: { readonly frame: PlotFrame; readonly size: BoxSize; readonly gaps: Series["gaps"] }): ReactNode {
  return (
    <svg className="chart-layer" width={size.width} height={size.height} aria-hidden="true" focusable="false">
      {gaps.map((gap) => {
        const x0 = Math.max(frame.left, frame.xOf(gap.fromMs));
        const x1 = Math.min(frame.right, frame.xOf(gap.toMs));
        if (x1 <= frame.left || x0 >= frame.right) return null;
        const length = formatDuration(gap.toMs - gap.fromMs);
        const words = x1 - x0 >= GAP_WORDS_PX ? `no data ${length}` : x1 - x0 >= GAP_LENGTH_PX ? length : null;
        return (
          <g key={gap.fromMs}>
            <path className="chart-gap" d={hatchPath(x0, frame.top, x1, frame.bottom)} />
            {words === null ? null : (
              <text className="chart-note" x={(x0 + x1) / 2} y={frame.bottom - 12} textAnchor="middle">
                {words}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}

/** Px that the band is high at least: one of no spread is still seen. */
const LEAST_BAND_PX = 3;

/** The baseline as a grey band, drawn under the line: the median dashed, one spread to each side. */
export function ChartBaseline({ frame, size, baseline }: { readonly frame: PlotFrame; readonly size: BoxSize; readonly baseline: BaselineBand | null }): ReactNode {
  if (baseline === null) return null;
  const { top, middle, bottom } = bandOf(baseline, frame);
  return (
    <svg className="chart-layer" width={size.width} height={size.height} aria-hidden="true" focusable="false">
      <rect className="chart-baseline" x={frame.left} y={top} width={frame.right - frame.left} height={bottom - top} />
      <path className="chart-baseline-median" d={`M${frame.left} ${middle}H${frame.right}`} />
    </svg>
  );
}

function bandOf({ median, spread }: BaselineBand, frame: PlotFrame): { readonly top: number; readonly middle: number; readonly bottom: number } {
  const middle = frame.yOf(median);
  return {
    top: Math.min(frame.yOf(median + spread), middle - LEAST_BAND_PX / 2),
    middle,
    bottom: Math.max(frame.yOf(median - spread), middle + LEAST_BAND_PX / 2),
  };
}

/** The words of the baseline stand over the line, which would strike them through. */
function BaselineLabel({ frame, metric, baseline, places }: ChartMarksProps & { readonly places: LabelPlaces }): ReactNode {
  if (baseline === null) return null;
  const { isBaselineAtRight } = places;
  const x = isBaselineAtRight ? frame.right - LABEL_GAP_PX : frame.left + LABEL_GAP_PX;
  return (
    <text className="chart-note" x={x} y={places.baseline} textAnchor={isBaselineAtRight ? "end" : "start"}>
      {baselineLabel(metric, baseline)}
    </text>
  );
}

/** What is drawn over the line. */
export interface ChartMarksProps {
  readonly frame: PlotFrame;
  readonly size: BoxSize;
  readonly metric: Metric;
  readonly limit: Limit | null;
  readonly baseline: BaselineBand | null;
  readonly changes: Series["changes"];
  /** Where the cursor stands, and the sample that it reads; null where there is none. */
  readonly cursor: { readonly atMs: number; readonly row: ChartRow | null } | null;
  /** What is being selected. */
  readonly selection: TimeSpan | null;
}

/** Limit, version changes, cursor and selection, drawn over the line. */
export function ChartMarks(props: ChartMarksProps): ReactNode {
  const { frame, size, selection, limit, baseline } = props;
  const places = labelPlaces({
    top: frame.top,
    bottom: frame.bottom,
    limit: limit === null ? null : { y: frame.yOf(limit.value), side: limit.side },
    baseline: baseline === null ? null : bandOf(baseline, frame),
  });
  return (
    <svg className="chart-layer" width={size.width} height={size.height} aria-hidden="true" focusable="false">
      {selection === null ? null : (
        <rect
          className="chart-selection"
          x={frame.xOf(selection.fromMs)}
          y={frame.top}
          width={Math.max(0, frame.xOf(selection.toMs) - frame.xOf(selection.fromMs))}
          height={frame.bottom - frame.top}
        />
      )}
      <BaselineLabel {...props} places={places} />
      <LimitLine {...props} places={places} />
      <VersionFlags {...props} />
      <CursorLine {...props} />
    </svg>
  );
}

function LimitLine({ frame, metric, limit, places }: ChartMarksProps & { readonly places: LabelPlaces }): ReactNode {
  if (limit === null) return null;
  const y = frame.yOf(limit.value);
  return (
    <>
      <path className="chart-limit" d={`M${frame.left} ${y}H${frame.right}`} />
      <text
        className="chart-label"
        x={frame.left + LABEL_GAP_PX}
        y={places.limit}
      >
        {limitLabel(metric, limit)}
      </text>
    </>
  );
}

function VersionFlags({ frame, changes }: ChartMarksProps): ReactNode {
  const shown = changes
    .map((change) => ({ ...change, x: frame.xOf(change.atMs) }))
    .filter(({ x }) => x >= frame.left && x <= frame.right);
  return shown.map(({ atMs, version, x }, index) => {
    const word = versionWord(version);
    const neededPx = word.length * FLAG_CHARACTER_PX + FLAG_EDGE_PX;
    const roomPx = (shown[index + 1]?.x ?? frame.right) - x;
    const roomBeforePx = x - (shown[index - 1]?.x ?? frame.left);
    const isLeft = roomPx < neededPx && index === shown.length - 1 && roomBeforePx >= 2 * neededPx;
    const side = isLeft ? -1 : 1;
    return (
      <g key={atMs}>
        <path className="chart-change" d={`M${x} ${frame.top}V${frame.bottom}`} />
        <path className="chart-flag" d={`M${x} ${frame.top}l${side * 6} 4l${side * -6} 4Z`} />
        {roomPx >= neededPx || isLeft ? (
          <text className="chart-version" x={x + side * 9} y={frame.top + 8} textAnchor={isLeft ? "end" : "start"}>
            {word}
          </text>
        ) : null}
      </g>
    );
  });
}

function CursorLine({ frame, cursor }: ChartMarksProps): ReactNode {
  if (cursor === null) return null;
  const x = frame.xOf(cursor.atMs);
  if (x < frame.left || x > frame.right) return null;
  const value = cursor.row?.value ?? null;
  return (
    <>
      <path className="chart-cursor" d={`M${x} ${frame.top}V${frame.bottom}`} />
      {value === null ? null : <circle className="chart-cursor-mark" cx={x} cy={frame.yOf(value)} r={4} />}
    </>
  );
}
