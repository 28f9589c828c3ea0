import { describe, expect, test } from "vitest";
import { halfLastFigure, lastOf, printed, printedRow, runCase } from "./case";
import { chartGroups } from "./chart-cases";
import { pythonRandom } from "./mersenne-twister";
import { runSelftest, selftestCases } from "./selftest";

describe("a self-test case", () => {
  test("is as wide as half of the last printed figure", () => {
    expect(halfLastFigure("3.75")).toBeCloseTo(0.005, 8);
    expect(halfLastFigure("168")).toBeCloseTo(0.5, 6);
    expect(halfLastFigure("2.3e7")).toBeCloseTo(500_000, 0);
    expect(halfLastFigure("-0.06502391")).toBeCloseTo(5e-9, 14);
  });

  test("fails beyond its tolerance and for what is no number", () => {
    expect(runCase(printed("one", "3.75", "", () => 3.7549)).passed).toBe(true);
    expect(runCase(printed("one", "3.75", "", () => 3.7551)).passed).toBe(false);
    expect(runCase(printed("one", "3.75", "", () => Number.NaN)).passed).toBe(false);
  });

  test("cannot be lost by a row with more values than columns", () => {
    expect(() => printedRow(String, [1], "1 2", "row", () => 1)).toThrow("more values than columns");
  });
});

describe("the self-test", () => {
  test("reproduces the published values of control charts", () => {
    const failed = chartGroups()
      .flatMap(({ cases }) => cases)
      .map(runCase)
      .filter((result) => !result.passed);
    expect(failed).toEqual([]);
  }, 60_000);

  test("runs in pieces, tells each case with its place, and counts what is off", async () => {
    let pauses = 0;
    const told: string[] = [];
    const pieces = function* (): Generator<undefined, number> {
      yield;
      yield;
      return 2;
    };
    const slow = { ...printed("slow", "2", "here", () => lastOf(pieces())), pieces };
    const run = await runSelftest({
      cases: [printed("right", "1", "here", () => 1), slow, printed("wrong", "3", "here", () => 4)],
      pause: () => {
        pauses += 1;
        return Promise.resolve();
      },
      onCase: ({ name }, done, total) => told.push(`${name} ${done}/${total}`),
    });
    expect([run.passed, run.failed, pauses]).toEqual([2, 1, 5]);
    expect(told).toEqual(["right 1/3", "slow 2/3", "wrong 3/3"]);
    expect(run.results[1]).toEqual(runCase(slow));
  });

  test("names every case once", () => {
    const names = selftestCases().map(({ name, source }) => `${name} ${source}`);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(190);
  });

  test("draws the numbers of Python's random.Random(12345)", () => {
    const random = pythonRandom(12345);
    expect([random(), random(), random()]).toEqual([0.41661987254534116, 0.010169169457068361, 0.8252065092537432]);
  });
});
