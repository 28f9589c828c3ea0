import { describe, expect, it } from "vitest";
import { run } from "./calc";

async function calc(line: string): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let out = "";
  let err = "";
  const code = await run(line.split(" ").filter((word) => word !== ""), { stdout: (text) => (out += text), stderr: (text) => (err += text) });
  return { code, out, err };
}

/** The one JSON object that a command wrote. */
async function answer(line: string): Promise<Readonly<Record<string, unknown>>> {
  const { code, out, err } = await calc(line);
  expect([line, code, err]).toEqual([line, 0, ""]);
  expect(out.endsWith("}\n")).toBe(true);
  return JSON.parse(out) as Readonly<Record<string, unknown>>;
}

describe("./lydlr calc", () => {
  it("answers with one JSON object whose field is named after what was asked", async () => {
    expect((await answer("arl --chart cusum --k 0.5 --h 4 --shift 0 --two-sided"))["arl"]).toBeCloseTo(167.7, 1);
    expect((await answer("arl --chart cusum --k .5 --h 4 --shift 0 --two-sided --headstart 2"))["arl"]).toBeCloseTo(148.7, 1);
    expect((await answer("arl --chart cusum --k .5 --h 3 --shift -0.5"))["arl"]).toBeCloseTo(1963, 0);
    expect((await answer("arl --chart ewma --lambda .03 --c 2.437 --shift 0"))["arl"]).toBeCloseTo(499.9, 1);
    expect((await answer("arl --chart ewma --lambda .75 --c 2.58198889747 --shift 0 --one-sided"))["arl"]).toBeCloseTo(209.3, 1);
    expect((await answer("limit --chart cusum --k 0.5 --arl0 172800"))["limit"]).toBeCloseTo(10.209, 3);
    expect((await answer("limit --chart dtc --k .1 --rho .9 --arl0 10000"))["limit"]).toBeCloseTo(246.83, 2);
    expect((await answer("bound --kind normal-mixture --v 100 --v-opt 100 --alpha .05"))["bound"]).toBeCloseTo(30.35209, 5);
    expect((await answer("bound --kind normal-mixture --v 100 --v-opt 100 --alpha .05 --one-sided"))["bound"]).toBeCloseTo(27.66071, 5);
    expect(await answer("interval --n 1000 --mean .1 --sd 1 --alpha .05 --n-star 5000 --json")).toEqual({ low: expect.closeTo(-0.0063755, 6) as number, high: expect.closeTo(0.2063755, 6) as number });
  });

  it("answers for extremes", async () => {
    expect((await answer("arl --chart cusum --k 0 --h 34 --shift 5 --two-sided --headstart 17"))["arl"]).toBeGreaterThan(1);
    expect((await answer("arl --chart cusum --k 0.25 --h 34.364 --shift 0"))["arl"]).toBeCloseTo(4.147e8, -6);
    expect((await answer("limit --chart cusum --k 1 --arl0 4.147e8 --two-sided"))["limit"]).toBeGreaterThan(9.13);
  });

  it("predicts what a budget costs", async () => {
    const six = await answer("predict --nodes 6 --metrics 3 --days 30 --rho 0 --drop 0.30 --cv 0.05");
    expect(Object.keys(six)).toEqual(["falseRollbacksPerDay", "delaySamples", "hardRun", "driftLimit"]);
    expect(six["falseRollbacksPerDay"]).toBeLessThanOrEqual(1 / 30);
    expect(six["delaySamples"]).toBeLessThanOrEqual(6);
    const larger = await answer("predict --nodes 50 --metrics 3 --days 90 --rho 0.5");
    for (const field of ["hardRun", "driftLimit"]) expect(larger[field]).toBeGreaterThan(Number(six[field]));
  });

  it("says BAD_USAGE and 2 for what it cannot read, IMPOSSIBLE_VALUE and 1 for what cannot be", async () => {
    const cases: readonly (readonly [string, number, string])[] = [
      ["", 2, "BAD_USAGE"],
      ["nothing", 2, "BAD_USAGE"],
      ["arl", 2, "BAD_USAGE"],
      ["arl --chart shewhart", 2, "BAD_USAGE"],
      ["arl --chart cusum --k .5", 2, "BAD_USAGE"],
      ["arl --chart cusum --k x --h 4 --shift 0", 2, "BAD_USAGE"],
      ["arl --chart cusum --k .5 --h 4 --shift 0 --wrong 1", 2, "BAD_USAGE"],
      ["arl --chart cusum --k .5 --h 4 --shift 0 more", 2, "BAD_USAGE"],
      ["limit --chart ewma --k 1 --arl0 100", 2, "BAD_USAGE"],
      ["limit --chart dtc --k 1 --arl0 100", 2, "BAD_USAGE"],
      ["bound --kind stitching --v 1 --v-opt 1 --alpha .05", 2, "BAD_USAGE"],
      ["arl --chart cusum --k -1 --h 4 --shift 0", 1, "IMPOSSIBLE_VALUE"],
      ["arl --chart cusum --k .5 --h 0 --shift 0", 1, "IMPOSSIBLE_VALUE"],
      ["arl --chart cusum --k .5 --h 4 --shift 0 --headstart 4", 1, "IMPOSSIBLE_VALUE"],
      ["arl --chart cusum --k 1 --h 100 --shift 0", 1, "IMPOSSIBLE_VALUE"],
      ["arl --chart ewma --lambda 0 --c 3 --shift 0", 1, "IMPOSSIBLE_VALUE"],
      ["arl --chart ewma --lambda 0.1 --c 0 --shift 0", 1, "IMPOSSIBLE_VALUE"],
      ["limit --chart cusum --k .5 --arl0 1", 1, "IMPOSSIBLE_VALUE"],
      ["limit --chart dtc --k 0 --rho .5 --arl0 100", 1, "IMPOSSIBLE_VALUE"],
      ["limit --chart dtc --k .5 --rho 1 --arl0 100", 1, "IMPOSSIBLE_VALUE"],
      ["bound --kind normal-mixture --v -1 --v-opt 1 --alpha .05", 1, "IMPOSSIBLE_VALUE"],
      ["bound --kind normal-mixture --v 1 --v-opt 1 --alpha .5 --one-sided", 1, "IMPOSSIBLE_VALUE"],
      ["interval --n 0 --mean 0 --sd 1 --alpha .05 --n-star 100", 1, "IMPOSSIBLE_VALUE"],
      ["predict --nodes 6 --metrics 3", 2, "BAD_USAGE"],
      ["predict --nodes 0 --metrics 3 --days 30", 1, "IMPOSSIBLE_VALUE"],
      ["predict --nodes 6 --metrics 1.5 --days 30", 1, "IMPOSSIBLE_VALUE"],
      ["predict --nodes 6 --metrics 3 --days 0", 1, "IMPOSSIBLE_VALUE"],
      ["predict --nodes 6 --metrics 3 --days 30 --rho 1", 1, "IMPOSSIBLE_VALUE"],
      ["predict --nodes 6 --metrics 3 --days 30 --cv 0", 1, "IMPOSSIBLE_VALUE"],
      ["interval --n 10 --mean 0 --sd 1 --alpha 1 --n-star 100", 1, "IMPOSSIBLE_VALUE"],
    ];
    for (const [line, code, start] of cases) {
      const result = await calc(line);
      expect([line, result.code, result.err.split(":")[0], result.out]).toEqual([line, code, start, ""]);
    }
    expect((await calc("--help")).out).toContain("usage:");
  });
});
