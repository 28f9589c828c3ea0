import type { LatestValues } from "../../../shared/contract/snapshot";
import { moved, spanOf, viewOf, zoomed, type ChartView, type TimeSpan } from "../../charts/chart-view";

/** The ranges that a node page offers, ms. Beyond ten minutes they come from the history. */
export const RANGES_MS = [60_000, 600_000, 3_600_000, 86_400_000, 604_800_000] as const;

/** What the engine holds in memory: at least this much of the newest samples, ms. */
export const IN_MEMORY_MS = 600_000;

/** What the four charts of a node show together. */
export interface ChartsState {
  readonly rangeMs: number;
  readonly view: ChartView;
  /** Since when the picture is frozen, Unix ms; null while it follows. */
  readonly pausedAtMs: number | null;
  /** The values in the headers while paused. */
  readonly pausedValues: LatestValues | null;
  readonly cursorMs: number | null;
  /** Counts up whenever the value axes are fitted anew. */
  readonly scaleEpoch: number;
}

/** What can be done to the charts. `newestMs` is the newest tick's time; zooming `aroundMs` null follows. */
export type ChartsAction =
  | { readonly type: "range"; readonly rangeMs: number }
  | { readonly type: "custom"; readonly span: TimeSpan; readonly newestMs: number }
  | { readonly type: "pause"; readonly newestMs: number; readonly values: LatestValues | null }
  | { readonly type: "resume" }
  | { readonly type: "point"; readonly atMs: number | null }
  | { readonly type: "select"; readonly span: TimeSpan; readonly newestMs: number }
  | { readonly type: "zoom"; readonly factor: number; readonly aroundMs: number | null | "cursor"; readonly newestMs: number }
  | { readonly type: "move"; readonly share: number; readonly newestMs: number }
  | { readonly type: "reset" };

/** How a node page opens: on the newest minute, which is full soon after a start, or on the window's range, with the cursor on a moment. */
export function openedCharts(selected: { readonly span: TimeSpan; readonly newestMs: number; readonly atMs: number | null } | null = null): ChartsState {
  if (selected !== null) return { ...changeCharts(openedCharts(), { type: "custom", ...selected }), scaleEpoch: 0, cursorMs: selected.atMs };
  const rangeMs = RANGES_MS[0];
  return {
    rangeMs,
    view: { spanMs: rangeMs, endMs: null },
    pausedAtMs: null,
    pausedValues: null,
    cursorMs: null,
    scaleEpoch: 0,
  };
}

/** The charts after an action. */
export function changeCharts(state: ChartsState, action: ChartsAction): ChartsState {
  switch (action.type) {
    case "range":
      return { ...state, rangeMs: action.rangeMs, view: { spanMs: action.rangeMs, endMs: null } };
    case "custom": {
      // The whole range reaches back to it, so that one can zoom out of it again.
      const rangeMs = Math.max(RANGES_MS[0], action.newestMs - action.span.fromMs + 1);
      return { ...state, rangeMs, view: viewOf(action.span, { rangeMs, newestMs: action.newestMs }), scaleEpoch: state.scaleEpoch + 1 };
    }
    case "pause":
      return { ...state, pausedAtMs: action.newestMs, pausedValues: action.values };
    case "resume":
      return { ...state, pausedAtMs: null, pausedValues: null };
    case "point":
      return state.cursorMs === action.atMs ? state : { ...state, cursorMs: action.atMs };
    case "select":
      return { ...state, view: viewOf(action.span, boundsOf(state, action.newestMs)) };
    case "zoom": {
      const aroundMs = action.aroundMs === "cursor" ? state.cursorMs : action.aroundMs;
      return { ...state, view: zoomed(state.view, action.factor, aroundMs, boundsOf(state, action.newestMs)) };
    }
    case "move":
      return { ...state, view: moved(state.view, action.share, boundsOf(state, action.newestMs)) };
    case "reset":
      return { ...state, view: { spanMs: state.rangeMs, endMs: null }, scaleEpoch: state.scaleEpoch + 1 };
  }
}

function boundsOf(state: ChartsState, newestMs: number): { readonly rangeMs: number; readonly newestMs: number } {
  return { rangeMs: state.rangeMs, newestMs: state.pausedAtMs ?? newestMs };
}

/** The range one step shorter (-1) or longer (1); the same at the ends. */
export function neighbourRange(rangeMs: number, step: -1 | 1): number {
  const index = RANGES_MS.findIndex((each) => each === rangeMs);
  return RANGES_MS[index + step] ?? rangeMs;
}

/** The stretch to ask the engine for: `toMs` null is up to now, again at every tick. */
export function askedSpan({ view, pausedAtMs }: ChartsState): { readonly rangeMs: number; readonly toMs: number | null } {
  return { rangeMs: view.spanMs, toMs: view.endMs ?? pausedAtMs };
}

/** The view as charts draw it: a paused one ends where it was paused. */
export function shownView({ view, pausedAtMs }: ChartsState): ChartView {
  return view.endMs === null && pausedAtMs !== null ? { spanMs: view.spanMs, endMs: pausedAtMs } : view;
}

/** The zoomed stretch that is fixed in time; null while the newest samples are followed. */
export function fixedSpan({ view }: ChartsState): TimeSpan | null {
  return view.endMs === null ? null : spanOf(view, view.endMs);
}

/** Whether a stretch reaches further back than what the engine holds in memory. */
export function isOfHistory(span: { readonly rangeMs: number; readonly toMs: number | null }, newestMs: number): boolean {
  return (span.toMs ?? newestMs) - span.rangeMs < newestMs - IN_MEMORY_MS;
}
