import type { RollbackOffer, VersionSpan } from "../contract/snapshot";
import { GOOD_RUN } from "../judge/limits";
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

/** What ran on one node by its own reports, newest last, and which versions it was taken back from. */
export interface VersionHistory {
  readonly spans: readonly Span[];
  /** Never offered as a rollback target until somebody deploys them again. */
  readonly takenBack: readonly ModelVersion[];
}

/** Spans that are kept; older ones are in the journal. */
const KEPT_SPANS = 50;

/** Nothing reported yet. */
export const EMPTY_HISTORY: VersionHistory = { spans: [], takenBack: [] };

/** The span that is running, if any: what ran when the application ended is not running until the node says so. */
export function currentSpan(history: VersionHistory): Span | undefined {
  const newest = history.spans.at(-1);
  return newest?.toMs === null ? newest : undefined;
}

/** Ends what runs: from here on nobody heard the node. */
export function endHistory(history: VersionHistory, wallMs: number): VersionHistory {
  const current = currentSpan(history);
  if (current === undefined) return history;
  return { ...history, spans: [...history.spans.slice(0, -1), { ...current, toMs: Math.max(wallMs, current.fromMs), samples: null }] };
}

/** Notes that the running version was good: {@link GOOD_RUN} samples in a row within limits. */
export function noteGood(history: VersionHistory, version: ModelVersion): VersionHistory {
  const current = currentSpan(history);
  if (current === undefined || current.version !== version) return history;
  return { ...history, spans: [...history.spans.slice(0, -1), { ...current, good: true }] };
}

/** Notes what a node reports. A repeated report changes nothing; another version begins a new span. */
export function noteVersion(history: VersionHistory, version: ModelVersion | null, wallMs: number): VersionHistory {
  const current = currentSpan(history);
  if (current !== undefined && current.version === version) return history;
  const ended = history.spans.map((span) => (span === current ? { ...span, toMs: wallMs } : span));
  const begun: Span = { version, fromMs: wallMs, toMs: null, samples: 0, good: false };
  return { ...history, spans: [...ended, begun].slice(-KEPT_SPANS) };
}

/** Counts a sample of the running version; `withinRun` is how many in a row were within all limits. */
export function noteSample(history: VersionHistory, version: ModelVersion | null, withinRun: number): VersionHistory {
  const current = currentSpan(history);
  if (current === undefined || current.version !== version) return history;
  const counted = { ...current, samples: (current.samples ?? 0) + 1, good: current.good || withinRun >= GOOD_RUN };
  return { ...history, spans: [...history.spans.slice(0, -1), counted] };
}

/** Notes that a version was taken back from the node: it is no target until it is deployed again. */
export function noteTakenBack(history: VersionHistory, version: ModelVersion): VersionHistory {
  if (history.takenBack.includes(version)) return history;
  return { ...history, takenBack: [...history.takenBack, version] };
}

/** Notes that somebody chose to deploy a version: it counts again. */
export function noteChosen(history: VersionHistory, version: ModelVersion): VersionHistory {
  return { ...history, takenBack: history.takenBack.filter((other) => other !== version) };
}

/**
 * The version that a rollback goes to: the last one before the running version that was good here
 * (12 samples in a row within limits) and was not taken back since. Never merely the previous string.
 */
export function rollbackTarget(history: VersionHistory): ModelVersion | null {
  const current = currentSpan(history);
  if (current === undefined) return null;
  const running = current.version;
  for (const span of history.spans.toReversed()) {
    if (span.version === null || span.version === running) continue;
    if (span.good && !history.takenBack.includes(span.version)) return span.version;
  }
  return null;
}

/** The rollback as a button needs it: its target, or the reason why there is none. */
export function rollbackOffer(history: VersionHistory, nodeId: string): RollbackOffer {
  const running = currentSpan(history);
  const target = rollbackTarget(history);
  if (target !== null) {
    return { offered: true, version: target, reason: `${target} was good on ${nodeId} to its last sample.` };
  }
  if (running === undefined || running.version === null) {
    const reason = `${nodeId} does not report a version, so none before it is known.`;
    return { offered: false, code: "NO_GOOD_VERSION", reason };
  }
  return { offered: false, code: "NO_GOOD_VERSION", reason: `Nothing good ran on ${nodeId} before ${running.version}.` };
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
