import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../random";
import { lastOf } from "../selftest/case";
import { simulatedCusumArl } from "../selftest/simulations";
import { asymptoticInterval, normalMixtureBound, normalMixtureRho } from "./always-valid";
import { cusumArl, cusumLimit, largestTwoSidedStart, siegmundArl, twoSidedCusumArl } from "./cusum";
import { dtcArl, dtcLimit, longRunVariance } from "./dtc";
import { ewmaArl } from "./ewma";
import { normalCdf, normalQuantile } from "./normal";
import { gaussLegendre, solveLinear, solveRising } from "./quadrature";
import { autocorrelatedRunArls, consecutiveArl, RUNS_RULES, runsRulesArl } from "./runs-rules";

describe("the normal distribution", () => {
  test("has its tails to 13 figures (reference values by erfc of the C library)", () => {
    const cases = [[1.96, 0.9750021048517795], [-10, 7.619853024160593e-24], [-37, 5.725571222525139e-300], [0, 0.5], [-0.3, 0.3820885778110474]] as const;
    for (const [x, expected] of cases) expect(Math.abs(normalCdf(x) / expected - 1)).toBeLessThan(3e-13);
  });

  test("gives every probability back through its quantile", () => {
    fc.assert(
      fc.property(fc.double({ min: -37, max: 8, noNaN: true }), (x) => {
        expect(normalQuantile(normalCdf(x))).toBeCloseTo(x, x > 5 ? 1 : 8);
      }),
    );
  });

  test("has no quantile outside of 0 to 1, and infinite ends", () => {
    expect([normalQuantile(-0.1), normalQuantile(1.1), normalQuantile(Number.NaN)]).toEqual([NaN, NaN, NaN]);
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
  });
});

describe("numerics", () => {
  test("integrate polynomials up to twice the nodes exactly", () => {
    for (const count of [1, 2, 5, 33]) {
      const { nodes, weights } = gaussLegendre(count, 0, 2);
      const power = 2 * count - 1;
      const sum = nodes.reduce((total, x, index) => total + (weights[index] ?? 0) * x ** power, 0);
      expect(sum / (2 ** (power + 1) / (power + 1))).toBeCloseTo(1, 10);
    }
  });

  test("solve a system that needs its rows swapped", () => {
    expect([...solveLinear(new Float64Array([0, 2, 1, 1]), new Float64Array([4, 5]))]).toEqual([3, 2]);
  });

  test("say NaN when a rising function never gets there", () => {
    expect(solveRising((x) => x / (1 + x), 2, 0, 1, 1e6)).toBeNaN();
    expect(solveRising((x) => x * x, 9, 0, 1, 1e6)).toBeCloseTo(3, 10);
  });
});

describe("CUSUM charts", () => {
  test("agree with a simulation", () => {
    const runs = 4000;
    const mean = lastOf(simulatedCusumArl(seededRandom(5), { k: 0.5, h: 3, rho: 0, mean: 0.25, runs }));
    // A run length scatters by no more than its mean.
    expect(Math.abs(mean - cusumArl({ k: 0.5, h: 3 }, 0.25))).toBeLessThan((4 * mean) / Math.sqrt(runs));
  });

  test("take longer with every step of the limit, and less with every shift", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1.5, noNaN: true }), fc.double({ min: 0.5, max: 7, noNaN: true }), fc.double({ min: 0, max: 4, noNaN: true }), (k, h, mean) => {
        expect(cusumArl({ k, h: h + 0.3 }, mean)).toBeGreaterThan(cusumArl({ k, h }, mean));
        expect(cusumArl({ k, h }, mean + 0.2)).toBeLessThan(cusumArl({ k, h }, mean));
      }),
      { numRuns: 30 },
    );
  });

  test("alarm earlier from a head start, never before the first sample", () => {
    for (const start of [0.5, 1, 2, 3.9]) {
      const arl = cusumArl({ k: 0.5, h: 4 }, 1, start);
      expect(arl).toBeLessThan(cusumArl({ k: 0.5, h: 4 }, 1));
      expect(arl).toBeGreaterThan(1);
    }
  });

  test("are symmetric in the shift when two-sided, and bounded by each side alone", () => {
    const chart = { k: 0.5, h: 4 };
    expect(twoSidedCusumArl(chart, 0.7, 2)).toBeCloseTo(twoSidedCusumArl(chart, -0.7, 2), 9);
    expect(twoSidedCusumArl(chart, 0.7)).toBeLessThan(cusumArl(chart, 0.7));
    expect(largestTwoSidedStart(chart)).toBe(2.5);
    expect(largestTwoSidedStart({ k: 3, h: 2 })).toBe(2);
  });

  test("stay finite where one side is silent for longer than a double can tell", () => {
    expect(twoSidedCusumArl({ k: 0, h: 34 }, 5, 17)).toBeCloseTo(cusumArl({ k: 0, h: 34 }, 5, 17), 6);
    expect(twoSidedCusumArl({ k: 0.5, h: 18 }, 5)).toBeCloseTo(cusumArl({ k: 0.5, h: 18 }, 5), 6);
    expect(cusumArl({ k: 1, h: 60 }, 0)).toBe(Infinity);
  });

  test("give the limit back that a false-alarm rate was computed from", () => {
    for (const [k, h] of [[0.5, 4], [0.25, 34], [1, 9.13], [0, 10], [0.5, 1]] as const) {
      expect(cusumLimit(k, cusumArl({ k, h }, 0), false)).toBeCloseTo(h, 5);
      expect(cusumLimit(k, twoSidedCusumArl({ k, h }, 0), true)).toBeCloseTo(h, 5);
    }
    expect(cusumLimit(0, 4e8, false)).toBeNaN();
  });

  test("come near to Siegmund's approximation, also where drift and reference value cancel", () => {
    expect(siegmundArl({ k: 0.5, h: 5 }, 0.5)).toBeCloseTo((5 + 1.166) ** 2, 6);
    expect(siegmundArl({ k: 0.5, h: 5 }, 0.5 + 1e-9)).toBeCloseTo((5 + 1.166) ** 2, 3);
    expect(siegmundArl({ k: 0.5, h: 10 }, 0) / cusumArl({ k: 0.5, h: 10 }, 0)).toBeCloseTo(1, 1);
  });
});

