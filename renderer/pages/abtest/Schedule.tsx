import type { ReactNode } from "react";
import type { AbTestPlannedBlock, AbTestPreview } from "../../../shared/contract/abtest";
import { hatchPath } from "../../charts/hatch";
import { useSize } from "../../charts/use-size";
import { Tag, type ArmSide } from "../../design";
import { useDesk } from "./desk";
import { armIn, elapsedText, elapsedTicks, isExchanged, lengthText, stretchesOf, type Stretch } from "./block-times";

const ROW_PX = 22;
const ROW_STEP_PX = 31;
const TOP_PX = 24;
const BOTTOM_PX = 22;
/** So many nodes are drawn; the others of an arm do the same. */
const MOST_ROWS = 6;
/** Px that a letter and the words of a marker need. */
const LETTER_PX = 13;
const MARK_WORDS_PX = 170;
/** Px of a character of a node's id. */
const CHARACTER_PX = 7.3;

interface Row {
  readonly nodeId: string;
  readonly lane: ArmSide;
}

/** Which node runs what when, up to the first verdict. Predicted: which version begins is drawn at the start. */
export function Schedule({ preview }: { readonly preview: AbTestPreview }): ReactNode {
  const { nodesA, nodesB } = useDesk((desk) => desk.form);
  const [sizeRef, size] = useSize();
  const all: readonly Row[] = [...nodesA.map((nodeId) => ({ nodeId, lane: "a" as const })), ...nodesB.map((nodeId) => ({ nodeId, lane: "b" as const }))];
  const rows = all.length <= MOST_ROWS ? all : [...all.filter(({ lane }) => lane === "a").slice(0, 3), ...all.filter(({ lane }) => lane === "b").slice(0, 3)];
  const height = TOP_PX + rows.length * ROW_STEP_PX + BOTTOM_PX;
  return (
    <div className="ab-schedule">
      <div className="ab-part-head">
        <h3 className="note">Schedule</h3>
        <Tag name="PREDICTED" />
        {preview.schedule.some(({ fromMs, washedOutMs }) => washedOutMs > fromMs) ? (
          <span className="note ab-key">
            <span className="ab-key-hatch" aria-hidden="true" /> wash-out, not counted
          </span>
        ) : null}
      </div>
      <p className="visually-hidden">{scheduleSentence(preview)}</p>
      <div ref={sizeRef} className="ab-schedule-plot" aria-hidden="true" style={{ height }}>
        {size === null || size.width < 200 ? null : <Picture preview={preview} rows={rows} width={size.width} height={height} />}
      </div>
      {rows.length < all.length ? <p className="note">{all.length - rows.length} more nodes, each as the others of its arm.</p> : null}
    </div>
  );
}

function scheduleSentence({ schedule, firstVerdictMs }: AbTestPreview): string {
  const [first] = schedule;
  if (first === undefined) return "";
  const order = schedule.slice(0, 4).map((block) => armIn(block, "a").toUpperCase()).join(", ");
  const verdict = firstVerdictMs === null ? "" : ` The first verdict is possible after ${lengthText(firstVerdictMs)}.`;
  return `Blocks of ${lengthText(first.toMs - first.fromMs)}. The first arm’s nodes run ${order} and so on, the other arm’s nodes the other version.${verdict}`;
}

function Picture(props: { readonly preview: AbTestPreview; readonly rows: readonly Row[]; readonly width: number; readonly height: number }): ReactNode {
  const { preview, rows, width, height } = props;
  const longest = rows.reduce((most, { nodeId }) => Math.max(most, nodeId.length), 0);
  const left = Math.min(width * 0.28, longest * CHARACTER_PX + 12);
  const toMs = preview.schedule.at(-1)?.toMs ?? 1;
  const x = (ms: number): number => left + (ms / toMs) * (width - left - 2);
  const bottom = TOP_PX + rows.length * ROW_STEP_PX - (ROW_STEP_PX - ROW_PX);
  const first = preview.firstVerdictMs;
  const ticks = elapsedTicks(toMs, Math.max(2, Math.floor((width - left) / 90)));
  return (
    <svg className="chart-layer ab-svg" width={width} height={height} focusable="false">
      {rows.map(({ nodeId, lane }, index) => (
        <g key={nodeId}>
          <text className="chart-label mono" x={0} y={TOP_PX + index * ROW_STEP_PX + 15}>
            {shortId(nodeId, left)}
          </text>
          {stretchesOf(preview.schedule, lane).map((stretch) => (
            <Cell key={stretch.fromMs} stretch={stretch} x={x} y={TOP_PX + index * ROW_STEP_PX} />
          ))}
        </g>
      ))}
      <PairBracket schedule={preview.schedule} x={x} hasRoom={(first === null ? width : x(first)) - left > MARK_WORDS_PX * 2 + 20} />
      {first === null ? null : (
        <>
          <path className="ab-mark" d={`M${x(first)} ${TOP_PX - 14}V${bottom}`} />
          <text className="chart-version ab-mark-words" x={x(first) - 6} y={TOP_PX - 8} textAnchor="end">
            first verdict possible
          </text>
        </>
      )}
      {ticks.map((ms, index) => (
        <text key={ms} className="chart-note" x={x(ms)} y={bottom + 18} textAnchor={index === 0 ? "start" : x(ms) > width - 24 ? "end" : "middle"}>
          {elapsedText(ms)}
        </text>
      ))}
    </svg>
  );
}

function shortId(nodeId: string, width: number): string {
  const most = Math.max(4, Math.floor((width - 12) / CHARACTER_PX));
  return nodeId.length <= most ? nodeId : `${nodeId.slice(0, most - 1)}…`;
}

function Cell({ stretch, x, y }: { readonly stretch: Stretch; readonly x: (ms: number) => number; readonly y: number }): ReactNode {
  const { arm, phase, fromMs, washedOutMs, toMs } = stretch;
  const [from, to] = [x(fromMs), x(toMs)];
  const word = phase === "calibration" ? "common version" : arm.toUpperCase();
  const needed = phase === "calibration" ? 90 : LETTER_PX;
  return (
    <>
      <rect className={`ab-cell ab-cell-${arm}`} x={from} y={y} width={Math.max(1, to - from - 1)} height={ROW_PX} />
      {washedOutMs > fromMs ? <path className="ab-hatch" d={hatchPath(from, y, x(washedOutMs), y + ROW_PX)} /> : null}
      {to - x(washedOutMs) < needed ? null : (
        <text className={`ab-cell-word arm-text-${arm}`} x={(x(washedOutMs) + to) / 2} y={y + 15} textAnchor="middle">
          {word}
        </text>
      )}
    </>
  );
}

function PairBracket({ schedule, x, hasRoom }: { readonly schedule: readonly AbTestPlannedBlock[]; readonly x: (ms: number) => number; readonly hasRoom: boolean }): ReactNode {
  const [one, two] = schedule.filter(({ phase }) => phase === "test");
  if (!hasRoom || one === undefined || two === undefined || !isExchanged(schedule)) return null;
  const [from, to] = [x(one.fromMs), x(two.toMs)];
  return (
    <>
      <path className="ab-mark ab-mark-solid" d={`M${from + 0.5} ${TOP_PX - 14}v6m0 -3H${to - 1}m0 -3v6`} />
      <text className="chart-note" x={to + 6} y={TOP_PX - 7}>
        one pair, {lengthText(two.toMs - one.fromMs)}
      </text>
    </>
  );
}
