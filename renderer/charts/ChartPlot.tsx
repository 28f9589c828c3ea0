import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";
import type { Series } from "../../shared/contract/channels";
import type { Metric } from "../../shared/fleet/sample";
import type { ClockKind } from "../format/time";
import { rowNear, stepFrom, type ChartRow, type Limit } from "./chart-rows";
import type { ChartControl, TimeSpan } from "./chart-view";
import { ChartLine } from "./ChartLine";
import { ChartBaseline, ChartClock, ChartGaps, ChartMarks } from "./ChartMarks";
import type { BaselineBand } from "./metric-words";
import { plotFrame } from "./plot-frame";
import type { Scale } from "./scales";
import { useSize } from "./use-size";
import { useWheel } from "./use-wheel";

/** A drag shorter than this is a click, px. */
const DRAG_PX = 5;
/** One notch of the wheel. */
const WHEEL_FACTOR = 1.25;
/** Samples of a Page Up or Page Down. */
const PAGE_SAMPLES = 10;
/** Share of the view that Shift and an arrow move it by. */
const MOVE_SHARE = 0.25;

/** The plot's properties. */
export interface ChartPlotProps {
  readonly metric: Metric;
  readonly rows: readonly ChartRow[];
  readonly marks: Pick<Series, "gaps" | "changes">;
  readonly span: TimeSpan;
  readonly scale: Scale;
  readonly limit: Limit | null;
  readonly baseline: BaselineBand | null;
  readonly hasOffending: boolean;
  readonly cursor: { readonly atMs: number; readonly row: ChartRow | null } | null;
  readonly clock: ClockKind;
  readonly label: string;
  /** What the cursor reads, for screen readers. */
  readonly valueText: string;
  /** Id of the sentences that say what is drawn. */
  readonly summaryId: string;
  readonly control: ChartControl;
}

/**
 * The picture of a chart, and what hand and keys do to it. For assistive technology it is a slider over
 * the samples: arrow keys step, and each step is said with its time and value.
 */
export function ChartPlot(props: ChartPlotProps): ReactNode {
  const { span, scale, rows, marks, cursor, control } = props;
  const [sizeRef, size] = useSize();
  const [dragFromMs, setDragFromMs] = useState<number | null>(null);
  const [dragToMs, setDragToMs] = useState<number | null>(null);
  const plotRef = useRef<HTMLDivElement>(null);
  const frame = size === null ? null : plotFrame(size, span, scale);
  useWheel(plotRef, ({ isDown, clientX }) => {
    if (frame !== null) control.zoom(isDown ? WHEEL_FACTOR : 1 / WHEEL_FACTOR, frame.msAt(xIn(plotRef.current, clientX)));
  });

  const msOf = (event: PointerEvent): number => frame?.msAt(xIn(plotRef.current, event.clientX)) ?? span.toMs;
  const onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0 || frame === null) return;
    plotRef.current?.setPointerCapture(event.pointerId);
    setDragFromMs(msOf(event));
    setDragToMs(null);
  };
  const onPointerMove = (event: PointerEvent): void => {
    const atMs = msOf(event);
    if (dragFromMs !== null && frame !== null && Math.abs(frame.xOf(atMs) - frame.xOf(dragFromMs)) >= DRAG_PX) {
      setDragToMs(atMs);
    }
    control.pointAt(rowNear(rows, atMs, marks.gaps)?.atMs ?? atMs);
  };
  const onPointerUp = (event: PointerEvent): void => {
    if (dragFromMs !== null && dragToMs !== null) control.select(ordered(dragFromMs, msOf(event)));
    setDragFromMs(null);
    setDragToMs(null);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.shiftKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      control.move(event.key === "ArrowLeft" ? -MOVE_SHARE : MOVE_SHARE);
    } else if (event.key === "Escape" && cursor !== null) {
      control.pointAt(null);
    } else {
      const inside = rows.filter((row) => row.atMs >= span.fromMs && row.atMs <= span.toMs);
      const atMs = stepOfKey(event.key, inside, cursor?.atMs ?? null);
      if (atMs === undefined) return;
      control.pointAt(atMs);
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      ref={plotRef}
      className="chart-plot"
      role="slider"
      tabIndex={0}
      aria-label={`${props.label}, cursor`}
      aria-describedby={props.summaryId}
      aria-valuemin={span.fromMs}
      aria-valuemax={span.toMs}
      aria-valuenow={cursor?.atMs ?? span.toMs}
      aria-valuetext={props.valueText}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={onPointerUp}
      onPointerLeave={() => control.pointAt(null)}
      onDoubleClick={() => control.reset()}
      onKeyDown={onKeyDown}
    >
      <div ref={sizeRef} className="chart-box">
        {size === null || frame === null || size.width < 80 || size.height < 60 ? null : (
          <>
            <ChartBaseline frame={frame} size={size} baseline={props.baseline} />
            <ChartGaps frame={frame} size={size} gaps={marks.gaps} />
            <ChartLine
              rows={rows}
              size={size}
              span={span}
              scale={scale}
              hasOffending={props.hasOffending}
            />
            <ChartClock frame={frame} size={size} span={span} clock={props.clock} />
            <ChartMarks
              frame={frame}
              size={size}
              metric={props.metric}
              limit={props.limit}
              baseline={props.baseline}
              changes={marks.changes}
              cursor={cursor}
              selection={dragFromMs === null || dragToMs === null ? null : ordered(dragFromMs, dragToMs)}
            />
          </>
        )}
      </div>
    </div>
  );
}

function stepOfKey(key: string, rows: readonly ChartRow[], cursorMs: number | null): number | null | undefined {
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return stepFrom(rows, cursorMs, -1);
    case "ArrowRight":
    case "ArrowUp":
      return stepFrom(rows, cursorMs, 1);
    case "PageUp":
      return stepFrom(rows, cursorMs, -PAGE_SAMPLES);
    case "PageDown":
      return stepFrom(rows, cursorMs, PAGE_SAMPLES);
    case "Home":
      return stepFrom(rows, null, 1);
    case "End":
      return stepFrom(rows, null, -1);
    default:
      return undefined;
  }
}

function xIn(element: HTMLElement | null, clientX: number): number {
  return element === null ? 0 : clientX - element.getBoundingClientRect().left;
}

function ordered(one: number, other: number): TimeSpan {
  return { fromMs: Math.min(one, other), toMs: Math.max(one, other) };
}
