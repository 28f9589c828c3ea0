import { describe, expect, test } from "vitest";
import { seededRandom } from "../../random";
import { cusumArl } from "../statistics/cusum";
import { fastNormal } from "./noise";
import { countRareEnds, type Walk } from "./splitting";

interface Cusum extends Walk {
  readonly sum: number;
}

/** A CUSUM on independent values, from a sum on. */
function cusum(normal: () => number, k: number, h: number, heightPerSum: number, from = 0): Cusum {
  let sum = from;
  return {
    get sum() {
      return sum;
    },
    step() {
      sum = Math.max(0, sum + normal() - k);
      return sum >= h;
    },
    height: () => heightPerSum * sum,
  };
}

/** False alarms in so many samples, from walks of 20 000 each. */
function alarms(walks: number, k: number, h: number, heightPerSum: number, mostCopiedSteps = 2e6): number {
  const normal = fastNormal(seededRandom(5));
  let sum = 0;
  for (let walk = 0; walk < walks; walk += 1) {
    const first = cusum(normal, k, h, heightPerSum);
    const copyOf = (of: Cusum): Cusum => cusum(normal, k, h, heightPerSum, of.sum);
    countRareEnds(first, copyOf, { steps: 20_000, mostCopiedSteps, found: (_, __, weight) => (sum += weight) });
  }
  return sum;
}

describe("a count of rare ends", () => {
  test("finds the exact mean time to a false alarm that nobody could wait for", () => {
    // 4.147e8 samples: one in 30 days of 20 nodes with 4 metrics.
    const ratio = alarms(15, 0.5, 17.992, 1) / ((15 * 20_000) / cusumArl({ k: 0.5, h: 17.992 }, 0));
    expect(ratio).toBeGreaterThan(0.85);
    expect(ratio).toBeLessThan(1.15);
  });

  test("is as right where heights say little of how rare a walk is, or copies run out", () => {
    const expected = (50 * 20_000) / cusumArl({ k: 0.5, h: 11 }, 0);
    for (const [heightPerSum, most] of [[0.7, 2e6], [1.3, 2e6], [1, 8_000]] as const) {
      const ratio = alarms(50, 0.5, 11, heightPerSum, most) / expected;
      expect(ratio).toBeGreaterThan(0.75);
      expect(ratio).toBeLessThan(1.25);
    }
  });
});
