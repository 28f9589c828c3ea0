import { describe, expect, it } from "vitest";
import { guardFixture, judgedMetricFixture } from "../state/snapshot-fixture";
import { spokenChart } from "./spoken-chart";

const chart = (name: "drift-slow" | "drift-fast" | "spread", statistic: number, limit: number | null = 10) => ({ name, k: 0.5, limit, statistic });
const metrics = (slow: number, other: number) => [
  judgedMetricFixture({ metric: "qualityScore", charts: [chart("drift-slow", slow), chart("spread", 1)] }),
  judgedMetricFixture({ metric: "latencyMs", charts: [chart("drift-fast", other), chart("spread", 99, null)] }),
];

describe("the chart that is shown of a node", () => {
  it("is that of the verdict's metric, by the rule that speaks, however near others are", () => {
    const { verdict } = guardFixture();
    const guard = guardFixture({ verdict: { ...verdict, outcome: "warn", metric: "qualityScore", reason: "spread" } });
    expect(spokenChart({ guard, metrics: metrics(5, 9) }, null)).toEqual({ metric: "qualityScore", name: "spread" });
    const hard = guardFixture({ verdict: { ...verdict, outcome: "fail", metric: "qualityScore", reason: "hard" } });
    expect(spokenChart({ guard: hard, metrics: metrics(5, 9) }, null)).toEqual({ metric: "qualityScore", name: "drift-slow" });
  });

  it("is the nearest to its limit of a node that passes, and stays until another is clearly nearer", () => {
    const guard = guardFixture();
    const slow = { metric: "qualityScore", name: "drift-slow" } as const;
    expect(spokenChart({ guard, metrics: metrics(5, 4) }, null)).toEqual(slow);
    expect(spokenChart({ guard, metrics: metrics(3, 5) }, slow)).toEqual(slow);
    expect(spokenChart({ guard, metrics: metrics(3, 6) }, slow)).toEqual({ metric: "latencyMs", name: "drift-fast" });
  });

  it("is none where nothing is computed", () => {
    expect(spokenChart({ guard: guardFixture(), metrics: [judgedMetricFixture({ charts: [] })] }, null)).toBeNull();
  });
});
