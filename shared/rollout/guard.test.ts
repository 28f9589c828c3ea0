import { describe, expect, test } from "vitest";
import { decideGuard, EMPTY_GUARD, evolveGuard, guardNode, isOnFailedTrial, isWaiting, newQuarantine, quarantineEntry, quarantineList, quarantineOf, quarantineRefusal, rollbackOffer, rollbacksText, type GuardQuestion } from "./guard";
import type { CommandStanding, GuardEvent, GuardState, HoldCode } from "./guard-events";

const RIGHTS = { rollBackOnFail: true, holdOnCommonCause: true, maxRollbacksPerHour: 2, dryRun: false };
const HOUR_MS = 3_600_000;

function after(...events: readonly GuardEvent[]): GuardState {
  return events.reduce(evolveGuard, EMPTY_GUARD);
}
const reports = (nodeId: string, version: string | null, isSwap = false, nodeClass: string | null = "iot"): GuardEvent => ({ event: "version-reported", nodeId, version, nodeClass, isSwap });
const good = (nodeId: string, version: string): GuardEvent => ({ event: "version-good", nodeId, version });
const commits = (nodeId: string, version: string): GuardEvent => ({ event: "version-committed", nodeId, version });
const deploys = (nodeId: string, version: string, commandId = "c-0001"): GuardEvent => ({ event: "deploy-requested", nodeId, commandId, actor: "operator", version, fromVersion: "1.0.0" });
const rollsBack = (nodeId: string, change: Partial<GuardEvent & { readonly event: "rollback-requested" }> = {}): GuardEvent => ({
  event: "rollback-requested", nodeId, commandId: "c-0002", actor: "policy", version: "1.0.0", fromVersion: "1.2.0", atMs: 1_000, isByVerdict: true, sentence: "It is worse.", ...change,
});
const moves = (nodeId: string, commandId: string, standing: CommandStanding): GuardEvent => ({ event: "command-moved", nodeId, commandId, standing, atMs: 9_000, sentence: "Sent 3 times." });
const held = (nodeId: string, code: HoldCode): GuardEvent => ({ event: "rollback-held", nodeId, code, target: "1.0.0", atMs: 2_000, sentence: "It is held." });

/** 1.0.0 was good on the node, and 1.2.0 came by a swap. */
const onTrial = (nodeId: string, nodeClass: string | null = "iot"): readonly GuardEvent[] => [reports(nodeId, "1.0.0", false, nodeClass), good(nodeId, "1.0.0"), reports(nodeId, "1.2.0", true, nodeClass)];

