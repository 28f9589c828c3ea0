import { describe, expect, test } from "vitest";
import type { EventView, Snapshot } from "../contract/snapshot";
import type { AlertView } from "../contract/alerts";
import { alertFixture, readingFixture } from "./alerts-fixture";
import { nodeViewFixture } from "../contract/node-view-fixture";
import { badgeOf, groupAlerts, untold } from "./grouping";
import { explains, inhibitions } from "./inhibition";
import { occurrenceOf } from "./occurrences";
import { standingOf } from "./reading";
import { readingsOf } from "./readings";
import { DEFAULT_RULES, parseRuleChanges, RULE_IDS, rulesWith, thresholdProblem, type RuleId } from "./rule";
import { evolveAlerts, NO_ALERTS, type AlertEvent } from "./state";
import { alertsView, liveReadings } from "./view";
import { RecentRise, type AlertWorld } from "./world";

const AT_MS = 1_700_000_000_000;

function world(change: Partial<Snapshot> = {}): AlertWorld {
  const snapshot = {
    atMs: AT_MS,
    link: { kind: "embedded", state: "up", sinceMs: 0, sentence: "", notices: [], seed: 7, domainId: null, discoveryRange: null },
    processes: [],
    journal: { state: "written", sentence: "", lastWriteAtMs: null },
    periodP95Ms: 510,
    nodes: [],
    ...change,
  } satisfies AlertWorld["snapshot"];
  return { snapshot, host: null, openTests: [], diagnostics: [], isMuted: () => false, malformedLately: () => 0 };
}

const of = (ruleId: RuleId, input: AlertWorld) => readingsOf(input, rulesWith({})).find((each) => each.ruleId === ruleId);

describe("a threshold", () => {
  test.each([
    [50.1, "bad"],
    [50, "between"],
    [47.6, "between"],
    [47.5, "good"],
    [null, "unknown"],
    [NaN, "unknown"],
  ] as const)("of at most 50 with a margin of 5 %% finds %s %s", (value, standing) => {
    expect(standingOf(value, 50, "max", 0.05)).toBe(standing);
  });

  test("of at least 0.7 is beyond below it", () => {
    expect([0.69, 0.7, 0.735].map((value) => standingOf(value, 0.7, "min", 0.05))).toEqual(["bad", "between", "good"]);
  });
});

