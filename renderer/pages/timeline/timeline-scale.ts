import type { EventView } from "../../../shared/contract/snapshot";
import { LANES, laneOf, type Lane } from "../../../shared/timeline/lanes";
import { weightOf } from "../../judging/event-weight";
import type { SelectedRange } from "../../state/selected-range";

/** What of time is looked at. `endMs` null follows now. */
export interface TimelineSpan {
  readonly lengthMs: number;
  readonly endMs: number | null;
}

/** The lengths that are offered, ms. It opens on the first: what just happened has room there. */
export const LENGTHS = [
  { lengthMs: 600_000, label: "10 min" },
  { lengthMs: 1_800_000, label: "30 min" },
  { lengthMs: 21_600_000, label: "6 h" },
  { lengthMs: 86_400_000, label: "24 h" },
  { lengthMs: 604_800_000, label: "7 days" },
] as const;

const SHORTEST_MS = 10_000;
const LONGEST_MS = 366 * 86_400_000;

/** Both ends of what is looked at, Unix ms. */
export function endsOf({ lengthMs, endMs }: TimelineSpan, nowMs: number): SelectedRange {
  const toMs = endMs ?? nowMs;
  return { fromMs: toMs - lengthMs, toMs };
}

/** Zooms by a factor (below 1: closer) and keeps `aroundMs` where it is. One that ends now goes on following. */
export function zoomedSpan(span: TimelineSpan, factor: number, aroundMs: number, nowMs: number): TimelineSpan {
  const { fromMs } = endsOf(span, nowMs);
  const lengthMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, span.lengthMs * factor));
  const share = (aroundMs - fromMs) / span.lengthMs;
  const toMs = aroundMs + (1 - share) * lengthMs;
  return { lengthMs, endMs: toMs >= nowMs ? null : toMs };
}

/** Moves by a share of the length (negative: to older); at now it follows. */
export function movedSpan(span: TimelineSpan, share: number, nowMs: number): TimelineSpan {
  const toMs = endsOf(span, nowMs).toMs + share * span.lengthMs;
  return { ...span, endMs: toMs >= nowMs ? null : toMs };
}

/** The stretch between two instants, whichever came first; null where they are too close to be meant. */
export function rangeBetween(oneMs: number, otherMs: number, leastMs: number): SelectedRange | null {
  const [fromMs, toMs] = oneMs < otherMs ? [oneMs, otherMs] : [otherMs, oneMs];
  return toMs - fromMs < leastMs ? null : { fromMs, toMs };
}

/** Events that lie so close together that one shape stands for them. */
export interface Mark {
  readonly lane: Lane;
  /** Where its shape stands, px. */
  readonly x: number;
  /** The one whose shape is drawn: the newest of those that a person has to see most. */
  readonly event: EventView;
  readonly count: number;
}

/** Width of a shape with its air, and of one with its count, px. */
const MARK_PX = 16;
const COUNTED_PX = 32;

/**
 * Puts events on their lanes; those of a lane within the width of a shape become one mark with a count. A verdict that
 * fails is seen among twenty that pass.
 */
export function marksOf(events: readonly EventView[], x: (atMs: number) => number): readonly Mark[] {
  const byLane = new Map<Lane, Mark[]>(LANES.map((lane) => [lane, []]));
  for (const event of [...events].sort((left, right) => left.tMs - right.tMs || left.id - right.id)) {
    const lane = laneOf(event.event);
    const marks = byLane.get(lane) ?? [];
    const at = x(event.tMs);
    const last = marks.at(-1);
    if (last !== undefined && at - last.x < (last.count > 1 ? COUNTED_PX : MARK_PX)) marks[marks.length - 1] = { ...last, event: weightOf(event) >= weightOf(last.event) ? event : last.event, count: last.count + 1 };
    else marks.push({ lane, x: at, event, count: 1 });
  }
  return [...byLane.values()].flat();
}

const STEPS_MS = [
  1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000,
  86_400_000, 172_800_000, 604_800_000, 2_592_000_000,
] as const;

/** Round times of the axis, at most `atMost`, on the clock that is shown. `offsetMs`: of the local clock from UTC. */
export function axisTimes({ fromMs, toMs }: SelectedRange, atMost: number, offsetMs: number): { readonly atMs: readonly number[]; readonly stepMs: number } {
  const stepMs = STEPS_MS.find((step) => (toMs - fromMs) / step <= atMost) ?? 7_776_000_000;
  const atMs: number[] = [];
  for (let at = Math.ceil((fromMs + offsetMs) / stepMs) * stepMs - offsetMs; at <= toMs; at += stepMs) atMs.push(at);
  return { atMs, stepMs };
}
