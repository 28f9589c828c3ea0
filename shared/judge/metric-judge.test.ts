import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nodePolicyOf } from "../policy/policy";
import { seededRandom } from "../random";
import { createBudgetBook, type BudgetBook, type Trigger } from "./budget";
import { scoreStream } from "./simulation/noise";
import { judgeValue, rearm, startMetric, type MetricState } from "./metric-judge";

const budgets: BudgetBook = createBudgetBook({ days: 30, nodes: 6, metrics: 3, baselinesPerDay: 1 });
const { compressionRatio, latencyMs } = nodePolicyOf({}, "node_0", null);

/** A metric with so many healthy samples behind it, and its clock. */
function healthy(samples: number, seed = 1, policy = compressionRatio, mean = 8, sd = 0.4): { readonly state: MetricState; feed(...values: readonly number[]): void; normal(): number } {
  const random = seededRandom(seed);
  const state = startMetric(policy, budgets, null);
  let tMs = 0;
  const feed = (...values: readonly number[]): void => {
    for (const value of values) judgeValue(state, value, (tMs += 500), budgets);
  };
  const normal = (): number => mean + sd * random.normal();
  for (let index = 0; index < samples; index += 1) feed(normal());
  return { state, feed, normal };
}

/** How many samples of a kind it takes to fail. */
function samplesToFail(metric: ReturnType<typeof healthy>, next: () => number, most = 2000): { readonly samples: number; readonly rule: Trigger | null } {
  for (let samples = 1; samples <= most; samples += 1) {
    metric.feed(next());
    if (metric.state.failing !== null) return { samples, rule: metric.state.failing };
  }
  return { samples: Infinity, rule: null };
}

describe("a limit", () => {
  test("lets a value exactly at it pass for ever, and fails on a run strictly beyond", () => {
    const at = startMetric(compressionRatio, budgets, null);
    for (let index = 0; index < 500; index += 1) judgeValue(at, 5, index * 500, budgets);
    expect(at.failing).toBeNull();
    const beyond = startMetric(compressionRatio, budgets, null);
    for (let index = 0; index < beyond.hard.needed - 1; index += 1) judgeValue(beyond, 4.999, index * 500, budgets);
    expect(beyond.failing).toBeNull();
    judgeValue(beyond, 4.999, 1e6, budgets);
    expect(beyond.failing).toBe("hard");
  });

  test("counts samples in a row, not in all", () => {
    const state = startMetric(latencyMs, budgets, null);
    for (let index = 0; index < 400; index += 1) judgeValue(state, index % 2 === 0 ? 60 : 40, index * 500, budgets);
    expect(state.failing).toBeNull();
  });

  test("counts as kept again after 12 samples in a row 5 % inside of it, no sooner", () => {
    const { state, feed } = healthy(300, 2, latencyMs, 20, 1);
    feed(...Array.from({ length: 30 }, () => 55));
    expect(state.failing).not.toBeNull();
    feed(...Array.from({ length: 100 }, () => 49));
    expect(state.failing).not.toBeNull();
    feed(...Array.from({ length: 11 }, () => 20));
    expect(state.failing).not.toBeNull();
    feed(...Array.from({ length: 80 }, () => 20));
    expect(state.failing).toBeNull();
  });
});

describe("a change against the baseline", () => {
  test("of exactly 30 % passes that rule, in binary too", () => {
    for (const median of [8.1, 10, 7.3, 0.91]) {
      const state = startMetric({ ...compressionRatio, limit: 0.001 }, budgets, null);
      for (let index = 0; index < 120; index += 1) judgeValue(state, median, index * 500, budgets);
      judgeValue(state, median * 0.7, 60_000, budgets);
      expect(state.relative.length).toBe(0);
      judgeValue(state, median * 0.6999, 60_500, budgets);
      expect(state.relative.length).toBe(1);
    }
  });

  test("for the better is never a failure", () => {
    const metric = healthy(600);
    metric.feed(...Array.from({ length: 400 }, () => metric.normal() * 1.6));
    expect(metric.state.failing).toBeNull();
    expect(metric.state.better.length).toBeGreaterThan(metric.state.better.needed);
  });
});

describe("drift", () => {
  test("of two standard deviations is found within seconds, of one within a minute", () => {
    const two = [3, 4, 5, 6, 7].map((seed) => {
      const metric = healthy(2000, seed);
      return samplesToFail(metric, () => metric.normal() - 0.8).samples;
    });
    expect(two.sort((a, b) => a - b)[2]).toBeLessThanOrEqual(15);
    const one = healthy(2000, 8);
    expect(samplesToFail(one, () => one.normal() - 0.4).samples).toBeLessThan(120);
  });

  test("of 30 % at 5 % of variation is found in six samples", () => {
    for (const seed of [11, 12, 13]) {
      const metric = healthy(700, seed);
      expect(samplesToFail(metric, () => metric.normal() - 2.4).samples).toBeLessThanOrEqual(6);
    }
  });

  test("does not come of three outliers in a row", () => {
    const metric = healthy(2000, 14, latencyMs, 20, 1.5);
    metric.feed(45, 45, metric.normal(), metric.normal(), 45);
    expect(metric.state.failing).toBeNull();
  });

  test("holds the past of before a gap against nothing", () => {
    const state = startMetric(compressionRatio, budgets, null);
    for (let index = 0; index < 240; index += 1) judgeValue(state, 8 + (index % 3) * 0.1, index * 500, budgets);
    judgeValue(state, 8, 10_000_000, budgets);
    expect(state.lastScore).toBeCloseTo(state.lastResidual, 9);
  });
});

