import type { LimitedMetric } from "../judge/limits";
import type { Arms, Design } from "./arms";

/** What a test compares and how long it may take. */
export interface TestRequest {
  readonly arms: Arms;
  readonly versionA: string;
  readonly versionB: string;
  /** Null: the one that the nodes allow best. */
  readonly design: Design | null;
  readonly primary: LimitedMetric;
  /** Smallest difference that matters, in the metric's unit, above 0. */
  readonly smallestDifference: number;
  /** By how much B may be worse before it is harmful, in the metric's unit, 0 or more. */
  readonly guardrails: readonly { readonly metric: LimitedMetric; readonly allowed: number }[];
  /** Chance of a false winner, and, shared between them, of a false breach of a guardrail. */
  readonly alpha: number;
  readonly blockMs: number;
  /** So long after a swap samples are ignored. */
  readonly washOutMs: number;
  /** The test ends by itself after so long, calibration not counted. */
  readonly longestMs: number;
  /** Time between samples of a node. */
  readonly periodMs: number;
  /** Draws which version the first node begins with. */
  readonly seed: number;
}

/** 15-s blocks, 2 s wash-out as after every swap, at most 40 min, 5 %. */
export const TEST_DEFAULTS = { alpha: 0.05, blockMs: 15_000, washOutMs: 2_000, longestMs: 2_400_000, periodMs: 500 } as const;