describe("other charts", () => {
  test("tell one side of an EWMA from two (K.-H. Waldmann, 1986)", () => {
    const c = 2 * Math.sqrt((2 - 0.75) / 0.75);
    expect(ewmaArl({ lambda: 0.75, c }, 0, false)).toBeCloseTo(209.3, 1);
    expect(ewmaArl({ lambda: 0.75, c }, 0, true)).toBeLessThan(105);
    expect(ewmaArl({ lambda: 0.5, c: 3 }, 1, false)).toBeGreaterThan(ewmaArl({ lambda: 0.5, c: 3 }, 1, true));
    expect(ewmaArl({ lambda: 1, c: 3 }, 0, true)).toBeCloseTo(370.398, 2);
  });

  test("add false alarms with every runs rule", () => {
    const { single, twoOfThree, fourOfFive, eightInARow } = RUNS_RULES;
    expect(runsRulesArl([single, twoOfThree, fourOfFive, eightInARow], 0)).toBeCloseTo(91.75, 2);
    expect(runsRulesArl([single], 3)).toBeCloseTo(1 / normalCdf(0), 6);
  });

  test("count runs of independent values as the closed form does", () => {
    const arls = autocorrelatedRunArls(2, 0, 5);
    for (const [index, arl] of arls.entries()) expect(arl / (consecutiveArl(normalCdf(-2), index + 1) - index)).toBeCloseTo(1, 1);
    const [one = 0] = autocorrelatedRunArls(2, 0.8, 1);
    expect(one).toBeGreaterThan(arls[0] ?? 0);
    expect(autocorrelatedRunArls(2, 0.8, 5)[4]).toBeLessThan(arls[4] ?? 0);
  });

  test("invert the distribution-free limit", () => {
    for (const rho of [0, 0.5, 0.9]) {
      const limit = dtcLimit(0.25, longRunVariance(rho), 50_000);
      expect(dtcArl(0.25, limit, longRunVariance(rho))).toBeCloseTo(50_000, 3);
    }
  });
});

describe("always-valid bounds", () => {
  test("are tightest near the sample size they were tuned for", () => {
    const width = (nStar: number): number => {
      const { low, high } = asymptoticInterval(1000, 0, 1, 0.05, nStar);
      return high - low;
    };
    expect(width(1000)).toBeLessThan(width(100));
    expect(width(1000)).toBeLessThan(width(100_000));
  });

  test("are wider than a fixed-sample interval, and centred", () => {
    const { low, high } = asymptoticInterval(500, 2, 3, 0.05, 5000);
    expect((low + high) / 2).toBeCloseTo(2, 12);
    expect(high - 2).toBeGreaterThan((1.96 * 3) / Math.sqrt(500));
  });

  test("are lower on one side than on two", () => {
    const one = normalMixtureBound(100, normalMixtureRho(100, 0.05, false), 0.05, false);
    expect(one).toBeLessThan(normalMixtureBound(100, normalMixtureRho(100, 0.05, true), 0.05, true));
  });
});
