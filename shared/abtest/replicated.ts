import { criticalValue, type CriticalCurve } from "./critical";
import type { Estimate } from "./effect";
import type { SampleSums } from "./noise";
import { studentQuantile } from "./student";

/** Sums of one metric of every node of an arm; a node without samples has none. */
export type ArmSums = readonly SampleSums[];

/**
 * The effect B - A where no node swaps: the node is a random effect, so the error comes from the spread of the
 * node means alone, and more samples of the same nodes do not make it smaller. The critical value is Student's, as
 * rare as the curve's normal one: exact at one look, so it is asked at few (see `looksOf`).
 *
 * @returns null while an arm has fewer than three nodes with samples.
 */
export function estimateReplicated(armA: ArmSums, armB: ArmSums, blocks: number, curve: CriticalCurve): Estimate | null {
  const meansA = meansOf(armA);
  const meansB = meansOf(armB);
  if (meansA.length < 3 || meansB.length < 3) return null;
  const a = momentsOf(meansA);
  const b = momentsOf(meansB);
  const freedom = meansA.length + meansB.length - 2;
  const variance = (a.squares + b.squares) / freedom;
  const floor = (1e-6 * Math.max(Math.abs(a.mean), Math.abs(b.mean))) ** 2;
  const standardError = Math.sqrt(Math.max(variance, floor, Number.MIN_VALUE) * (1 / meansA.length + 1 / meansB.length));
  const critical = studentQuantile(criticalValue(curve, blocks), freedom);
  return { effect: b.mean - a.mean, standardError, information: blocks, critical, rho: 0, isNoiseRefuted: false };
}

function meansOf(arm: ArmSums): readonly number[] {
  return arm.filter(({ count }) => count > 0).map(({ sum, count }) => sum / count);
}

function momentsOf(values: readonly number[]): { readonly mean: number; readonly squares: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, squares: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) };
}
