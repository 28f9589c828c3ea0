import { describe, expect, it } from "vitest";
import type { HoldView, VerdictView } from "../../shared/contract/guard";
import { commandFixture, guardFixture, nodeFixture, NOW_MS } from "../state/snapshot-fixture";
import { rolloutSteps, versionOnItsWay } from "./rollout-steps";
import { baselineText, holdTag, holdText, sentenceOf, shownStateOf, tagOf, trialText, verdictEmphasis } from "./shown";

const { verdict } = guardFixture();

function nodeWith(change: Partial<VerdictView>, hold: HoldView["code"] | null = null, state: "live" | "failing" | "stale" = "live") {
  const held = hold === null ? null : { code: hold, target: "1.0.0", sinceMs: NOW_MS, sentence: "Why." };
  return nodeFixture({ state, guard: guardFixture({ verdict: { ...verdict, ...change }, hold: held }) });
}

describe("what a node is shown as", () => {
  it.each([
    [{}, null, "live", "live"],
    [{ outcome: "warn", reason: "drift-slow" }, null, "live", "drifting"],
    [{ outcome: "warn", reason: "spread" }, null, "live", "drifting"],
    [{ outcome: "warn", reason: "hard" }, null, "live", "warned"],
    [{ outcome: "fail", reason: "hard" }, null, "live", "failing"],
    [{ outcome: "fail", reason: "hard" }, "COMMON_CAUSE", "failing", "held"],
    [{ outcome: "fail", reason: "hard" }, "NOT_RECOVERED", "failing", "held"],
    [{ outcome: "fail", reason: "hard" }, "ROLLBACKS_FROZEN", "failing", "frozen"],
    [{ outcome: "fail", reason: "hard" }, "NO_GOOD_VERSION", "failing", "failing"],
    [{ outcome: "fail", reason: "hard" }, "COMMON_CAUSE", "stale", "stale"],
    [{ outcome: "pass", reason: "none" }, "NOT_RECOVERED", "live", "held"],
    [{ outcome: "warn", reason: "better" }, null, "live", "changed"],
    [{ outcome: "inconclusive", reason: "baseline" }, null, "live", "live"],
  ] as const)("%o with hold %s while %s: %s", (change, hold, state, shown) => {
    expect(shownStateOf(nodeWith(change, hold, state))).toBe(shown);
  });

  it("is its state before it is judged", () => {
    expect(shownStateOf(nodeFixture({ state: "joining" }))).toBe("joining");
  });

  it("colours the metric that speaks, and no other", () => {
    const { guard } = nodeWith({ outcome: "warn", reason: "drift-slow", metric: "qualityScore" });
    expect([verdictEmphasis(guard, "qualityScore"), verdictEmphasis(guard, "latencyMs")]).toEqual(["medium", null]);
    expect(verdictEmphasis(nodeWith({ outcome: "fail", metric: "latencyMs" }).guard, "latencyMs")).toBe("high");
    expect(verdictEmphasis(nodeWith({ outcome: "warn", reason: "better", metric: "latencyMs" }).guard, "latencyMs")).toBeNull();
    expect(verdictEmphasis(nodeWith({ outcome: "fail", metric: null }).guard, null)).toBeNull();
  });
});

