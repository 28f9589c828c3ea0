import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { startAbTest } from "../../../shared/abtest/ab-test";
import { planTest, type TestPlan } from "../../../shared/abtest/plan";
import { TEST_DEFAULTS } from "../../../shared/abtest/request";
import type { AbTestPlannedBlock } from "../../../shared/contract/abtest";
import { seededRandom } from "../../../shared/random";
import { DEFAULT_PLAN } from "../../../shared/rollout/phased/default-plan";
import { gapPath } from "../../charts/gap-path";
import { drawnBlocks, DRAWN_BLOCKS, traceScale, within } from "./blocks";
import { draftOf, guardrailMetrics, INITIAL, missingOf, problemsOf, type Form } from "./form";
import { bandPath, effectScale, pairScale, type EffectPoint } from "./funnel";
import { guardrailBar } from "./guardrail-bar";
import { laneOf, moveNode, type Lane, type Lanes } from "./lanes";
import { shareText, signedDifference, sizeText } from "./metric-texts";
import { armIn, elapsedText, elapsedTicks, isExchanged, lengthText, stretchesOf } from "./block-times";
import { promotionSteps, stopText } from "./promotion-words";
import { versionFact } from "./version-fact";
import { nodesText, numberOf, splitSentence, standingWord } from "./words";

function planned(change: Partial<Parameters<typeof planTest>[0]> = {}): TestPlan {
  const plan = planTest({
    ...TEST_DEFAULTS,
    arms: { nodesA: ["node_0"], nodesB: ["node_1"], canSwap: true, canCalibrate: true },
    versionA: "1.0.0",
    versionB: "1.1.0",
    design: null,
    primary: "compressionRatio",
    smallestDifference: 0.2,
    guardrails: [],
    longestMs: 600_000,
    seed: 4,
    ...change,
  });
  if (!plan.ok) throw new Error(plan.error.message);
  return plan.value;
}

/** The schedule of a plan, as the engine tells it. */
function scheduleOf({ blocks, blockMs, washOutMs, versionB }: TestPlan): readonly AbTestPlannedBlock[] {
  return blocks.map(({ phase, fromMs, isAfterSwap, versionOfFirst, versionOfSecond }) => ({
    phase,
    fromMs,
    toMs: fromMs + blockMs,
    washedOutMs: isAfterSwap ? fromMs + washOutMs : fromMs,
    versionOfA: versionOfFirst,
    versionOfB: versionOfSecond,
    isSwapped: versionOfFirst === versionB,
  }));
}

/** The funnel of a simulated test; `sign` -1 exchanges the arms. */
function simulatedFunnel(sign: 1 | -1): readonly EffectPoint[] {
  const plan = planned();
  const kinds = sign === 1 ? plan.blocks : plan.blocks.map((block) => ({ ...block, kind: block.kind === 0 ? (1 as const) : (0 as const) }));
  const ab = startAbTest(sign === 1 ? plan : { ...plan, versionA: "1.1.0", versionB: "1.0.0", blocks: kinds }, 0);
  const random = seededRandom(3);
  for (let tMs = 0; tMs < 300_000; tMs += 500) {
    const block = plan.blocks[Math.floor(tMs / plan.blockMs)];
    if (block === undefined) break;
    for (const [nodeId, modelVersion] of [["node_0", block.versionOfFirst], ["node_1", block.versionOfSecond]] as const) {
      const compressionRatio = 6 + random.normal() + (modelVersion === "1.1.0" ? 1 : 0);
      ab.take({ type: "sample", tMs, nodeId, modelVersion, values: { compressionRatio, latencyMs: null, qualityScore: null } });
    }
  }
  ab.take({ type: "tick", tMs: 300_000 });
  return ab.result().metrics[0]?.history ?? [];
}

describe("the lanes of a set-up", () => {
  it("hold each node once, whatever is moved where", () => {
    const lane = fc.constantFrom<Lane>("pool", "a", "b");
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), lane), { maxLength: 30 }), (moves) => {
        let lanes: Lanes = { nodesA: [], nodesB: [] };
        for (const [index, to] of moves) {
          lanes = moveNode(lanes, `node_${index}`, to);
          expect(laneOf(lanes, `node_${index}`)).toBe(to);
        }
        const all = [...lanes.nodesA, ...lanes.nodesB];
        expect(new Set(all).size).toBe(all.length);
      }),
      { numRuns: 60 },
    );
  });
});

