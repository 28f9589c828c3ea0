import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";
import type { TimelineView } from "../../../shared/contract/timeline";
import { LANES } from "../../../shared/timeline/lanes";
import { useSize } from "../../charts/use-size";
import { useWheel } from "../../charts/use-wheel";
import { Glyph } from "../../design";
import { formatClock } from "../../format/time";
import { glyphOfEvent, hueOfEvent } from "../../judging/event-glyphs";
import { selectRange, useSelectedRange, type SelectedRange } from "../../state/selected-range";
import { useFleet, useSettings } from "../../state/store";
import { askWhatRan, lookAt, useDesk } from "./desk";
import { axisTimes, marksOf, movedSpan, rangeBetween, zoomedSpan, type Mark } from "./timeline-scale";
import { dayText, instantText, LANE_WORDS, shortId } from "./words";

const LABEL_PX = 130;
const NODE_PX = 26;
const LANE_PX = 28;
const AXIS_PX = 24;
const AIR_PX = 10;
const RIGHT_PX = 24;
const DAY_MS = 86_400_000;
/** A drag shorter than this is a click, px. */
const LEAST_DRAG_PX = 5;
/** Steps of the cursor across the chart. */
const KEY_STEPS = 120;
/** Beyond so many nodes the lanes and the clock stand above them: below they would be scrolled out of sight. */
const MANY_NODES = 10;

/** Where the cursor of the keyboard is: an instant, and a node's row. */
interface Cursor {
  readonly atMs: number;
  readonly row: number;
}

/**
 * Bars of versions by node, lanes of events, one axis. Drag sets a range, a click on a bar asks what ran there, the
 * wheel zooms; with keys: arrows move the cursor, with Shift they set a range, Enter asks, + and − zoom, [ and ] move.
 */
export function TimelineChart({ view, range, nowMs }: { readonly view: TimelineView; readonly range: SelectedRange; readonly nowMs: number }): ReactNode {
  const [measure, size] = useSize();
  return (
    <div className="timeline-scroll" ref={measure}>
      {size === null ? null : <Chart view={view} range={range} nowMs={nowMs} width={size.width} />}
    </div>
  );
}