describe("the guard in words", () => {
  it("says what kind of hold it is, once", () => {
    const hold = (code: HoldView["code"], sentence: string): HoldView => ({ code, target: null, sinceMs: 0, sentence });
    expect(holdText(hold("COMMON_CAUSE", "5 of 6 nodes. This is the environment."))).toBe("Held: 5 of 6 nodes. This is the environment.");
    expect(holdText(hold("ROLLBACKS_FROZEN", "2 automatic rollbacks this hour."))).toBe("Frozen: 2 automatic rollbacks this hour.");
    expect(holdText(hold("ROLLBACKS_FROZEN", "Frozen: 2."))).toBe("Frozen: 2.");
    expect([holdText(hold("DRY_RUN", "Dry run: x.")), holdTag(hold("DRY_RUN", "")), holdTag(hold("NOT_ALLOWED", ""))]).toEqual(["Dry run: x.", "DRY RUN", "HELD"]);
  });

  it("says the verdict and the hold once each", () => {
    const node = nodeWith({ outcome: "fail" }, "COMMON_CAUSE", "failing");
    expect(sentenceOf({ ...node, sentence: "Latency 63 ms." })).toBe("Latency 63 ms. Held: Why.");
    expect(sentenceOf({ ...node, sentence: "Latency 63 ms. Why." })).toBe("Latency 63 ms. Why.");
    expect(sentenceOf({ ...node, sentence: "Why" })).toBe("Held: Why.");
    expect([tagOf(node), tagOf(nodeWith({ outcome: "fail" }, "NO_GOOD_VERSION", "failing")), tagOf(nodeFixture())]).toEqual([null, "HELD", null]);
  });

  it("counts the samples of a baseline until there is one", () => {
    expect(baselineText(guardFixture({ baselineSamples: 74 }))).toBe("Baseline: 74 of 120 samples.");
    expect(baselineText(guardFixture({ baselineSamples: 120 }))).toBeNull();
  });

  it("says how far a trial is", () => {
    const trial = { ...guardFixture().trial, phase: "trial", passed: 164 } as const;
    expect(trialText(guardFixture({ trial }), "1.2.0")).toBe("Trial of 1.2.0 · 164 of 240 samples");
    expect(trialText(guardFixture({ trial: { ...trial, phase: "warming" } }), null)).toBe("Warming up the version");
  });
});

describe("the steps of a version", () => {
  const trial = (phase: "warming" | "trial" | "committed", passed = 164) => guardFixture({ trial: { phase, hasSwapped: true, passed, needed: 240, sinceMs: NOW_MS - 9_000, commitByMs: null } });
  const words = (steps: ReturnType<typeof rolloutSteps>): readonly string[] => steps.map(({ word, state }) => `${word}: ${state}`);

  it("are sent before they are acknowledged, and judged only once the node reports the version", () => {
    const command = commandFixture(["requested", "sent"], { kind: "deploy", version: "1.2.0", fromVersion: "1.1.0" });
    const steps = rolloutSteps(nodeFixture({ command, guard: trial("committed", 240) }), 2_000);
    expect(words(steps)).toEqual(["Staged: done", "Sent: now", "Acknowledged: waiting", "Warming: waiting", "Trial: waiting", "Committed: waiting"]);
    expect(steps[1]?.note).toBe("c-0007, from the window");
    const byScript = rolloutSteps(nodeFixture({ command: { ...command, placedBy: { kind: "ctl" } }, guard: trial("committed") }), null);
    expect(byScript[1]?.note).toBe("c-0007, by ./lydlr ctl");
  });

  it("go on with warm-up and trial, with how far it is", () => {
    const command = commandFixture(["requested", "sent", "acknowledged", "verifying"], { kind: "deploy", version: "1.2.0", attempts: 2 });
    const steps = rolloutSteps(nodeFixture({ command, modelVersion: "1.2.0", guard: trial("trial") }), 10_000);
    expect(words(steps)).toEqual(["Staged: done", "Sent: done", "Acknowledged: done", "Warming: done", "Trial 164 of 240: now", "Committed: waiting"]);
    expect(steps.map(({ note }) => note)).toEqual(["verified and journalled", "c-0007, from the window, 2 of 3 times", "own report, 1.0 s", "10 s ignored", "samples that passed", "after 240 passing samples"]);
    expect(steps[4]?.share).toBeCloseTo(164 / 240);
  });

  it("end where the command ended badly, and name nothing that was not reached", () => {
    const command = commandFixture(["requested", "sent", "unconfirmed"]);
    expect(words(rolloutSteps(nodeFixture({ command, guard: trial("committed", 240) }), null))).toEqual(["Staged: done", "Sent: done", "Unconfirmed: ended"]);
  });

  it("begin with the report of a version that nobody here deployed, or that runs instead of what was", () => {
    const expected = ["Reported: done", "Warming: done", "Trial 240 of 240: done", "Committed: done"];
    expect(words(rolloutSteps(nodeFixture({ guard: trial("committed", 240) }), null))).toEqual(expected);
    const verified = commandFixture(["requested", "sent", "acknowledged", "verified"], { version: "1.0.0" });
    const facts = nodeFixture({ command: verified, modelVersion: "1.3.0", guard: trial("committed", 240) });
    expect(versionOnItsWay(facts)).toEqual({ version: "1.3.0", command: null });
    expect(words(rolloutSteps(facts, null))).toEqual(expected);
  });
});