describe("what rules see", () => {
  test("of the machine is unknown where nothing measures it, which raises nothing and ends nothing", () => {
    expect(of("host-cpu", world())).toMatchObject({ standing: "unknown", value: null });
    expect(of("host-cpu", { ...world(), host: { cpuPercent: 97, memoryPercent: 40, diskPercent: null } })).toMatchObject({ standing: "bad", value: 97, sentence: "97 %; limit 95 %." });
  });

  test("of a link that starts is unknown, of one that is down bad", () => {
    const { link } = world().snapshot;
    expect(of("link-down", world({ link: { ...link, state: "starting" } }))?.standing).toBe("unknown");
    expect(of("link-down", world({ link: { ...link, state: "down", sentence: "ROS 2 is down after 5 starts." } }))).toMatchObject({ standing: "bad", sentence: "ROS 2 is down after 5 starts." });
  });

  test("of a node's rate is unknown while this machine lowers every node's", () => {
    const slow = nodeViewFixture(AT_MS, { sampleRateHz: 0.8, profileRateHz: 2 });
    const { link } = world().snapshot;
    expect(of("sample-rate-low", world({ nodes: [slow] }))).toMatchObject({ standing: "bad", value: 40, sentence: "0.8 Hz of 2.0 Hz; limit 60 %." });
    expect(of("sample-rate-low", world({ nodes: [slow], link: { ...link, notices: [{ code: "FRAME_RATE_LOWERED", message: "" }] } }))?.standing).toBe("unknown");
  });

  test("of a metric is the median of its newest ticks against the node's own limit; of a silent node it is unknown", () => {
    const latencyMs = Float32Array.of(20, 20, ...Array.from({ length: 9 }, (_, tick) => (tick === 4 ? 20 : 70)), Number.NaN);
    const node = nodeViewFixture(AT_MS, { limits: { minCompressionRatio: 5, maxLatencyMs: 60, minQualityScore: 0.7 }, trail: { ...nodeViewFixture(AT_MS).trail, latencyMs } });
    expect(of("latency-high", world({ nodes: [node] }))).toMatchObject({ standing: "bad", value: 70, limit: 60, isSilent: false, title: "Latency above 60 ms on node_1" });
    expect(of("latency-high", { ...world({ nodes: [node] }), isMuted: () => true })?.standing).toBe("good");
    expect(of("latency-high", world({ nodes: [{ ...node, liveness: "stale" }] }))).toMatchObject({ standing: "unknown", isSilent: true, value: null });
  });

  test("of an event is an alert where the policy rolled back, none where a person did", () => {
    const event = { id: 9, tMs: AT_MS, event: "rollback-requested", nodeId: "node_3", actor: "policy", sentence: "Rolling back.", detail: { version: "1.1.0", fromVersion: "1.2.0" } } as const;
    expect(occurrenceOf(event)).toMatchObject({ ruleId: "rolled-back", version: "1.2.0", eventId: 9, title: "1.2.0 was taken back on node_3" });
    expect(occurrenceOf({ ...event, actor: "operator" })).toBeNull();
  });

  test("of an A/B test is an alert where it harmed, says nothing, left a node or could not be promoted", () => {
    const of = (event: string, detail: EventView["detail"]) => occurrenceOf({ id: 9, tMs: AT_MS, event, nodeId: null, actor: "engine", sentence: "Why.", detail: { testId: "ab-0001", ...detail } });
    expect(of("ab-test-verdict", { kind: "harmful" })).toMatchObject({ ruleId: "abtest-harmful", subject: "ab-0001", title: "A/B test ab-0001 ended for harm", sentence: "Why." });
    expect(of("ab-test-verdict", { kind: "invalid" })).toMatchObject({ ruleId: "abtest-invalid" });
    expect(["b-better", "no-difference", "inconclusive"].map((kind) => of("ab-test-verdict", { kind })), "what a test is for").toEqual([null, null, null]);
    const left = { nodeId: "node_1", version: "1.0.0", state: "left", isByPerson: false };
    expect(of("ab-test-node-back", left)).toMatchObject({ ruleId: "abtest-left", nodeId: "node_1", version: "1.0.0", title: "node_1 did not get 1.0.0 back after ab-0001" });
    expect(of("ab-test-node-back", { ...left, isByPerson: true }), "a person chose that").toBeNull();
    expect(of("ab-test-node-back", { ...left, state: "confirmed" })).toBeNull();
    expect(of("ab-test-promotion", { rolloutId: null })).toMatchObject({ ruleId: "abtest-not-promoted" });
    expect(of("ab-test-promotion", { rolloutId: "r-0001" })).toBeNull();
  });

  test("of a paused A/B test is bad with the reason; of one that runs it is good", () => {
    const tests = [{ testId: "ab-0001", pausedBy: "Node_1 was lost." }, { testId: "ab-0002", pausedBy: null }];
    const seen = readingsOf({ ...world(), openTests: tests }, rulesWith({})).filter(({ ruleId }) => ruleId === "abtest-paused");
    expect(seen.map(({ subject, standing, sentence }) => `${subject} ${standing} ${sentence}`)).toEqual(["ab-0001 bad Node_1 was lost. After 10 min it is invalid.", "ab-0002 good After 10 min it is invalid."]);
  });

  test("of a counter is its rise within the last minute", () => {
    const rise = new RecentRise(60_000);
    for (let second = 0; second <= 120; second += 1) rise.take("node_3", second < 90 ? 5 : 5 + second - 89, second * 1_000);
    expect(rise.of("node_3")).toBe(31);
    rise.take("node_3", 36, 400_000);
    expect(rise.of("node_3")).toBe(0);
    expect(rise.of("node_4")).toBe(0);
  });
});

describe("rules", () => {
  test("ship with a title and a threshold that they can have", () => {
    expect(DEFAULT_RULES.map(({ ruleId }) => ruleId)).toEqual(RULE_IDS);
    for (const rule of DEFAULT_RULES) expect(thresholdProblem(rule, rule.threshold), rule.ruleId).toBeNull();
  });

  test("are refused with what is wrong", () => {
    expect(parseRuleChanges({ "host-cpu": { threshold: 120 } })).toMatchObject({ ok: false, error: { code: "BAD_RULE", message: "This machine's CPU: a number from 1 to 100." } });
    expect(parseRuleChanges({ "node-lost": { threshold: 3 } })).toMatchObject({ error: { code: "BAD_RULE" } });
    expect(parseRuleChanges({ "host-cpu": { threshold: null } })).toMatchObject({ error: { code: "BAD_RULE" } });
    expect(parseRuleChanges({ "no-such": {} })).toMatchObject({ error: { code: "BAD_RULE" } });
    expect(parseRuleChanges({ "latency-high": { threshold: null, pendingMs: 500 } })).toMatchObject({ ok: true });
  });

  test("that are set keep what is not set", () => {
    expect(rulesWith({ "host-cpu": { threshold: 50 } }).get("host-cpu")).toMatchObject({ threshold: 50, pendingMs: 30_000, severity: "warning", isOn: true });
  });
});

