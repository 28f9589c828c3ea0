import type { VersionSpan } from "../contract/snapshot";
import type { ModelVersion } from "./ids";

/** A stretch of time in which a node reported one version. Immutable. */
interface Span {
  readonly version: ModelVersion | null;
  readonly fromMs: number;
  readonly toMs: number | null;
  /** Null where an earlier run of the application counted them. */
  readonly samples: number | null;
  readonly good: boolean;
}

/** What ran on one node by its own reports, newest last. */
export interface VersionHistory {
  readonly spans: readonly Span[];
}

/** Spans that are kept; older ones are in the journal. */
const KEPT_SPANS = 50;

/** Nothing reported yet. */
export const EMPTY_HISTORY: VersionHistory = { spans: [] };

/** The span that is running, if any: what ran when the application ended is not running until the node says so. */
export function currentSpan(history: VersionHistory): Span | undefined {
  const newest = history.spans.at(-1);
  return newest?.toMs === null ? newest : undefined;
}

/** Ends what runs: from here on nobody heard the node. */
export function endHistory(history: VersionHistory, wallMs: number): VersionHistory {
  const current = currentSpan(history);
  if (current === undefined) return history;
  return { spans: [...history.spans.slice(0, -1), { ...current, toMs: Math.max(wallMs, current.fromMs), samples: null }] };
}

/** Notes that the running version was good: enough samples in a row within limits. */
export function noteGood(history: VersionHistory, version: ModelVersion): VersionHistory {
  const current = currentSpan(history);
  if (current === undefined || current.version !== version) return history;
  return { spans: [...history.spans.slice(0, -1), { ...current, good: true }] };
}

/** Notes what a node reports. A repeated report changes nothing; another version begins a new span. */
export function noteVersion(history: VersionHistory, version: ModelVersion | null, wallMs: number): VersionHistory {
  const current = currentSpan(history);
  if (current !== undefined && current.version === version) return history;
  const ended = history.spans.map((span) => (span === current ? { ...span, toMs: wallMs } : span));
  const begun: Span = { version, fromMs: wallMs, toMs: null, samples: 0, good: false };
  return { spans: [...ended, begun].slice(-KEPT_SPANS) };
}

/** Counts a sample of the running version. */
export function noteSample(history: VersionHistory, version: ModelVersion | null): VersionHistory {
  const current = currentSpan(history);
  if (current === undefined || current.version !== version) return history;
  const counted = { ...current, samples: (current.samples ?? 0) + 1 };
  return { spans: [...history.spans.slice(0, -1), counted] };
}

/** The spans for the window, newest first. */
export function viewSpans(history: VersionHistory, isDrill: (version: string) => boolean): VersionSpan[] {
  return history.spans.toReversed().map((span) => ({
    version: span.version,
    fromMs: span.fromMs,
    toMs: span.toMs,
    samples: span.samples,
    good: span.good,
    drill: span.version !== null && isDrill(span.version),
  }));
}