function Chart({ view, range, nowMs, width }: { readonly view: TimelineView; readonly range: SelectedRange; readonly nowMs: number; readonly width: number }): ReactNode {
  const span = useDesk((desk) => desk.span);
  const shownLanes = useDesk((desk) => desk.lanes);
  const { clock } = useSettings();
  const selected = useSelectedRange();
  const frame = useRef<HTMLDivElement>(null);
  const dragFrom = useRef<{ readonly atMs: number; readonly x: number } | null>(null);
  const [dragTo, setDragTo] = useState<number | null>(null);
  const [cursor, setCursor] = useState<Cursor | null>(null);
  const anchor = useRef<number | null>(null);
  const { nodes } = view;
  const lanes = LANES.filter((lane) => shownLanes.includes(lane));
  const plotPx = Math.max(100, width - LABEL_PX - RIGHT_PX);
  const msPerPx = (range.toMs - range.fromMs) / plotPx;
  const x = (atMs: number): number => LABEL_PX + (atMs - range.fromMs) / msPerPx;
  const atX = (px: number): number => Math.min(range.toMs, Math.max(range.fromMs, range.fromMs + (px - LABEL_PX) * msPerPx));
  const isMany = nodes.length > MANY_NODES;
  const top = isMany ? AXIS_PX : 0;
  const nodesTop = isMany ? top + lanes.length * LANE_PX + AIR_PX : 0;
  const lanesTop = isMany ? top : nodes.length * NODE_PX + AIR_PX;
  const plotHeight = top + nodes.length * NODE_PX + AIR_PX + lanes.length * LANE_PX;
  const marks = marksOf(view.events, x).filter(({ lane, x: at }) => shownLanes.includes(lane) && at >= LABEL_PX && at <= LABEL_PX + plotPx);

  useWheel(frame, ({ isDown, clientX }) => {
    const left = frame.current?.getBoundingClientRect().left ?? 0;
    lookAt(zoomedSpan(span, isDown ? 1.25 : 0.8, atX(clientX - left), nowMs));
  });
  const pxOf = (event: PointerEvent<HTMLElement>): number => event.clientX - event.currentTarget.getBoundingClientRect().left;
  const finishDrag = (event: PointerEvent<HTMLElement>): void => {
    const from = dragFrom.current;
    dragFrom.current = null;
    setDragTo(null);
    if (from === null) return;
    const atMs = atX(pxOf(event));
    const chosen = rangeBetween(from.atMs, atMs, LEAST_DRAG_PX * msPerPx);
    if (chosen !== null) return selectRange(chosen);
    const row = Math.floor((event.clientY - event.currentTarget.getBoundingClientRect().top - nodesTop) / NODE_PX);
    const node = nodes[row];
    setCursor({ atMs, row: node === undefined ? 0 : row });
    if (node !== undefined) void askWhatRan(node.nodeId, atMs);
  };
  const onKey = (event: KeyboardEvent<HTMLElement>): void => {
    const now = cursor ?? { atMs: range.toMs, row: 0 };
    const move = (steps: number): void => {
      const atMs = Math.min(range.toMs, Math.max(range.fromMs, now.atMs + (steps * (range.toMs - range.fromMs)) / KEY_STEPS));
      if (event.shiftKey) {
        anchor.current ??= now.atMs;
        selectRange(rangeBetween(anchor.current, atMs, 1));
      } else anchor.current = null;
      setCursor({ ...now, atMs });
    };
    const acts: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => move(-1),
      ArrowRight: () => move(1),
      ArrowUp: () => setCursor({ ...now, row: Math.max(0, now.row - 1) }),
      ArrowDown: () => setCursor({ ...now, row: Math.min(nodes.length - 1, now.row + 1) }),
      Enter: () => {
        const node = nodes[now.row];
        if (node !== undefined) void askWhatRan(node.nodeId, now.atMs);
      },
      "+": () => lookAt(zoomedSpan(span, 0.5, now.atMs, nowMs)),
      "=": () => lookAt(zoomedSpan(span, 0.5, now.atMs, nowMs)),
      "-": () => lookAt(zoomedSpan(span, 2, now.atMs, nowMs)),
      "[": () => lookAt(movedSpan(span, -0.5, nowMs)),
      "]": () => lookAt(movedSpan(span, 0.5, nowMs)),
      Escape: () => selectRange(null),
    };
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  const dragged = dragTo === null || dragFrom.current === null ? null : rangeBetween(dragFrom.current.atMs, dragTo, 0);
  const shade = dragged ?? selected;
  return (
    <div
      className="timeline-chart"
      ref={frame}
      role="application"
      tabIndex={0}
      aria-label={`Timeline of ${nodes.length} nodes. Arrow keys move the cursor, Shift and arrows set the range of every chart, Enter asks what ran there, plus and minus zoom, brackets move.`}
      onKeyDown={onKey}
      onPointerDown={(event) => {
        if (event.button !== 0 || pxOf(event) < LABEL_PX) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        dragFrom.current = { atMs: atX(pxOf(event)), x: pxOf(event) };
      }}
      onPointerMove={(event) => {
        const from = dragFrom.current;
        if (from !== null && Math.abs(pxOf(event) - from.x) >= LEAST_DRAG_PX) setDragTo(atX(pxOf(event)));
      }}
      onPointerUp={finishDrag}
      onPointerCancel={() => {
        dragFrom.current = null;
        setDragTo(null);
      }}
    >
      <svg width={width} height={plotHeight + AXIS_PX} aria-hidden="true">
        <Axis range={range} x={x} plotPx={plotPx} top={top} plotHeight={plotHeight} />
        {nodes.map((node, row) => (
          <NodeBars key={node.nodeId} node={node} y={nodesTop + row * NODE_PX} x={x} range={range} isAt={cursor?.row === row} />
        ))}
        {lanes.map((lane, index) => (
          <g key={lane} transform={`translate(0 ${lanesTop + index * LANE_PX})`}>
            <text className="timeline-label" x={4} y={LANE_PX / 2 + 4}>
              {LANE_WORDS[lane]}
            </text>
            <line className="timeline-rail" x1={LABEL_PX} x2={LABEL_PX + plotPx} y1={LANE_PX / 2} y2={LANE_PX / 2} />
            {view.isComplete ? null : <Counts view={view} lane={lane} x={x} />}
          </g>
        ))}
        {shade === null ? null : (
          <rect className="timeline-shade" x={x(Math.max(shade.fromMs, range.fromMs))} width={Math.max(0, x(Math.min(shade.toMs, range.toMs)) - x(Math.max(shade.fromMs, range.fromMs)))} y={0} height={plotHeight} />
        )}
        {nowMs < range.fromMs || nowMs > range.toMs ? null : (
          <>
            <line className="timeline-now" x1={x(nowMs)} x2={x(nowMs)} y1={0} y2={plotHeight} />
            <text className="timeline-tick" x={x(nowMs) + 4} y={top + 10}>
              now
            </text>
          </>
        )}
        {cursor === null || cursor.atMs < range.fromMs || cursor.atMs > range.toMs ? null : <line className="timeline-cursor" x1={x(cursor.atMs)} x2={x(cursor.atMs)} y1={0} y2={plotHeight} />}
      </svg>
      {marks.map((mark) => (
        <MarkShape key={`${mark.lane} ${mark.event.id}`} mark={mark} y={lanesTop + lanes.indexOf(mark.lane) * LANE_PX} />
      ))}
      <output className="visually-hidden" aria-live="polite">
        {cursor === null ? "" : `${nodes[cursor.row]?.nodeId ?? ""}, ${instantText(cursor.atMs, clock, nowMs)}`}
      </output>
      {view.isComplete ? null : <p className="note timeline-counted">The newest {view.events.length} events are drawn; bars count the others. Zoom in to see each.</p>}
    </div>
  );
}

type Scale = (atMs: number) => number;

