import { describe, expect, test } from "vitest";
import { count, grow, hasCrossed, isQuietChart, shareOf, type Chart, type Run } from "./chart";

const chart = (change: Partial<Chart> = {}): Chart => ({ k: 0.5, limit: 4, quietBelow: 2, statistic: 0, samples: 0, sinceMs: 0, ...change });

describe("a run of samples beyond a line", () => {
  test("counts those in a row, from the first of them on", () => {
    const run: Run = { needed: 3, length: 0, sinceMs: 0 };
    count(run, true, 500);
    count(run, true, 1_000);
    expect(run).toEqual({ needed: 3, length: 2, sinceMs: 500 });
    count(run, false, 1_500);
    expect(run.length).toBe(0);
    count(run, true, 2_000);
    expect(run).toEqual({ needed: 3, length: 1, sinceMs: 2_000 });
  });
});

describe("a chart", () => {
  test("adds what a step is above its reference, and says since when and for how many samples it is above 0", () => {
    const one = chart();
    grow(one, 1.5, 500);
    expect(one).toMatchObject({ statistic: 1, samples: 1, sinceMs: 500 });
    grow(one, 2, 1_000);
    expect(one).toMatchObject({ statistic: 2.5, samples: 2, sinceMs: 500 });
    grow(one, -1, 1_500);
    expect(one).toMatchObject({ statistic: 1, samples: 3, sinceMs: 500 });
  });

  test("begins again at 0, and exactly at 0 it has no samples", () => {
    const one = chart({ statistic: 1, samples: 7 });
    grow(one, -0.5, 500);
    expect(one).toMatchObject({ statistic: 0, samples: 0 });
    grow(one, -3, 1_000);
    expect(one).toMatchObject({ statistic: 0, samples: 0 });
    grow(one, 1, 1_500);
    expect(one).toMatchObject({ statistic: 0.5, samples: 1, sinceMs: 1_500 });
  });

  test("grows to five quarters of its limit, so that a recovery is seen; one that is not armed grows on", () => {
    const [armed, unarmed] = [chart(), chart({ limit: null })];
    for (let sample = 0; sample < 10; sample += 1) for (const one of [armed, unarmed]) grow(one, 2.5, sample);
    expect(armed.statistic).toBe(5);
    expect(unarmed.statistic).toBe(20);
  });

  test("has crossed at its limit, and only where it is armed", () => {
    const crossed = [chart({ statistic: 3.99 }), chart({ statistic: 4 }), chart({ statistic: 9, limit: null }), null].map(hasCrossed);
    expect(crossed).toEqual([false, true, false, false]);
  });

  test("has reached a share of its limit, none where it is not armed", () => {
    expect([chart({ statistic: 3 }), chart({ statistic: 3, limit: null }), null].map(shareOf)).toEqual([0.75, 0, 0]);
  });

  test("is quiet below a line of its own, whether it is armed or not", () => {
    const quiet = [chart({ statistic: 1.99 }), chart({ statistic: 2 }), chart({ statistic: 1, limit: null }), chart({ statistic: 3, limit: null }), null].map(isQuietChart);
    expect(quiet).toEqual([true, false, true, false, true]);
  });
});