describe("inhibition", () => {
  test("never goes round in a circle: a cause comes before what it explains", () => {
    for (const cause of RULE_IDS) {
      for (const ruleId of RULE_IDS) {
        const about = { nodeId: "node_3", nodeIds: ["node_3"], subject: "node_3" };
        if (explains({ ...about, ruleId: cause }, { ...about, ruleId })) expect(RULE_IDS.indexOf(cause)).toBeLessThan(RULE_IDS.indexOf(ruleId));
      }
    }
  });

  test("finds the link behind every silent node, and lost behind all else of one node", () => {
    const open = [
      { alertId: "a-1", ruleId: "latency-high", nodeId: "node_3", nodeIds: [], subject: "node_3" },
      { alertId: "a-2", ruleId: "node-lost", nodeId: "node_3", nodeIds: [], subject: "node_3" },
      { alertId: "a-3", ruleId: "node-stale", nodeId: "node_3", nodeIds: [], subject: "node_3" },
      { alertId: "a-4", ruleId: "latency-high", nodeId: "node_4", nodeIds: [], subject: "node_4" },
    ] as const;
    expect(inhibitions(open)).toEqual(new Map([["a-1", "a-2"], ["a-3", "a-2"]]));
    const link = { alertId: "a-5", ruleId: "link-down", nodeId: null, nodeIds: [], subject: "link" } as const;
    expect(inhibitions([...open, link])).toEqual(new Map([["a-2", "a-5"], ["a-3", "a-5"]]));
  });

  test("takes the environment as the cause on the nodes that it holds, and on no other", () => {
    const cause = { ruleId: "common-cause", nodeId: null, nodeIds: ["node_1", "node_2"], subject: "fleet" } as const;
    expect(explains(cause, { ruleId: "latency-high", nodeId: "node_2", nodeIds: [], subject: "node_2" })).toBe(true);
    expect(explains(cause, { ruleId: "latency-high", nodeId: "node_3", nodeIds: [], subject: "node_3" })).toBe(false);
  });
});

describe("what is shown", () => {
  const on = (nodeId: string, alertId: string, change: Partial<AlertView> = {}): AlertView => alertFixture({ nodeId, alertId, ...change });

  test("is grouped by rule and version over nodes, else by node, worst first and quiet ones last", () => {
    const groups = groupAlerts([
      on("node_1", "a-1"),
      on("node_2", "a-2"),
      on("node_3", "a-3", { ruleId: "quality-low" }),
      on("node_3", "a-4", { ruleId: "command-open", severity: "critical" }),
      on("node_4", "a-5", { ruleId: "node-lost", silenced: { silenceId: "s-1", untilMs: AT_MS, reason: "cleaning" } }),
      on("node_4", "a-6", { ruleId: "ratio-low", inhibitedBy: "a-5", state: "frozen" }),
      on("node_5", "a-7", { version: "1.2.0" }),
    ]);
    expect(groups.map(({ groupId }) => groupId)).toEqual(["node node_3", "rule latency-high 1.1.0", "node node_5", "node node_4"]);
    expect(groups[0]).toMatchObject({ head: { alertId: "a-4" }, others: [{ alertId: "a-3" }] });
    expect(groups[3]).toMatchObject({ head: { alertId: "a-5" }, others: [], explained: [{ alertId: "a-6" }] });
    expect(groups.flatMap(({ head, others, explained }) => [head, ...others, ...explained])).toHaveLength(7);
  });

  test("asks for a person only where nobody has it and nothing explains it, and tells each alert once", () => {
    const open = [
      on("node_1", "a-1", { severity: "critical" }),
      on("node_2", "a-2"),
      on("node_3", "a-3", { severity: "info" }),
      on("node_4", "a-4", { acknowledged: { by: "ada", via: "window", note: "", atMs: AT_MS } }),
      on("node_5", "a-5", { state: "frozen" }),
      on("node_6", "a-6", { inhibitedBy: "a-1" }),
    ];
    expect(badgeOf(open)).toEqual({ count: 2, worst: "high" });
    expect(badgeOf([])).toEqual({ count: 0, worst: "none" });
    expect(untold(open, new Set(["a-1"])).map(({ alertId }) => alertId)).toEqual(["a-2"]);
  });

  test("is as of now while it fires, as of then once it is frozen, and without the alerts of other fleets", () => {
    const joined = evolveAlerts(NO_ALERTS, { type: "fleet-joined", fleet: "embedded, seed 7" });
    const { standing: _standing, isSilent: _isSilent, ...of_ } = readingFixture();
    const raised: AlertEvent = { type: "raised", ...of_, alertId: "a-0001", fleet: "embedded, seed 7", severity: "warning", atMs: AT_MS, occurrenceId: null };
    const state = evolveAlerts(joined, raised);
    const live = liveReadings([readingFixture({ value: 71, sentence: "Latency 71.0 ms." })], state.fleet);
    expect(alertsView(state, live, AT_MS).open).toMatchObject([{ state: "firing", value: 71, sentence: "Latency 71.0 ms." }]);
    const frozen = evolveAlerts(state, { type: "frozen", alertId: "a-0001", atMs: AT_MS + 5 });
    expect(alertsView(frozen, live, AT_MS).open).toMatchObject([{ state: "frozen", value: 63, frozenAtMs: AT_MS + 5 }]);
    expect(alertsView(evolveAlerts(state, { type: "fleet-joined", fleet: "recorded" }), live, AT_MS).open).toEqual([]);
  });
});