describe("the form of a set-up", () => {
  const whole: Form = { ...INITIAL, nodesA: ["node_0"], nodesB: ["node_1"], versionA: "1.0.0", versionB: "1.1.0" };

  it("asks for what the engine has by default where nobody typed anything", () => {
    expect(draftOf(whole, {})).toEqual({
      nodesA: ["node_0"],
      nodesB: ["node_1"],
      versionA: "1.0.0",
      versionB: "1.1.0",
      design: null,
      primary: "compressionRatio",
      smallestDifference: null,
      guardrails: null,
      alpha: TEST_DEFAULTS.alpha,
      blockMs: TEST_DEFAULTS.blockMs,
      washOutMs: TEST_DEFAULTS.washOutMs,
      longestMs: TEST_DEFAULTS.longestMs,
    });
  });

  it("keeps what was suggested for one guardrail where another one was typed or taken away", () => {
    const typed: Form = { ...whole, guardrails: { ...whole.guardrails, latencyMs: { isOn: true, allowed: 3 } } };
    expect(draftOf(typed, { qualityScore: 0.02 })?.guardrails).toEqual([{ metric: "latencyMs", allowed: 3 }, { metric: "qualityScore", allowed: 0.02 }]);
    const without: Form = { ...whole, guardrails: { ...whole.guardrails, latencyMs: { isOn: false, allowed: null } } };
    expect(draftOf(without, { qualityScore: 0.02, latencyMs: 2 })?.guardrails).toEqual([{ metric: "qualityScore", allowed: 0.02 }]);
    expect(guardrailMetrics({ ...without, primary: "qualityScore" })).toEqual(["compressionRatio"]);
  });

  it("says which number is missing or out of range, and asks for nothing then", () => {
    const wrong: Form = { ...whole, blockS: Number.NaN, alphaPercent: 30, smallestDifference: 0, guardrails: { ...whole.guardrails, qualityScore: { isOn: true, allowed: Number.NaN } } };
    expect([...problemsOf(wrong).keys()]).toEqual(["blockS", "alphaPercent", "smallestDifference", "allowed qualityScore"]);
    expect(draftOf(wrong, {})).toBeNull();
  });

  it("says the first thing that keeps the test from being started", () => {
    expect(missingOf(INITIAL, null)).toBe("Choose a version for each arm.");
    expect(missingOf({ ...whole, nodesB: [] }, null)).toBe("Put a node into each arm.");
    expect(missingOf({ ...whole, blockS: 0 }, null)).toBe("A number is missing or out of its range.");
    expect(missingOf(whole, null)).toBe("Looking at the nodes.");
  });
});

describe("a schedule", () => {
  it("of a crossover gives each node the other version in every block, its wash-out first", () => {
    const schedule = scheduleOf(planned()).slice(0, 4);
    const [a, b] = [stretchesOf(schedule, "a"), stretchesOf(schedule, "b")];
    expect(a.map(({ arm }) => arm)).toEqual(b.map(({ arm }) => (arm === "a" ? "b" : "a")));
    expect(new Set(a.map(({ arm }) => arm))).toEqual(new Set(["a", "b"]));
    expect(a.every(({ fromMs, washedOutMs }) => washedOutMs === fromMs + TEST_DEFAULTS.washOutMs)).toBe(true);
    expect(isExchanged(schedule)).toBe(true);
  });

  it("of a calibrated test is two stretches: the common version, then one each", () => {
    const arms = { nodesA: ["node_0"], nodesB: ["node_1"], canSwap: false, canCalibrate: true };
    const schedule = scheduleOf(planned({ arms, longestMs: 150_000 }));
    expect(stretchesOf(schedule, "a").map(({ arm, phase }) => `${phase} ${arm}`)).toEqual(["calibration a", "test a"]);
    expect(stretchesOf(schedule, "b").map(({ arm, phase }) => `${phase} ${arm}`)).toEqual(["calibration a", "test b"]);
    expect(isExchanged(schedule)).toBe(false);
  });

  it("has an axis in steps that people count in", () => {
    expect(elapsedTicks(135_000, 6).map(elapsedText)).toEqual(["0", "30 s", "1 min", "1:30 min", "2 min"]);
    expect([4_500, 9_000, 45_000, 150_000, 2_400_000].map(lengthText)).toEqual(["4.5 s", "9 s", "45 s", "2 min 30 s", "40 min"]);
    expect(armIn({ phase: "calibration", isSwapped: false }, "b")).toBe("a");
  });
});