describe("what a node reports", () => {
  test("is its version and class, and a swap begins a trial", () => {
    const first = guardNode(after(reports("node_0", "1.0.0")), "node_0");
    expect(first).toMatchObject({ version: "1.0.0", nodeClass: "iot", hasSwapped: false, isCommitted: false, isByRollback: false });
    const second = guardNode(after(reports("node_0", "1.0.0"), commits("node_0", "1.0.0"), reports("node_0", "1.2.0")), "node_0");
    expect(second).toMatchObject({ version: "1.2.0", hasSwapped: true, isCommitted: false });
    expect(guardNode(after(reports("node_0", "1.0.0", true)), "node_0").hasSwapped).toBe(true);
  });

  test("of the same version again is no new trial, unless it was swapped to itself", () => {
    const events = [reports("node_0", "1.0.0"), commits("node_0", "1.0.0")];
    expect(guardNode(after(...events, reports("node_0", "1.0.0")), "node_0").isCommitted).toBe(true);
    expect(guardNode(after(...events, reports("node_0", "1.0.0", true)), "node_0")).toMatchObject({ isCommitted: false, hasSwapped: true });
  });

  test("of no version leaves the version that it reported, and of no class the class", () => {
    expect(guardNode(after(reports("node_0", "1.0.0"), reports("node_0", null, false, null)), "node_0")).toMatchObject({ version: "1.0.0", nodeClass: "iot" });
    expect(guardNode(after(reports("node_0", null)), "node_0")).toMatchObject({ version: null, nodeClass: "iot", hasSwapped: false });
  });

  test("ends a hold, but not where it is what a rollback asked for", () => {
    expect(guardNode(after(...onTrial("node_0"), held("node_0", "NO_GOOD_VERSION"), reports("node_0", "1.3.0", true)), "node_0").hold).toBeNull();
    const back = guardNode(after(...onTrial("node_0"), rollsBack("node_0"), held("node_0", "NOT_RECOVERED"), reports("node_0", "1.0.0", true)), "node_0");
    expect(back).toMatchObject({ isByRollback: true, hold: { code: "NOT_RECOVERED", target: "1.0.0", atMs: 2_000, sentence: "It is held." } });
    const third = guardNode(after(...onTrial("node_0"), rollsBack("node_0"), held("node_0", "NOT_RECOVERED"), reports("node_0", "1.3.0", true)), "node_0");
    expect(third).toMatchObject({ isByRollback: false, hold: null });
    expect(guardNode(after(deploys("node_0", "1.2.0"), reports("node_0", "1.2.0", true)), "node_0").isByRollback).toBe(false);
  });

  test("was good once however often it is said, the newest last", () => {
    expect(guardNode(after(good("node_0", "a"), good("node_0", "b"), good("node_0", "a")), "node_0").good).toEqual(["b", "a"]);
  });
});

describe("a rollback", () => {
  test("takes its version off the node at once, with who and why", () => {
    const state = after(...onTrial("node_0"), held("node_0", "DRY_RUN"), rollsBack("node_0"));
    expect(guardNode(state, "node_0")).toMatchObject({ hold: null, rollbacksAtMs: [1_000], command: { commandId: "c-0002", kind: "rollback", actor: "policy", version: "1.0.0", fromVersion: "1.2.0", standing: "open" } });
    expect(quarantineList(state)).toEqual([
      { version: "1.2.0", scope: { kind: "node", nodeId: "node_0" }, atMs: 1_000, commandId: "c-0002", isByClick: false, sentence: "1.2.0 failed on node_0: it may not run there until a person lifts it with a reason." },
    ]);
    expect([...quarantineOf(state, "node_0")]).toEqual(["1.2.0"]);
    expect([...quarantineOf(state, "node_1")]).toEqual([]);
  });

  test("by a person counts for no hour and no class, and says so", () => {
    const byClick = { actor: "operator", isByVerdict: false } as const;
    const state = after(...onTrial("node_0"), rollsBack("node_0", byClick), ...onTrial("node_1"), rollsBack("node_1", byClick));
    expect(guardNode(state, "node_0").rollbacksAtMs).toEqual([]);
    expect(state.classes.size).toBe(0);
    expect(quarantineEntry(state, "node_0", "1.2.0")).toMatchObject({ isByClick: true, sentence: "1.2.0 was taken back by a person on node_0: it may not run there until a person lifts it with a reason." });
    const byClass = after(...onTrial("node_0"), rollsBack("node_0", { isByVerdict: false }));
    expect(quarantineEntry(byClass, "node_0", "1.2.0")?.sentence).toContain("1.2.0 was taken back on node_0");
  });

  test("from a version that is not known quarantines nothing, and counts", () => {
    const state = after(reports("node_0", null), held("node_0", "DRY_RUN"), rollsBack("node_0", { fromVersion: null }));
    expect(quarantineList(state)).toEqual([]);
    expect(guardNode(state, "node_0")).toMatchObject({ rollbacksAtMs: [1_000], hold: null, command: { fromVersion: null, standing: "open" } });
  });

  test("keeps the first reason of a quarantine", () => {
    const state = after(...onTrial("node_0"), rollsBack("node_0"), rollsBack("node_0", { commandId: "c-0009", atMs: 5_000 }));
    expect(quarantineEntry(state, "node_0", "1.2.0")).toMatchObject({ commandId: "c-0002", atMs: 1_000 });
  });

  test("is remembered for an hour", () => {
    const state = after(rollsBack("node_0", { atMs: 0 }), rollsBack("node_0", { atMs: 1_000 }), rollsBack("node_0", { atMs: HOUR_MS }));
    expect(guardNode(state, "node_0").rollbacksAtMs).toEqual([1_000, HOUR_MS]);
    expect(rollbacksText(guardNode(state, "node_0"), HOUR_MS)).toBe("2 automatic rollbacks");
    expect(rollbacksText(guardNode(state, "node_0"), HOUR_MS + 1_000)).toBe("1 automatic rollback");
  });
});

