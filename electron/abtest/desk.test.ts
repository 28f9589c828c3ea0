import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AbTestView } from "../../shared/contract/abtest";
import type { AbTestOptions } from "./order";
import { TestBench } from "./bench-fixture";

/** Short blocks: a command is verified 3.2 s after its acknowledgement. */
const SHORT: AbTestOptions = { blockMs: 5_000, washOutMs: 1_000, longestMs: 120_000, smallestDifference: 0.5, guardrails: [{ metric: "latencyMs", allowed: 1 }] };

describe("an A/B test in the engine", () => {
  let bench: TestBench;
  beforeEach(async () => {
    bench = new TestBench();
    await bench.start();
    await bench.run(40);
  });
  afterEach(async () => {
    await bench.stop();
  });

  const begin = (options: AbTestOptions = {}, versionB = "1.1.0") => bench.operations.setupAbTest("node_0", "node_1", "1.0.0", versionB, { ...SHORT, ...options });
  function seen(): AbTestView {
    const results = bench.operations.getAbTestResults();
    if (!results.ok) throw new Error(results.error.message);
    return results.value;
  }
  async function until(what: () => boolean, seconds?: number): Promise<void> {
    const isSo = await bench.until(what, seconds);
    const { state, verdict, restore, happened } = seen();
    expect(isSo, JSON.stringify([state, verdict.sentence, restore, happened])).toBe(true);
  }

  test("finds the better version by exchanging both on both nodes, puts back what ran and promotes it", async () => {
    const preview = await bench.operations.abTests.preview({ nodesA: ["node_0"], nodesB: ["node_1"], versionA: "1.0.0", versionB: "1.1.0", design: null, primary: "compressionRatio", alpha: 0.05, restoreVersion: null, endAtWinner: false, ...SHORT, smallestDifference: null, guardrails: null } as never);
    expect(preview.refusals).toEqual([]);
    expect(preview.prediction.sentence).toMatch(/^About /);
    expect(await begin()).toEqual({ ok: true, value: { testId: "ab-0001" } });
    await bench.run(12);
    expect(seen()).toMatchObject({ state: "running", verdict: { kind: "collecting" } });
    await until(() => seen().verdict.kind === "b-better");
    expect(bench.operations.abTests.promote("ab-0001", undefined).ok).toBe(true);
    await until(() => seen().state === "ended");
    expect(seen().promotion).toMatchObject({ state: "started", rolloutId: "r-0001", version: "1.1.0" });
    expect(bench.operations.abTests.reproduce("ab-0001")).toMatchObject({ ok: true, value: { isSame: true } });
  });
});