function Axis({ range, x, plotPx, top, plotHeight }: { readonly range: SelectedRange; readonly x: Scale; readonly plotPx: number; readonly top: number; readonly plotHeight: number }): ReactNode {
  const { clock } = useSettings();
  const offsetMs = clock === "utc" ? 0 : -60_000 * new Date(range.toMs).getTimezoneOffset();
  const { atMs, stepMs } = axisTimes(range, Math.max(2, Math.floor(plotPx / 110)), offsetMs);
  return atMs.map((at) => (
    <g key={at}>
      <line className="timeline-grid" x1={x(at)} x2={x(at)} y1={top} y2={plotHeight} />
      <text className="timeline-tick" x={x(at)} y={top > 0 ? top - 8 : plotHeight + 16} textAnchor="middle">
        {stepMs >= DAY_MS ? dayText(at, clock) : `${range.toMs - range.fromMs > DAY_MS ? `${dayText(at, clock)} ` : ""}${formatClock(at, clock).slice(0, stepMs < 60_000 ? 8 : 5)}`}
      </text>
    </g>
  ));
}

function NodeBars(props: {
  readonly node: TimelineView["nodes"][number];
  readonly y: number;
  readonly x: Scale;
  readonly range: SelectedRange;
  readonly isAt: boolean;
}): ReactNode {
  const { node, y, x, range, isAt } = props;
  const drills = useFleet(({ fleet }) => [...(fleet?.nodes.get(node.nodeId)?.history ?? [])].flatMap(({ version, drill }) => (drill && version !== null ? [version] : [])).join(" "));
  const quarantined = useFleet(({ fleet }) => (fleet?.nodes.get(node.nodeId)?.guard?.quarantined ?? []).join(" "));
  const box = (fromMs: number, toMs: number | null): { readonly left: number; readonly width: number } => {
    const left = x(Math.max(fromMs, range.fromMs));
    return { left, width: x(Math.min(toMs ?? range.toMs, range.toMs)) - left };
  };
  return (
    <g transform={`translate(0 ${y})`}>
      <text className="timeline-node" data-at={isAt ? "" : undefined} x={4} y={NODE_PX / 2 + 4}>
        {shortId(node.nodeId)}
        <title>{node.nodeId}</title>
      </text>
      {node.spans.map((span) => {
        const { left, width } = box(span.fromMs, span.toMs);
        if (width <= 0) return null;
        const silentAt = node.silent.find(({ fromMs }) => fromMs >= span.fromMs && (span.toMs === null || fromMs < span.toMs));
        const roomPx = Math.min(width, silentAt === undefined ? width : x(silentAt.fromMs) - left);
        const isBad = span.version !== null && (drills.split(" ").includes(span.version) || quarantined.split(" ").includes(span.version));
        return (
          <g key={`${span.fromMs} ${span.version ?? ""}`}>
            <rect className="timeline-bar" data-bad={isBad ? "" : undefined} x={left} y={6} width={width} height={14} rx={2} />
            {roomPx < 44 ? null : (
              <text className="timeline-version" x={left + 6} y={17}>
                {(span.version ?? "not reported").slice(0, Math.max(4, Math.floor((roomPx - 10) / 7)))}
              </text>
            )}
          </g>
        );
      })}
      {node.silent.map((gap) => {
        const { left, width } = box(gap.fromMs, gap.toMs);
        return width <= 0 ? null : (
          <g key={gap.fromMs}>
            <rect className="timeline-silent" x={left} y={6} width={width} height={14} />
            {width < 60 ? null : (
              <text className="timeline-version" x={left + 8} y={17}>
                no data
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}

/** Bars of the counts of a lane, by the logarithm: one event is seen beside a thousand. */
function Counts({ view, lane, x }: { readonly view: TimelineView; readonly lane: (typeof LANES)[number]; readonly x: Scale }): ReactNode {
  const most = Math.max(1, ...view.counts.map(({ count }) => count));
  return view.counts
    .filter((each) => each.lane === lane)
    .map(({ bucket, count }) => {
      const fromMs = view.fromMs + bucket * view.bucketMs;
      const height = 4 + (16 * Math.log1p(count)) / Math.log1p(most);
      return <rect key={bucket} className="timeline-count" x={x(fromMs)} width={Math.max(1, x(fromMs + view.bucketMs) - x(fromMs) - 1)} y={LANE_PX / 2 - height / 2} height={height} />;
    });
}

function MarkShape({ mark: { event, count, x }, y }: { readonly mark: Mark; readonly y: number }): ReactNode {
  const { clock } = useSettings();
  const glyph = glyphOfEvent(event);
  const title = `${formatClock(event.tMs, clock)} ${event.nodeId ?? ""} ${event.sentence}${count > 1 ? ` (and ${count - 1} more)` : ""}`;
  return (
    <span className={`timeline-mark ${hueOfEvent(glyph)}`} style={{ left: x - 7, top: y + LANE_PX / 2 - 7 }} title={title} aria-hidden="true">
      <Glyph name={glyph} />
      {count > 1 ? <span className="timeline-mark-count">{count > 99 ? "99+" : count}</span> : null}
    </span>
  );
}