describe("a class", () => {
  const failedOn = (...nodes: readonly string[]): readonly GuardEvent[] => nodes.flatMap((nodeId) => [...onTrial(nodeId), rollsBack(nodeId)]);

  test("gives a version up when it failed on two nodes of it, not on one twice", () => {
    expect(after(...failedOn("node_0"), rollsBack("node_0")).classes.size).toBe(0);
    const state = after(...failedOn("node_0", "node_1"), ...onTrial("node_2"), ...onTrial("node_3", "drone"), ...onTrial("node_4", null));
    const entry = { version: "1.2.0", scope: { kind: "class", nodeClass: "iot" }, atMs: 1_000, commandId: null, isByClick: false, sentence: "1.2.0 failed on node_0 and node_1: it may run on no iot until a person lifts it with a reason." };
    expect(quarantineEntry(state, "node_2", "1.2.0")).toEqual(entry);
    expect(quarantineList(state)[0]).toEqual(entry);
    expect(quarantineList(state)).toHaveLength(3);
    expect([...quarantineOf(state, "node_2")]).toEqual(["1.2.0"]);
    expect(["node_3", "node_4"].map((nodeId) => quarantineEntry(state, nodeId, "1.2.0"))).toEqual([null, null]);
    expect([...quarantineOf(state, "node_3")]).toEqual([]);
    expect(quarantineEntry(state, "node_2", "1.3.0")).toBeNull();
  });

  test("keeps the entry that it has when more nodes fail", () => {
    const state = after(...failedOn("node_0", "node_1", "node_2"));
    expect(quarantineEntry(state, "node_2", "1.2.0")?.sentence).toContain("failed on node_0 and node_1:");
  });

  test("is that of their kind where nodes report none", () => {
    const state = after(...onTrial("node_0", null), rollsBack("node_0"), ...onTrial("node_1", null), rollsBack("node_1"));
    expect(quarantineEntry(state, "node_9", "1.2.0")).toMatchObject({ scope: { kind: "class", nodeClass: null } });
    expect(quarantineEntry(state, "node_9", "1.2.0")?.sentence).toContain("it may run on no node of their kind");
  });

  test("takes its version back from a node that is on trial with it, from no other", () => {
    const state = after(...failedOn("node_0", "node_1"), ...onTrial("node_2"), ...onTrial("node_3"), commits("node_3", "1.2.0"), reports("node_4", "1.2.0"), ...onTrial("node_5", "drone"), reports("node_6", null));
    const nodes = ["node_2", "node_3", "node_4", "node_5", "node_6", "node_9"];
    expect(nodes.filter((nodeId) => isOnFailedTrial(state, nodeId))).toEqual(["node_2"]);
  });

  test("gives a version up at the stop of a roll-out, once", () => {
    const stop = (sentence: string): GuardEvent => ({ event: "rollout-stopped", version: "1.2.0", classes: ["iot", null], atMs: 4_000, sentence });
    const state = after(stop("Stopped."), stop("Stopped again."));
    expect([...state.classes.values()]).toEqual([
      { version: "1.2.0", scope: { kind: "class", nodeClass: "iot" }, atMs: 4_000, commandId: null, isByClick: false, sentence: "Stopped." },
      { version: "1.2.0", scope: { kind: "class", nodeClass: null }, atMs: 4_000, commandId: null, isByClick: false, sentence: "Stopped." },
    ]);
  });

  test("may run it again when a person lifts it, and then takes two new failures", () => {
    const lift: GuardEvent = { event: "quarantine-lifted", scope: { kind: "class", nodeClass: "iot" }, version: "1.2.0" };
    const state = after(...failedOn("node_0", "node_1"), lift, ...failedOn("node_2"));
    expect(quarantineEntry(state, "node_5", "1.2.0")).toBeNull();
    expect(quarantineEntry(evolveGuard(evolveGuard(state, reports("node_3", "1.2.0", true)), rollsBack("node_3")), "node_3", "1.2.0")?.sentence).toContain("failed on node_2 and node_3");
  });

  test("does not count the failure of a node on which a person lifted the version", () => {
    const lift: GuardEvent = { event: "quarantine-lifted", scope: { kind: "node", nodeId: "node_0" }, version: "1.2.0" };
    const state = after(...failedOn("node_0"), lift);
    expect([...quarantineOf(state, "node_0")]).toEqual([]);
    const next = [...failedOn("node_1")].reduce(evolveGuard, state);
    expect(next.classes.size).toBe(0);
    expect([...quarantineOf(next, "node_1")]).toEqual(["1.2.0"]);
    expect(evolveGuard(next, rollsBack("node_0")).classes.size).toBe(1);
  });
});

