import { useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";
import type { ComparisonSummary, CurvePoint } from "../../../shared/comparison/summary";
import type { ReferenceCodecName, Side } from "../../../shared/contract/comparison";
import { valueTicks } from "../../charts/axis-ticks";
import { useSize, type BoxSize } from "../../charts/use-size";
import { countOf, formatBytes, formatNumber } from "../../format/number";
import { ChartPanel } from "../../charts/ChartPanel";
import { lineThrough, plotIn, qualityScale, scaleFromZero, spreadLabels, type Plot } from "../../charts/plot";

/** The chart's parts. */
export interface RateDistortionProps {
  readonly summary: ComparisonSummary;
  readonly names: Readonly<Record<Side, string>>;
  readonly levels: Readonly<Record<Side, number>>;
  readonly noReferences: string | null;
  /** A level of A was chosen. */
  readonly onLevel: (level: number) => void;
}

const MARGIN = { top: 10, right: 66, bottom: 24, left: 44 } as const;
const SIDES: readonly Side[] = ["a", "b"];
const REFERENCE_NAMES: Readonly<Record<ReferenceCodecName, string>> = { jpeg: "JPEG", webp: "WebP" };
/** Half a mark of B, a square. */
const MARK_PX = 3.5;

/** Quality against bytes over all levels; a slider over the levels of A for hand and keys. */
export function RateDistortionPanel(props: RateDistortionProps): ReactNode {
  const { summary, names } = props;
  const levels = summary.curves.a.length === summary.curves.b.length ? countOf(summary.curves.a.length, "level") : "all levels";
  return (
    <ChartPanel
      className="rd-panel"
      title="Rate and distortion"
      fact={`MS-SSIM over kB a picture, ${levels}`}
      summary={summaryOf(props)}
      table={<RdTable summary={summary} names={names} />}
    >
      {(summaryId) => <RdPlot {...props} summaryId={summaryId} />}
    </ChartPanel>
  );
}

function reach(curve: readonly CurvePoint[]): string {
  const bytes = curve.map((point) => point.bytes);
  const qualities = curve.map((point) => point.msSsim);
  return `${formatBytes(Math.min(...bytes))} to ${formatBytes(Math.max(...bytes))} a picture, MS-SSIM ${formatNumber(Math.min(...qualities), 3)} to ${formatNumber(Math.max(...qualities), 3)}`;
}

function summaryOf({ summary, names, noReferences }: RateDistortionProps): string {
  const sides = SIDES.map((side) => `${names[side]}: ${reach(summary.curves[side])}`).join(". ");
  return noReferences === null ? `${sides}.` : `${sides}. ${noReferences}`;
}

function pointText({ level, bytes, msSsim }: CurvePoint, name: string): string {
  return `${name} level ${level}: ${formatBytes(bytes)}, MS-SSIM ${formatNumber(msSsim, 3)}`;
}

function RdPlot(props: RateDistortionProps & { readonly summaryId: string }): ReactNode {
  const { summary, names, levels, onLevel } = props;
  const [sizeRef, size] = useSize();
  const plotRef = useRef<HTMLDivElement>(null);
  const curve = summary.curves.a;
  const index = curve.findIndex((point) => point.level === levels.a);
  const current = curve[index];
  const plot = size === null ? null : plotOf(summary, size);
  const choose = (next: CurvePoint | undefined): void => {
    if (next !== undefined) onLevel(next.level);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const next = indexByKey(event.key, index, curve.length);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    choose(curve[next]);
  };
  const onPointerDown = (event: PointerEvent): void => {
    const box = plotRef.current?.getBoundingClientRect();
    if (box === undefined || plot === null || event.button !== 0) return;
    const at = { x: event.clientX - box.left, y: event.clientY - box.top };
    choose(nearestTo(at, plot, summary));
  };
  const first = curve[0]?.level ?? 1;
  const last = curve.at(-1)?.level ?? 1;
  return (
    <div
      ref={plotRef}
      className="compare-plot rd-plot"
      role="slider"
      tabIndex={0}
      aria-label={`Level of ${names.a}`}
      aria-describedby={props.summaryId}
      aria-valuemin={Math.min(first, last)}
      aria-valuemax={Math.max(first, last)}
      aria-valuenow={levels.a}
      aria-valuetext={current === undefined ? `level ${levels.a}` : pointText(current, names.a)}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
    >
      <div ref={sizeRef} className="chart-box">
        {size === null || plot === null ? null : <RdPicture {...props} plot={plot} size={size} />}
      </div>
    </div>
  );
}

function indexByKey(key: string, index: number, count: number): number | null {
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return Math.max(0, index - 1);
    case "ArrowRight":
    case "ArrowUp":
      return Math.min(count - 1, index + 1);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}

/** The level of A that was pointed at: a point of A, or the point of A beside the one of B that is nearest. */
function nearestTo(at: { readonly x: number; readonly y: number }, plot: Plot, { curves }: ComparisonSummary): CurvePoint | undefined {
  const distance = (point: CurvePoint): number => Math.hypot(plot.xOf(point.bytes / 1000) - at.x, plot.yOf(point.msSsim) - at.y);
  const all = [...curves.a, ...curves.b].sort((one, other) => distance(one) - distance(other));
  const [nearest] = all;
  if (nearest === undefined) return undefined;
  return curves.a.includes(nearest) ? nearest : curves.a.find((point) => point.level === nearest.level);
}

function plotOf(summary: ComparisonSummary, size: BoxSize): Plot {
  const own = [...summary.curves.a, ...summary.curves.b];
  const x = scaleFromZero(own.map((point) => point.bytes / 1000));
  const inReach = summary.references.flatMap(({ points }) => points.filter((point) => point.bytes / 1000 <= x.max));
  return plotIn(size, MARGIN, x, qualityScale([...own, ...inReach].map((point) => point.msSsim)));
}

/** Half of what the x axis shows in kB, beyond which a reference is not drawn. */
function mostKb(summary: ComparisonSummary): number {
  return scaleFromZero([...summary.curves.a, ...summary.curves.b].map((point) => point.bytes / 1000)).max;
}

function RdPicture({ summary, names, levels, plot, size }: RateDistortionProps & { readonly plot: Plot; readonly size: BoxSize }): ReactNode {
  const own = [...summary.curves.a, ...summary.curves.b];
  const most = mostKb(summary);
  const xTicks = valueTicks({ min: 0, max: most }, 4);
  const inReach = summary.references.flatMap(({ points }) => points.filter((point) => point.bytes / 1000 <= most));
  const yTicks = valueTicks(qualityScale([...own, ...inReach].map((point) => point.msSsim)), 4);
  const ends = new Map<string, { readonly x: number; readonly y: number }>();
  const lineOf = (points: readonly { readonly bytes: number; readonly msSsim: number }[]): readonly { readonly x: number; readonly y: number }[] =>
    points
      .filter((point) => point.bytes / 1000 <= most)
      .sort((one, other) => one.bytes - other.bytes)
      .map((point) => ({ x: plot.xOf(point.bytes / 1000), y: plot.yOf(point.msSsim) }));
  const references = summary.references.map(({ codec, points }) => ({ codec, line: lineOf(points) }));
  for (const { codec, line } of references) {
    const end = line.at(-1);
    if (end !== undefined) ends.set(codec, end);
  }
  const lines = { a: lineOf(summary.curves.a), b: lineOf(summary.curves.b) };
  for (const side of SIDES) {
    const end = lines[side].at(-1);
    if (end !== undefined) ends.set(side, end);
  }
  const labels = spreadLabels([...ends].map(([key, { y }]) => ({ key, y })), 15, plot.bottom - 4);
  return (
    <svg className="chart-layer" width={size.width} height={size.height} aria-hidden="true" focusable="false">
      {yTicks.values.map((value) => (
        <g key={value}>
          <path className="compare-grid" d={`M${plot.left} ${plot.yOf(value)}H${plot.right}`} />
          <text className="chart-note" x={plot.left - 8} y={plot.yOf(value) + 4} textAnchor="end">
            {formatNumber(value, Math.max(2, yTicks.decimals))}
          </text>
        </g>
      ))}
      <path className="chart-floor" d={`M${plot.left} ${plot.bottom}H${plot.right}`} />
      {xTicks.values.map((value) => (
        <text key={value} className="chart-note" x={plot.xOf(value)} y={plot.bottom + 17} textAnchor="middle">
          {formatNumber(value, xTicks.decimals)}
          {value === xTicks.values.at(-1) ? " kB" : ""}
        </text>
      ))}
      {references.map(({ codec, line }) => (
        <path key={codec} className={`rd-reference rd-${codec}`} d={lineThrough(line)} />
      ))}
      {SIDES.map((side) => (
        <RdLine key={side} side={side} line={lines[side]} />
      ))}
      {[...labels].map(([key, y]) => (
        <RdLabel key={key} name={key} end={ends.get(key)} y={y} x={plot.right + 8} names={names} />
      ))}
      {SIDES.map((side) => {
        const point = summary.curves[side].find(({ level }) => level === levels[side]);
        return point === undefined ? null : (
          <circle key={side} className="rd-chosen" cx={plot.xOf(point.bytes / 1000)} cy={plot.yOf(point.msSsim)} r="7.5" />
        );
      })}
    </svg>
  );
}

function RdLine({ side, line }: { readonly side: Side; readonly line: readonly { readonly x: number; readonly y: number }[] }): ReactNode {
  return (
    <g className={`rd-line arm-stroke-${side}`}>
      <path d={lineThrough(line)} />
      {line.map(({ x, y }) =>
        side === "a" ? (
          <circle key={`${x} ${y}`} className="rd-mark-a" cx={x} cy={y} r="3.5" />
        ) : (
          <rect key={`${x} ${y}`} className="rd-mark-b" x={x - MARK_PX} y={y - MARK_PX} width={2 * MARK_PX} height={2 * MARK_PX} />
        ),
      )}
    </g>
  );
}

function RdLabel({ name, end, x, y, names }: {
  readonly name: string;
  readonly end: { readonly x: number; readonly y: number } | undefined;
  readonly x: number;
  readonly y: number;
  readonly names: Readonly<Record<Side, string>>;
}): ReactNode {
  if (end === undefined) return null;
  const isSide = name === "a" || name === "b";
  const text = isSide ? `${name.toUpperCase()} ${names[name]}` : REFERENCE_NAMES[name === "webp" ? "webp" : "jpeg"];
  return (
    <>
      {x - end.x > 14 || Math.abs(y - end.y) > 3 ? <path className="rd-leader" d={`M${end.x + 6} ${end.y}L${x - 4} ${y}`} /> : null}
      <text className={isSide ? `rd-label arm-text-${name}` : "chart-note"} x={x} y={y + 4}>
        {text.length > 9 ? `${text.slice(0, 8)}…` : text}
      </text>
    </>
  );
}

function RdTable({ summary, names }: Pick<RateDistortionProps, "summary" | "names">): ReactNode {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Version</th>
          {["Level", "Bytes", "Ratio", "MS-SSIM", "PSNR"].map((name) => (
            <th key={name} scope="col" className="numeric">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {SIDES.flatMap((side) =>
          summary.curves[side].map((point) => (
            <tr key={`${side} ${point.level}`}>
              <td className="mono">{names[side]}</td>
              <td className="numeric">{point.level}</td>
              <td className="numeric">{formatBytes(point.bytes)}</td>
              <td className="numeric">{formatNumber(point.ratio, 1)}</td>
              <td className="numeric">{formatNumber(point.msSsim, 4)}</td>
              <td className="numeric">{point.psnrDb === null ? "equal" : `${formatNumber(point.psnrDb, 1)} dB`}</td>
            </tr>
          )),
        )}
        {summary.references.flatMap(({ codec, points }) =>
          points.map((point) => (
            <tr key={`${codec} ${point.quality}`}>
              <td>{REFERENCE_NAMES[codec]}</td>
              <td className="numeric">{point.quality}</td>
              <td className="numeric">{formatBytes(point.bytes)}</td>
              <td className="numeric note">none</td>
              <td className="numeric">{formatNumber(point.msSsim, 4)}</td>
              <td className="numeric note">none</td>
            </tr>
          )),
        )}
      </tbody>
    </table>
  );
}
