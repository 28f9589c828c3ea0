/** The shortest stretch that can be zoomed into, ms. */
const SHORTEST_MS = 5_000;

/** A stretch of time, Unix ms. */
export interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What part of a range is looked at. `endMs` null follows the newest sample. */
export interface ChartView {
  readonly spanMs: number;
  readonly endMs: number | null;
}

/** What a chart asks of its page: all charts of a page share cursor and view. */
export interface ChartControl {
  /** Puts the cursor on a time, or takes it away. */
  readonly pointAt: (atMs: number | null) => void;
  /** Zooms to a stretch. */
  readonly select: (span: TimeSpan) => void;
  /** Zooms by a factor (below 1: closer) around a time; null: around nothing in particular. */
  readonly zoom: (factor: number, aroundMs: number | null) => void;
  /** Moves a zoomed view by a share of its length. */
  readonly move: (share: number) => void;
  /** Shows the whole range again. */
  readonly reset: () => void;
}

/** What bounds a view: the whole range, and its newest end. */
export interface ViewBounds {
  readonly rangeMs: number;
  readonly newestMs: number;
}

/** The stretch that a view shows. */
export function spanOf(view: ChartView, newestMs: number): TimeSpan {
  const toMs = view.endMs ?? newestMs;
  return { fromMs: toMs - view.spanMs, toMs };
}

/** The view that shows a stretch, held inside the range; the whole range follows the newest sample. */
export function viewOf(span: TimeSpan, { rangeMs, newestMs }: ViewBounds): ChartView {
  const spanMs = Math.min(rangeMs, Math.max(SHORTEST_MS, span.toMs - span.fromMs));
  if (spanMs >= rangeMs) return { spanMs: rangeMs, endMs: null };
  const middleMs = (span.fromMs + span.toMs) / 2;
  const endMs = Math.min(newestMs, Math.max(newestMs - rangeMs + spanMs, middleMs + spanMs / 2));
  return { spanMs, endMs: Math.round(endMs) };
}

/**
 * Zooms by a factor (below 1: closer) and keeps `aroundMs` where it is on the screen. A view that
 * follows the newest sample goes on following it where nothing else is pointed at.
 */
export function zoomed(view: ChartView, factor: number, aroundMs: number | null, bounds: ViewBounds): ChartView {
  const spanMs = Math.min(bounds.rangeMs, Math.max(SHORTEST_MS, view.spanMs * factor));
  if (view.endMs === null && aroundMs === null) return { spanMs, endMs: null };
  const { fromMs, toMs } = spanOf(view, bounds.newestMs);
  const fixedMs = aroundMs ?? (fromMs + toMs) / 2;
  const share = (fixedMs - fromMs) / (toMs - fromMs);
  const nextFromMs = fixedMs - share * spanMs;
  return viewOf({ fromMs: nextFromMs, toMs: nextFromMs + spanMs }, bounds);
}

/** Moves a zoomed view by a share of its length (negative: to older samples). */
export function moved(view: ChartView, share: number, bounds: ViewBounds): ChartView {
  const { fromMs, toMs } = spanOf(view, bounds.newestMs);
  const byMs = share * view.spanMs;
  return viewOf({ fromMs: fromMs + byMs, toMs: toMs + byMs }, bounds);
}

/** Whether less than the whole range is shown. */
export function isZoomed(view: ChartView, rangeMs: number): boolean {
  return view.spanMs < rangeMs;
}