describe("the command of a node", () => {
  const waits = (...events: readonly GuardEvent[]): boolean => isWaiting(guardNode(after(...events), "node_0"));

  test("keeps the guard waiting while nobody knows what it did", () => {
    expect(waits()).toBe(false);
    const deploy = (standing: CommandStanding): boolean => waits(deploys("node_0", "1.2.0"), moves("node_0", "c-0001", standing));
    const rollback = (standing: CommandStanding): boolean => waits(rollsBack("node_0"), moves("node_0", "c-0002", standing));
    const all: readonly CommandStanding[] = ["open", "acknowledged", "verified", "failed", "unconfirmed", "inconsistent"];
    expect(all.filter(deploy)).toEqual(["open", "inconsistent"]);
    expect(all.filter(rollback), "a failed rollback is held for a person").toEqual(["open", "acknowledged", "failed", "unconfirmed", "inconsistent"]);
  });

  test("moves by its own id alone", () => {
    expect(guardNode(after(deploys("node_0", "1.2.0"), moves("node_0", "c-0007", "verified")), "node_0").command?.standing).toBe("open");
    expect(guardNode(after(moves("node_0", "c-0007", "verified")), "node_0").command).toBeNull();
  });

  test("is a person's where a rollback did not help", () => {
    const state = (standing: CommandStanding): GuardState => after(...onTrial("node_0"), rollsBack("node_0"), moves("node_0", "c-0002", standing));
    const hold = { code: "NOT_RECOVERED", target: "1.0.0", atMs: 9_000, sentence: "Sent 3 times. node_0 has not recovered by the rollback to 1.0.0 and needs you." };
    expect(guardNode(state("failed"), "node_0").hold).toEqual(hold);
    expect(guardNode(state("unconfirmed"), "node_0").hold).toEqual(hold);
    for (const standing of ["acknowledged", "verified", "inconsistent"] as const) expect(guardNode(state(standing), "node_0").hold).toBeNull();
    expect(guardNode(after(deploys("node_0", "1.2.0"), moves("node_0", "c-0001", "failed")), "node_0").hold).toBeNull();
  });

  test("takes the place of a hold when a person asks for a version", () => {
    expect(guardNode(after(held("node_0", "DRY_RUN"), deploys("node_0", "1.3.0")), "node_0")).toMatchObject({ hold: null, command: { kind: "deploy", version: "1.3.0", standing: "open", commandId: "c-0001", actor: "operator", fromVersion: "1.0.0" } });
  });
});