/** A strongly correlated metric: every score keeps 0.8 of the one before. */
function correlated(samples: number, seed: number): { readonly state: MetricState; feed(shift: number): void } {
  const next = scoreStream(seededRandom(seed), 0.8);
  const state = startMetric(compressionRatio, budgets, null);
  let tMs = 0;
  const feed = (shift: number): void => judgeValue(state, 10 + 0.5 * next() - shift, (tMs += 500), budgets);
  for (let index = 0; index < samples; index += 1) feed(0);
  return { state, feed };
}

describe("a jump at a swap", () => {
  const { qualityScore } = nodePolicyOf({ limits: { minQualityScore: 0.1 } }, "node_0", null);

  /** A version after another one whose samples hang together; the baseline of that one has so many. */
  function swapped(samples: number, rho: number): { readonly state: MetricState; readonly next: () => number } {
    const scores = scoreStream(seededRandom(4), rho);
    const next = (): number => 0.9 + 0.004 * scores();
    const before = startMetric(qualityScore, budgets, null);
    for (let index = 0; index < samples; index += 1) judgeValue(before, next(), index * 500, budgets);
    return { state: startMetric(qualityScore, budgets, before.baseline), next };
  }
  /** Samples of a version that is so much worse until it fails. */
  function samplesUntil({ state, next }: ReturnType<typeof swapped>, share: number): number {
    for (let samples = 1; samples <= 300; samples += 1) {
      judgeValue(state, next() * share, 1e7 + samples * 500, budgets);
      if (state.failing !== null) return samples;
    }
    return Infinity;
  }

  test("takes six samples, however those of the version before hung together, where its baseline had 480", () => {
    for (const rho of [0.5, 0.9]) {
      const version = swapped(1_000, rho);
      expect(version.state.held?.n ?? 0).toBeGreaterThanOrEqual(480);
      expect(version.state.relative.needed).toBeGreaterThan(6);
      expect([samplesUntil(version, 0.65), version.state.failing]).toEqual([6, "jump"]);
    }
  });

  test("waits for samples in a row against a smaller baseline", () => {
    const version = swapped(200, 0.9);
    expect(version.state.held?.n).toBe(120);
    expect(version.state.leap).toBe(Infinity);
    expect(samplesUntil(version, 0.65)).toBe(version.state.relative.needed);
    expect(version.state.failing).toBe("relative");
  });

  test("is none where a version differs, but by less than the policy allows, and none where one of six is as it was", () => {
    const different = swapped(1_000, 0.5);
    expect(samplesUntil(different, 0.8)).toBe(Infinity);
    const broken = swapped(1_000, 0.9);
    const shares = [0.6, 0.6, 0.6, 0.6, 0.6, 1, 0.6, 0.6, 0.6, 0.6, 0.6];
    for (const [index, share] of shares.entries()) judgeValue(broken.state, broken.next() * share, 1e7 + index * 500, budgets);
    expect([broken.state.jump.length, broken.state.failing]).toEqual([5, null]);
  });

  test("is measured by the limits of a fleet that grew since", () => {
    const { state } = swapped(1_000, 0.5);
    const before = state.leap;
    rearm(state, createBudgetBook({ days: 30, nodes: 60, metrics: 3, baselinesPerDay: 1 }));
    expect(state.leap).toBeGreaterThan(before);
    const first = startMetric(qualityScore, budgets, null);
    rearm(first, budgets);
    expect(first.leap).toBe(Infinity);
  });
});

describe("a jump", () => {
  test("of six standard deviations is found in six samples where a drift chart takes longer", () => {
    const rules = [31, 32, 33, 34, 35].map((seed) => {
      const { state, feed } = correlated(2400, seed);
      for (let index = 0; index < 5; index += 1) feed(3);
      const early = state.failing;
      feed(3);
      return [early, state.failing];
    });
    expect(rules.filter(([early, late]) => early === null && late === "jump").length).toBeGreaterThanOrEqual(3);
  });

  test("has to stay: one sample alone, or five, decide nothing", () => {
    for (const stayed of [1, 5]) {
      const { state, feed } = correlated(2400, 36);
      for (let index = 0; index < stayed; index += 1) feed(3);
      expect(state.jump.length).toBe(stayed);
      for (let index = 0; index < 40; index += 1) feed(0);
      expect([state.jump.length, state.failing]).toEqual([0, null]);
    }
  });

  test("has to leap: a slow way to the same place is a drift", () => {
    const { state, feed } = correlated(2400, 37);
    for (let index = 0; index < 200 && state.failing === null; index += 1) feed(0.03 * index);
    expect(state.failing?.startsWith("drift")).toBe(true);
  });

  test("out of a gap is none: nobody knows what came before", () => {
    const { state, feed } = correlated(2400, 38);
    state.lastScore = Number.NaN;
    feed(4);
    expect(state.jump.length).toBe(0);
  });
});