describe("a funnel", () => {
  it("has mirrored axes and bands where the arms are exchanged", () => {
    const [one, other] = [simulatedFunnel(1), simulatedFunnel(-1)];
    expect(one.length).toBeGreaterThan(10);
    const [scale, mirrored] = [effectScale(one, 8, 0.2), effectScale(other, 8, 0.2)];
    expect([mirrored.min, mirrored.max]).toEqual([0 - scale.max, 0 - scale.min]);
    const plot = (sign: number) => ({ xOf: (pairs: number) => pairs * 10, yOf: (effect: number) => sign * effect * 10 });
    const halves = (path: string): readonly string[] => path.slice(1, -1).split("L").toSorted();
    expect(halves(bandPath(one, plot(1)))).toEqual(halves(bandPath(other, plot(-1))));
  });

  it("holds zero, the band of no difference and every interval since the first verdict, not the wide ones before", () => {
    const points: readonly EffectPoint[] = [
      { pairs: 2, effect: 1, low: -90, high: 90 },
      { pairs: 8, effect: 1, low: 0.2, high: 1.8 },
      { pairs: 9, effect: 1, low: 0.4, high: 1.6 },
    ];
    const { min, max } = effectScale(points, 8, 0.5);
    expect(min).toBeLessThanOrEqual(-0.75);
    expect(max).toBeGreaterThanOrEqual(1.8);
    expect(max).toBeLessThan(5);
    expect(effectScale(points.slice(0, 1), 8, 0.5).max).toBeGreaterThanOrEqual(90);
    expect(effectScale([], 8, 0.5).max).toBeGreaterThan(0.5);
  });

  it("leaves room for what is predicted while it runs, none once it is over, and never more than the test has", () => {
    expect(pairScale(3, 159, false)).toEqual({ min: 0, max: 16 });
    expect(pairScale(14, 159, false)).toEqual({ min: 0, max: 24 });
    expect(pairScale(14, 20, false).max).toBe(20);
    expect(pairScale(14, 159, true).max).toBe(14);
  });

  it("shows a guardrail's limit on the side that is worse, whatever the interval", () => {
    const latency = guardrailBar("latencyMs", 2, -1.9, 0.5);
    expect([latency.limit, latency.forbidden]).toEqual([2, "above"]);
    expect(latency.scale.max).toBeGreaterThan(2);
    const quality = guardrailBar("qualityScore", 0.02, null, null);
    expect([quality.limit, quality.forbidden]).toEqual([-0.02, "below"]);
    expect(quality.scale.min).toBeLessThan(-0.02);
  });
});

describe("the blocks of a test", () => {
  const block = (index: number, toAtMs: number | null) => ({
    index,
    phase: "test" as const,
    fromAtMs: index * 1000,
    washedOutAtMs: index * 1000 + 200,
    toAtMs,
    versionOfA: "1.0.0",
    versionOfB: "1.1.0",
    isSwapped: false,
    isWhole: true,
  });

  it("are drawn from the newest ones, the one that runs up to now", () => {
    expect(drawnBlocks({ blocks: [] }, 0)).toBeNull();
    const blocks = Array.from({ length: 40 }, (_, index) => block(index, index === 39 ? null : (index + 1) * 1000));
    const drawn = drawnBlocks({ blocks }, 39_400);
    expect([drawn?.blocks.length, drawn?.fromMs, drawn?.toMs]).toEqual([DRAWN_BLOCKS, 8_000, 39_400]);
    const ranged = drawnBlocks({ blocks }, 39_400, { fromMs: 3_500, toMs: 6_000 });
    expect([ranged?.blocks.map(({ index }) => index), ranged?.fromMs, ranged?.toMs]).toEqual([[3, 4, 5], 3_000, 6_000]);
    expect(drawnBlocks({ blocks }, 39_400, { fromMs: 90_000, toMs: 99_000 }), "of another time: all of the test").toEqual(drawn);
  });

  it("take the values inside of a stretch; a spike of one in a thousand does not set the scale", () => {
    const atMs = Float64Array.from({ length: 1000 }, (_, index) => index);
    const values = Float64Array.from(atMs, (at) => (at === 500 ? 900 : 5 + (at % 2)));
    const trace = { atMs, compressionRatio: values, latencyMs: values, qualityScore: values };
    expect([...within(trace, "latencyMs", 3, 6).atMs]).toEqual([3, 4, 5]);
    expect(within(trace, "latencyMs", 2000, 3000).atMs).toHaveLength(0);
    expect(traceScale([trace], "compressionRatio", 0, 1000)?.max).toBeLessThan(7);
    expect(traceScale([trace], "compressionRatio", 2000, 3000)).toBeNull();
  });

  it("are lines that break at a missing value and at a silence, never bridged", () => {
    const same = (value: number): number => value;
    expect(gapPath([0, 1, 2, 3, 9], [1, 1, Number.NaN, 3, 4], same, same, 2)).toBe("M0 1L1 1M3 3M9 4");
  });
});