describe("a hold", () => {
  test("ends when its node fails no more; what a rollback left to a person only with a pass", () => {
    const ends = (code: HoldCode, isWell: boolean): boolean => guardNode(after(held("node_0", code), { event: "hold-ended", nodeId: "node_0", isWell }), "node_0").hold === null;
    expect([ends("COMMON_CAUSE", false), ends("COMMON_CAUSE", true), ends("NOT_RECOVERED", false), ends("NOT_RECOVERED", true)]).toEqual([true, true, false, true]);
    const nothing = after(reports("node_0", "1.0.0"));
    expect(evolveGuard(nothing, { event: "hold-ended", nodeId: "node_0", isWell: true })).toBe(nothing);
  });
});

describe("what is done about a failing node", () => {
  const question: GuardQuestion = { type: "verdict", nodeId: "node_0", nowMs: 2_000, peers: [], symptom: "got worse in latency", evidence: { sentence: "Latency 80.0 ms." } };
  const peers = Array.from({ length: 4 }, (_, index) => ({ nodeId: `peer_${index}`, hasChanged: false, isDegrading: true }));

  test("is a rollback with its reasons, of the version that failed", () => {
    expect(decideGuard(after(...onTrial("node_0")), question, RIGHTS)).toEqual({
      event: "rollback-requested", nodeId: "node_0", atMs: 2_000, actor: "policy", commandId: null, version: "1.0.0", fromVersion: "1.2.0", isByVerdict: true, sentence: "Latency 80.0 ms. Rolling back to 1.0.0.",
    });
  });

  test("is nothing while the guard waits", () => {
    expect(decideGuard(after(...onTrial("node_0"), deploys("node_0", "1.3.0")), question, RIGHTS)).toBeNull();
  });

  test("is a hold, said once for each reason", () => {
    const state = after(...onTrial("node_0"));
    const hold = decideGuard(state, { ...question, peers }, RIGHTS);
    expect(hold).toMatchObject({ event: "rollback-held", nodeId: "node_0", code: "COMMON_CAUSE", target: "1.0.0", atMs: 2_000 });
    if (hold === null) return;
    expect("sentence" in hold && hold.sentence).toMatch(/^Latency 80.0 ms\. 4 of 4 other nodes that did not change got worse in latency/);
    const heldNow = evolveGuard(state, hold);
    expect(decideGuard(heldNow, { ...question, peers }, RIGHTS)).toBeNull();
    expect(decideGuard(heldNow, question, { ...RIGHTS, dryRun: true })).toMatchObject({ code: "DRY_RUN" });
    expect(decideGuard(heldNow, question, RIGHTS)).toMatchObject({ event: "rollback-requested" });
  });

  test("goes to no version in quarantine, and counts rollbacks of the last hour", () => {
    const quarantined = after(...onTrial("node_0"), rollsBack("node_0", { fromVersion: "1.0.0", version: "0.9.0" }), moves("node_0", "c-0002", "verified"));
    expect(decideGuard(quarantined, question, RIGHTS)).toMatchObject({ code: "NO_GOOD_VERSION" });
    const twice = after(...onTrial("node_0"), rollsBack("node_0"), rollsBack("node_0"), moves("node_0", "c-0002", "verified"));
    expect(decideGuard(twice, question, RIGHTS)).toMatchObject({ code: "ROLLBACKS_FROZEN" });
  });

  test("for its class asks no peers, and names the nodes on which the version failed", () => {
    const failed = ["node_1", "node_2"].flatMap((nodeId) => [...onTrial(nodeId), rollsBack(nodeId)]);
    const state = after(...failed, ...onTrial("node_0"));
    expect(decideGuard(state, { ...question, type: "class", peers }, RIGHTS)).toMatchObject({
      event: "rollback-requested", isByVerdict: false, sentence: "1.2.0 failed on node_1 and node_2 and is still on trial here. Rolling back to 1.0.0.",
    });
    const stopped = after(...onTrial("node_0"), { event: "rollout-stopped", version: "1.2.0", classes: ["iot"], atMs: 0, sentence: "Stopped by r-0001." });
    expect(decideGuard(stopped, { ...question, type: "class" }, RIGHTS)).toMatchObject({ sentence: "Stopped by r-0001. It is still on trial here. Rolling back to 1.0.0." });
    expect(decideGuard(after(...onTrial("node_0")), { ...question, type: "class" }, RIGHTS)).toMatchObject({ sentence: "Its class gave it up. It is still on trial here. Rolling back to 1.0.0." });
  });
});

