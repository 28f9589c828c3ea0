import { normalQuantile } from "../judge/statistics/normal";
import type { Design } from "./arms";
import { solveCritical, type CriticalCurve } from "./critical";

/** Pairs before a verdict. A crossover's pair is a block and the block before it, with the versions exchanged. */
export const MIN_PAIRS = 8;
/** Blocks on the common version before a parallel test: 10 min of 15 s. */
export const CALIBRATION_BLOCKS = 40;

/** Blocks of the test itself before its first verdict. */
export function firstLook(design: Design): number {
  return design === "crossover" ? MIN_PAIRS + 1 : MIN_PAIRS;
}

/** The information, in blocks, at each look of a test with so many blocks, calibration not counted. */
export function looksOf(design: Design, blocks: number): readonly number[] {
  const from = firstLook(design);
  const counts = Array.from({ length: Math.max(1, blocks - from + 1) }, (_, index) => from + index);
  switch (design) {
    case "crossover":
      return counts.map((count) => (4 * Math.floor(count / 2) * Math.ceil(count / 2)) / count);
    case "parallel":
      return counts.map((count) => (CALIBRATION_BLOCKS * count) / (CALIBRATION_BLOCKS + count));
    case "replicated":
      return replicatedLooks(blocks);
  }
}

/**
 * The blocks after which replicated arms are looked at: the first verdict, twice as many each time, and the last. Their
 * error comes from few node means, whose spread is estimated anew at each look and walks as the effect does: no curve
 * for a walk of known variance holds for it.
 */
function replicatedLooks(blocks: number): readonly number[] {
  const looks: number[] = [];
  for (let count = firstLook("replicated"); count < blocks; count *= 2) looks.push(count);
  return [...looks, Math.max(blocks, firstLook("replicated"))];
}

/** The curve of a walk; for replicated arms each look has its share of alpha (Bonferroni), so that Student's t is exact at each. */
function solve(design: Design, blocks: number, alpha: number): CriticalCurve {
  const looks = looksOf(design, blocks);
  return design === "replicated" ? { start: -normalQuantile(alpha / (2 * looks.length)), first: Number.POSITIVE_INFINITY } : solveCritical(alpha, looks);
}

const curves = new Map<string, CriticalCurve>();

/** The critical curve of a test with so many blocks, calibration not counted; kept once solved. */
export function curveFor(design: Design, blocks: number, alpha: number): CriticalCurve {
  const key = `${design} ${blocks} ${alpha}`;
  const curve = curves.get(key) ?? solve(design, blocks, alpha);
  curves.set(key, curve);
  return curve;
}