describe("what is said of a version", () => {
  const never = { kind: "model" as const, deployable: { ok: true as const }, verification: { state: "never" as const, sentence: "Not verified on this machine yet: its hashes match, nothing else was tried." } };

  it("is one thing: that nothing was tried beyond its hashes, or that it was", () => {
    expect(versionFact(never, { isDeployable: true, sentence: "Every file of 1.0.0 is the one that its manifest names." })).toEqual({ text: never.verification.sentence, glyph: "waiting", hue: "low" });
    expect(versionFact({ ...never, verification: { state: "refused", code: "GOLDEN_MISMATCH", sentence: "Frame 3 differs.", checks: [], atMs: 0, durationMs: 1 } }, undefined)).toMatchObject({ text: "Refused, GOLDEN_MISMATCH: Frame 3 differs.", hue: "high" });
  });

  it("is the refusal of just now, whatever was proven before", () => {
    expect(versionFact(never, { isDeployable: false, sentence: "HASH_MISMATCH: not what its manifest names." })).toEqual({ text: "Refused: HASH_MISMATCH: not what its manifest names.", glyph: "failing", hue: "high" });
  });
});

describe("the words of a promotion", () => {
  const preview = (canary: readonly string[], share: readonly string[], all: readonly string[]) => ({
    phases: [{ name: "canary" as const, nodeIds: [...canary] }, { name: "share" as const, nodeIds: [...share] }, { name: "all" as const, nodeIds: [...all] }],
    leftOut: [],
    withoutWayBack: [],
    refusal: null,
  });
  const said = (of: ReturnType<typeof preview>, change: Partial<typeof DEFAULT_PLAN> = {}): readonly string[] =>
    promotionSteps({ plan: { ...DEFAULT_PLAN, version: "1.1.0", ...change }, preview: of }).map(({ name, sentence }) => `${name}: ${sentence}`);

  it("name the canary, the share and the rest, and what opens each gate", () => {
    const ids = Array.from({ length: 12 }, (_, index) => `node_${index}`);
    expect(said(preview(ids.slice(0, 1), ids.slice(1, 3), ids.slice(3)))).toEqual([
      "Canary: node_0. Goes on 5 min after its commit.",
      "Then 25 %: node_1 and node_2. Goes on 5 min after the last commit.",
      "Then all: node_3, node_4 and 7 more, 2 at once.",
    ]);
    expect(said(preview(ids.slice(0, 2), ids.slice(2, 6), ids.slice(6)), { atOnce: 3, soakMs: 0, share: 0.5 })).toEqual([
      "Canary: node_0 and node_1. Goes on with the last commit.",
      "Then 50 %: node_2, node_3 and 2 more, 3 at once. Goes on with the last commit.",
      "Then all: node_6, node_7 and 4 more, 3 at once.",
    ]);
  });

  it("say so where a phase has no node", () => {
    expect(said(preview(["node_0"], [], ["node_1"]))[1]).toBe("Then 25 %: no further node: 25 % of 2 nodes is the canary.");
    expect(said(preview(["node_0"], [], []))[2]).toBe("Then all: no further node.");
    expect(stopText(DEFAULT_PLAN)).toBe("It stops by itself if the canary fails, or at 2 failures or 20 % of the judged, whichever is more, once 5 nodes are judged.");
  });
});

describe("the words of a test", () => {
  it("write differences with their sign, a true minus and a zero without any", () => {
    expect([signedDifference("compressionRatio", 1.518), signedDifference("latencyMs", -0.7), signedDifference("qualityScore", 0.0001)]).toEqual(["+1.52", "−0.7", "0.000"]);
    expect([sizeText(1), sizeText(0.42), sizeText(0.123456)]).toEqual(["1", "0.42", "0.1235"]);
    expect(shareText(1, 6.87, "compressionRatio")).toBe("15 % of 6.87, the median today");
    expect(shareText(1, null, "compressionRatio")).toBe("");
  });

  it("part a verdict from its numbers, where a version's dots are no end", () => {
    expect(splitSentence("B is better: 1.1.0 compresses more. Ratio +1.52, between +0.63 and +2.41.")).toEqual(["B is better: 1.1.0 compresses more.", "Ratio +1.52, between +0.63 and +2.41."]);
    expect(splitSentence("Collecting: 5 of 8 pairs, no verdict yet.")).toEqual(["Collecting:", "5 of 8 pairs, no verdict yet."]);
  });

  it("say of a guardrail that nothing more comes once the test is over", () => {
    expect((["collecting", "open", "holds"] as const).map((standing) => standingWord(standing, { state: "running" }).word)).toEqual(["collecting", "not sure yet", "holds"]);
    expect((["collecting", "open", "holds"] as const).map((standing) => standingWord(standing, { state: "ended" }).word)).toEqual(["no interval", "not sure", "holds"]);
  });

  it("name a few nodes and count the others", () => {
    expect([numberOf("ab-0031"), numberOf("ab-0000")]).toEqual(["31", "0"]);
    expect(nodesText({ nodesA: ["node_0"], nodesB: ["node_1"] })).toBe("node_0 and node_1");
    expect(nodesText({ nodesA: ["a", "b", "c"], nodesB: ["d", "e", "f"] })).toBe("a, b, c and 3 more");
  });
});
