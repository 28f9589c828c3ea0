import { describe, expect, test } from "vitest";
import { seededRandom } from "../../random";
import { DEFAULT_LIMITS } from "../../contract/settings";
import { isBeyond, LIMITED_METRICS } from "../limits";
import { normalCdf } from "../statistics/normal";
import { DISTRIBUTIONS, fastNormal, marginsOf } from "./noise";

describe("simulated noise", () => {
  test("is normal, in the tails too", () => {
    const next = fastNormal(seededRandom(5));
    const draws = 400_000;
    const edges = [-3.8, -3, -2, -1, 0, 1, 2, 3, 3.8];
    const below = edges.map(() => 0);
    for (let index = 0; index < draws; index += 1) {
      const value = next();
      for (const [place, edge] of edges.entries()) if (value < edge) below[place] = (below[place] ?? 0) + 1;
    }
    for (const [place, edge] of edges.entries()) {
      const p = normalCdf(edge);
      expect(Math.abs((below[place] ?? 0) / draws - p)).toBeLessThan(4.5 * Math.sqrt((p * (1 - p)) / draws) + 1e-9);
    }
  });

  test("lies 2.6 standard deviations or more inside of every limit, whatever its shape", () => {
    for (const distribution of DISTRIBUTIONS) {
      const margins = marginsOf(distribution);
      for (const metric of LIMITED_METRICS) {
        for (let z = -2.6; z <= 2.6; z += 0.1) expect([distribution, metric, isBeyond(metric, margins[metric].valueAt(z), DEFAULT_LIMITS)]).toEqual([distribution, metric, false]);
        expect(margins[metric].valueAt(1)).toBeGreaterThan(margins[metric].valueAt(0));
        expect(margins[metric].sd).toBeGreaterThan(0);
      }
    }
  });
});
