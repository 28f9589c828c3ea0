/**
 * Frames that a node sent and nobody here received, by the sequence number of its LYDT metrics: that of the
 * compressed frame they are about, a u32 that starts anew when the node restarts (wire protocol, 1.3).
 *
 * A node may report metrics of every n-th frame only, so its steps must have been seen to be 1 before a larger
 * step means something.
 */

/** Steps that are looked at together. */
const WINDOW = 20;

/** Of them so many must be 1 before any is counted. */
const PROVEN_ONES = 18;

/** With so few of them 1 the node has changed its step, and what the window counted is taken back. */
const UNPROVEN_ONES = 2;

/** No one misses more than an hour of a drone between two samples: a larger step is another run of the node. */
const MAX_STEP = 36_000;

/** Sequence numbers that were passed over and may still come late. */
const KEPT_MISSING = 64;

const U32 = 2 ** 32;

/** What is known of a node's sequence numbers. Immutable. */
export interface SequenceWatch {
  /** The newest; null before the first. */
  readonly last: number | null;
  /** The newest steps, at most 20. */
  readonly steps: readonly number[];
  /** Whether its steps are 1 but for what is missing. */
  readonly isProven: boolean;
  /** Frames sent between samples that were counted, and how many of them never came. */
  readonly expected: number;
  readonly missed: number;
  /** Times the number fell back: the node was restarted. */
  readonly restarts: number;
  readonly missing: readonly number[];
}

/** Nothing heard yet. */
export const EMPTY_SEQUENCE: SequenceWatch = { last: null, steps: [], isProven: false, expected: 0, missed: 0, restarts: 0, missing: [] };

/** Takes in the sequence number of a sample, a whole number from 0 to 2^32 - 1. */
export function noteSequence(watch: SequenceWatch, sequence: number): SequenceWatch {
  if (watch.last === null) return { ...watch, last: sequence };
  const step = (sequence - watch.last + U32) % U32;
  if (step === 0) return watch;
  if (step <= MAX_STEP) return takeStep(watch, sequence, step);
  if (watch.missing.includes(sequence)) {
    const missing = watch.missing.filter((each) => each !== sequence);
    return { ...watch, missing, missed: watch.isProven ? Math.max(0, watch.missed - 1) : watch.missed };
  }
  return { ...watch, last: sequence, missing: [], restarts: watch.restarts + 1 };
}

function takeStep(watch: SequenceWatch, sequence: number, step: number): SequenceWatch {
  const steps = [...watch.steps, step].slice(-WINDOW);
  const ones = steps.filter((each) => each === 1).length;
  const isFull = steps.length === WINDOW;
  const next = { ...watch, last: sequence, steps, missing: passedOver(watch, sequence, step) };
  if (!watch.isProven) {
    if (!isFull || ones < PROVEN_ONES) return next;
    const sum = steps.reduce((total, each) => total + each, 0);
    return { ...next, isProven: true, expected: watch.expected + sum, missed: watch.missed + sum - steps.length };
  }
  const counted = { ...next, expected: watch.expected + step, missed: watch.missed + step - 1 };
  if (!isFull || ones > UNPROVEN_ONES) return counted;
  const sum = steps.reduce((total, each) => total + each, 0);
  return {
    ...counted,
    isProven: false,
    expected: Math.max(0, counted.expected - sum),
    missed: Math.max(0, counted.missed - (sum - steps.length)),
  };
}

/** The numbers between the last and this one, the newest 64. */
function passedOver({ missing }: SequenceWatch, sequence: number, step: number): readonly number[] {
  if (step === 1) return missing;
  const count = Math.min(step - 1, KEPT_MISSING);
  const fresh = Array.from({ length: count }, (_, index) => (sequence - count + index + U32) % U32);
  return [...missing, ...fresh].slice(-KEPT_MISSING);
}

/** What can be said of missed frames. */
export type MissedBasis = "counted" | "collecting" | "stepping" | "none";

/**
 * On what a count is based: `counted`; `collecting` while fewer than 20 steps were seen; `stepping` for a node
 * whose number regularly goes up by more than 1; `none` for one that sends no sequence number.
 */
export function missedBasis(watch: SequenceWatch): MissedBasis {
  if (watch.last === null) return "none";
  if (watch.isProven) return "counted";
  return watch.steps.length < WINDOW ? "collecting" : "stepping";
}