describe("the offer of a rollback", () => {
  test("is the last good version with its reason, or why there is none", () => {
    const state = after(...onTrial("node_0"));
    expect(rollbackOffer(state, "node_0", "1.2.0")).toEqual({ offered: true, version: "1.0.0", reason: "1.0.0 was good on node_0 to its last sample." });
    expect(rollbackOffer(state, "node_0", null)).toEqual({ offered: false, code: "NO_GOOD_VERSION", reason: "node_0 does not report a version, so none before it is known." });
    expect(rollbackOffer(state, "node_0", "1.0.0")).toEqual({ offered: false, code: "NO_GOOD_VERSION", reason: "Nothing good ran on node_0 before 1.0.0." });
    const shut = after(...onTrial("node_0"), good("node_0", "0.9.0"), rollsBack("node_0", { fromVersion: "1.0.0" }), rollsBack("node_0", { fromVersion: "0.9.0" }));
    expect(rollbackOffer(shut, "node_0", "1.2.0")).toMatchObject({ offered: false, reason: "Nothing good ran on node_0 before 1.2.0 that is not in quarantine (1.0.0, 0.9.0)." });
  });
});

describe("what is told of a quarantine", () => {
  test("is every entry that an event made, those of nodes first", () => {
    const before = after(...onTrial("node_0"), rollsBack("node_0"), ...onTrial("node_1"));
    const made = newQuarantine(before, evolveGuard(before, rollsBack("node_1")));
    expect(made.map(({ scope }) => scope)).toEqual([{ kind: "node", nodeId: "node_1" }, { kind: "class", nodeClass: "iot" }]);
    expect(newQuarantine(before, before)).toEqual([]);
    expect(newQuarantine(before, evolveGuard(before, commits("node_1", "1.2.0")))).toEqual([]);
    const stopped = evolveGuard(before, { event: "rollout-stopped", version: "1.2.0", classes: [null], atMs: 0, sentence: "Stopped." });
    expect(newQuarantine(before, stopped).map(({ scope }) => scope)).toEqual([{ kind: "class", nodeClass: null }]);
    expect(newQuarantine(before, evolveGuard(stopped, { event: "rollout-stopped", version: "1.2.0", classes: ["drone"], atMs: 0, sentence: "Stopped." }))).toHaveLength(2);
  });

  test("is where it holds and how to end it, in a refusal", () => {
    const entry = { version: "1.2.0", atMs: 0, commandId: null, isByClick: false, sentence: "" };
    expect(quarantineRefusal({ ...entry, scope: { kind: "node", nodeId: "node_0" }, isByClick: true }, "node_0")).toBe("1.2.0 was taken back from node_0. Lift it first, with a reason.");
    expect(quarantineRefusal({ ...entry, scope: { kind: "class", nodeClass: "iot" } }, "node_0")).toBe("1.2.0 failed on iot. Lift it first, with a reason.");
    expect(quarantineRefusal({ ...entry, scope: { kind: "class", nodeClass: null } }, "node_0")).toBe("1.2.0 failed on nodes of its kind. Lift it first, with a reason.");
  });
});