describe("a change of variance alone", () => {
  test("is found, though the mean stays", () => {
    const metric = healthy(2000, 15);
    const found = samplesToFail(metric, () => 8 + 4 * (metric.normal() - 8));
    expect(found.samples).toBeLessThan(120);
  });

  test("is not seen in a step for the better", () => {
    const metric = healthy(2000, 16);
    expect(samplesToFail(metric, () => metric.normal() + 1.5, 400).rule).toBeNull();
  });
});

describe("a baseline of a metric", () => {
  test("is frozen at 120 samples, doubles while all is quiet, and ends at 1920", () => {
    const { state, feed, normal } = healthy(119);
    expect(state.baseline).toBeNull();
    feed(normal());
    expect(state.baseline?.n).toBe(120);
    for (let index = 0; index < 4000; index += 1) feed(normal());
    expect(state.baseline?.n).toBe(1920);
  });

  test("never learns from samples that are beyond the limit", () => {
    const state = startMetric(compressionRatio, budgets, null);
    for (let index = 0; index < 1000; index += 1) judgeValue(state, 4 + (index % 5) * 0.01, index * 500, budgets);
    expect([state.baseline, state.failing]).toEqual([null, "hard"]);
  });

  test("does not learn a drift that no armed chart can see yet", () => {
    const random = seededRandom(21);
    const state = startMetric(latencyMs, budgets, null);
    let score = 0;
    for (let index = 0; index < 3000; index += 1) {
      score = 0.9 * score + Math.sqrt(1 - 0.81) * random.normal();
      judgeValue(state, 20 + score + (index >= 130 ? 4 : 0), index * 500, budgets);
    }
    expect(state.failing === null ? (state.baseline?.median ?? 0) < 21.5 : true).toBe(true);
  });

  test("that was unlucky does not stay for ever: what is newer and no worse than chance allows takes its place", () => {
    const state = startMetric(latencyMs, budgets, null);
    let tMs = 0;
    const next = scoreStream(seededRandom(22), 0.8);
    const feed = (count: number, level: number): void => {
      for (let index = 0; index < count; index += 1) judgeValue(state, level + 2 * next(), (tMs += 500), budgets);
    };
    feed(120, 20);
    const unlucky = state.baseline?.median ?? 0;
    feed(600, unlucky + 1);
    expect(state.failing).toBeNull();
    expect(state.baseline?.n ?? 0).toBeGreaterThanOrEqual(240);
  });

  test("does not move once the metric has begun to fail", () => {
    const metric = healthy(300);
    const before = metric.state.baseline;
    for (let index = 0; index < 600; index += 1) metric.feed(metric.normal() - 1.2);
    expect(metric.state.failing).not.toBeNull();
    expect(metric.state.baseline).toBe(before);
  });
});

describe("the judge of a metric", () => {
  test("never fails on a constant, wherever inside of the limit it lies", () => {
    fc.assert(
      fc.property(fc.double({ min: 5, max: 1e4, noNaN: true }), (value) => {
        const state = startMetric(compressionRatio, budgets, null);
        for (let index = 0; index < 300; index += 1) judgeValue(state, value, index * 500, budgets);
        expect(state.failing).toBeNull();
      }),
      { numRuns: 40 },
    );
  });

  test("judges the same however the metric is scaled", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 50, noNaN: true }), fc.integer({ min: 1, max: 50 }), (scale, seed) => {
        const plain = startMetric(latencyMs, budgets, null);
        const scaled = startMetric({ ...latencyMs, limit: latencyMs.limit * scale, recoverAt: latencyMs.recoverAt * scale }, budgets, null);
        const random = seededRandom(seed);
        for (let index = 0; index < 400; index += 1) {
          const value = 20 + 2 * random.normal() + (index > 300 ? 6 : 0);
          judgeValue(plain, value, index * 500, budgets);
          judgeValue(scaled, value * scale, index * 500, budgets);
        }
        expect(scaled.failing).toBe(plain.failing);
      }),
      { numRuns: 20 },
    );
  });
});

describe("a failure", () => {
  test("leaves no trace in the baselines that follow it", () => {
    const { state, feed, normal } = healthy(240);
    const before = { needed: state.hard.needed, rho: state.baseline?.rho ?? 1 };
    feed(...Array.from({ length: 60 }, () => normal() / 2));
    expect(state.failing).not.toBeNull();
    while (state.failing !== null) feed(normal());
    feed(...Array.from({ length: 1500 }, () => normal()));
    const { baseline, hard } = state;
    expect(baseline?.n).toBeGreaterThanOrEqual(480);
    expect(baseline?.fromMs).toBeGreaterThan(300 * 500);
    expect(baseline?.rho).toBeLessThan(before.rho + 0.2);
    expect(hard.needed).toBeLessThanOrEqual(before.needed);
  });
});
