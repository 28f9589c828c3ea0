import { describe, expect, test } from "vitest";
import type { ErrorCode } from "../../contract/errors";
import { fail } from "../../result";
import type { NodeProgress, RolloutInput } from "./input";
import { ModelFleet } from "./model-fixture";
import { MAX_ATTEMPTS, observeNode, refusesVersion, turnOf, type Turn } from "./observe";
import type { RolloutNode } from "./state";

const { rollout } = new ModelFleet(2);
const HEALTHY: NodeProgress = {
  nodeId: "node_0", liveness: "live", reportedVersion: "1.1.0", command: null, refusal: null, isInFlight: false, trial: null, isCommitted: false, isQuarantined: false, isRolledBack: false, isReplaced: false, failing: null,
};
const refused = (code: ErrorCode) => ({ refusal: fail(code, "It was refused.").error });

function nodeIn(state: RolloutNode["state"], change: Partial<RolloutNode> = {}): RolloutNode {
  const node = rollout.nodes.get("node_0");
  if (node === undefined) throw new Error("the fleet has no node");
  return { ...node, state, attempt: 1, ...change };
}

/** Where a node of a state moves by what is known of it; null of nothing at all. */
function moveOf(state: RolloutNode["state"], change: Partial<NodeProgress> | null, of: Partial<RolloutNode> = {}, isSettling = false) {
  const nodes = new Map(change === null ? [] : [["node_0", { ...HEALTHY, ...change }]]);
  const input: RolloutInput = { atMs: 0, nodes, isSettling, obstacle: null, commonCause: { degrading: 0, watched: 0 } };
  const move = observeNode(rollout, nodeIn(state, of), input);
  return move === null ? null : `${move.state}: ${move.note}`;
}

describe("what a roll-out makes of a node that it sent the version to", () => {
  test("is on trial by the node's own report alone, and waits for it", () => {
    expect(moveOf("sent", { command: "acknowledged" })).toBe("trial: by its own report");
    for (const command of [null, "sent", "acknowledged", "verified"] as const) expect(moveOf("sent", { command, reportedVersion: "1.0.0" })).toBeNull();
    expect(moveOf("sent", null)).toBeNull();
  });

  test("how its command ended, with what it reports instead", () => {
    expect(moveOf("sent", { command: "unconfirmed", reportedVersion: null })).toBe("unconfirmed: nobody can say which version it runs");
    expect(moveOf("sent", { command: "inconsistent", reportedVersion: "0.9.0" })).toBe("inconsistent: reports 0.9.0");
    expect(moveOf("sent", { command: "inconsistent", reportedVersion: null })).toBe("inconsistent: reports no version");
    expect(moveOf("sent", { command: "failed", reportedVersion: "1.0.0" })).toBe("failed: still reports 1.0.0");
    expect(moveOf("sent", { command: "failed", reportedVersion: null })).toBe("failed: still reports no version");
  });

  test("a refusal that passes is asked again, one of the node leaves it out, and what it has already is on trial", () => {
    for (const code of ["LINK_DOWN", "ALREADY_IN_FLIGHT", "JOURNAL_UNAVAILABLE", "JOURNAL_BROKEN"] as const) expect(moveOf("sent", refused(code))).toBe(`waiting: ${code}: It was refused.`);
    for (const code of ["NODE_SILENT", "UNKNOWN_NODE", "STALE_VERSION", "QUARANTINED"] as const) expect(moveOf("sent", refused(code))).toBe(`left-out: ${code}: It was refused.`);
    expect(moveOf("sent", refused("ALREADY_RUNNING"))).toBe("trial: already reports it");
  });

  test("only a refusal that is none of these is one of the version", () => {
    const isOfVersion = (code: ErrorCode) => refusesVersion(nodeIn("sent"), { ...HEALTHY, ...refused(code) });
    expect(isOfVersion("UNKNOWN_VERSION")).toBe(true);
    for (const code of ["LINK_DOWN", "NODE_SILENT", "ALREADY_RUNNING"] as const) expect(isOfVersion(code)).toBe(false);
    expect(refusesVersion(nodeIn("trial"), { ...HEALTHY, ...refused("UNKNOWN_VERSION") })).toBe(false);
    expect(refusesVersion(nodeIn("sent"), HEALTHY)).toBe(false);
    expect(refusesVersion(nodeIn("sent"), undefined)).toBe(false);
  });
});

describe("what a roll-out makes of a node on trial", () => {
  test("is committed when the guard has it so and the node still reports the version", () => {
    expect(moveOf("trial", { isCommitted: true })).toBe("committed: ");
    expect(moveOf("trial", {})).toBeNull();
    expect(moveOf("trial", { isCommitted: true, liveness: "stale" })).toBeNull();
  });

  test("is unconfirmed, neither good nor failed, when it vanishes or loses its metrics", () => {
    expect(moveOf("trial", { liveness: "lost" })).toBe("unconfirmed: lost in its trial");
    expect(moveOf("trial", { liveness: "no-metrics" })).toBe("unconfirmed: sends no metrics in its trial");
    expect(moveOf("trial", null)).toBe("unconfirmed: lost in its trial");
    expect(moveOf("trial", null, {}, true)).toBeNull();
    expect(moveOf("trial", { liveness: "lost" }, {}, true)).toBeNull();
  });

  test("fails with the judge's sentence, and before it could commit", () => {
    expect(moveOf("trial", { failing: "Quality 0.500.", isCommitted: true })).toBe("failed: Quality 0.500.");
  });

  test("is inconsistent when it reports another version and nothing is on its way to it", () => {
    expect(moveOf("trial", { reportedVersion: "0.9.0" })).toBe("inconsistent: reports 0.9.0");
    expect(moveOf("trial", { reportedVersion: "0.9.0", isInFlight: true })).toBeNull();
    expect(moveOf("trial", { reportedVersion: null })).toBeNull();
  });

  test("was taken back or given another version by a person, before anything else", () => {
    for (const state of ["sent", "trial", "unconfirmed", "committed", "failed", "inconsistent"] as const) {
      expect(moveOf(state, { isRolledBack: true, failing: "It fails." })).toBe("rolled-back: was taken back");
      expect(moveOf(state, { isReplaced: true, failing: "It fails." })).toBe("left-out: another version was put on it by hand");
    }
  });
});

describe("what a roll-out makes of a node afterwards", () => {
  test("unconfirmed, it is on trial again when it reports the version, and did not take it when it reports another", () => {
    expect(moveOf("unconfirmed", {})).toBe("trial: by its own report");
    expect(moveOf("unconfirmed", { reportedVersion: "1.0.0" })).toBe("left-out: reports 1.0.0: it did not take it");
    for (const change of [{ liveness: "stale" }, { reportedVersion: null }, { reportedVersion: "1.0.0", isInFlight: true }] as const) expect(moveOf("unconfirmed", change)).toBeNull();
    expect(moveOf("unconfirmed", null)).toBeNull();
  });

  test("committed, it is not counted as passed when it vanishes before its gate, and matters no more after that", () => {
    for (const gone of [{ liveness: "lost" }, null] as const) {
      expect(moveOf("committed", gone)).toBe("unconfirmed: lost after its commit");
      expect(moveOf("committed", gone, { phase: 1 })).toBeNull();
      expect(moveOf("committed", gone, {}, true)).toBeNull();
    }
  });

  test("committed, it may still fail or stray", () => {
    expect(moveOf("committed", { failing: "Latency 90 ms." })).toBe("failed: Latency 90 ms.");
    expect(moveOf("committed", { reportedVersion: "1.0.0" })).toBe("inconsistent: reports 1.0.0");
    expect(moveOf("committed", { reportedVersion: "1.0.0", liveness: "stale" })).toBeNull();
    expect(moveOf("committed", {})).toBeNull();
  });

  test("what has its place, or none, is not looked at", () => {
    for (const state of ["waiting", "left-out", "rolled-back", "returned"] as const) expect(moveOf(state, { isRolledBack: true })).toBeNull();
    for (const state of ["failed", "inconsistent"] as const) expect(moveOf(state, { failing: "It fails." })).toBeNull();
  });
});

describe("a node at its turn", () => {
  const turn = (change: Partial<NodeProgress>, attempt = 0, isSettling = false): Turn => turnOf("1.1.0", attempt, { ...HEALTHY, reportedVersion: "1.0.0", ...change }, isSettling);

  test("takes the version, or has it already", () => {
    expect(turn({})).toEqual({ can: "take" });
    expect(turn({ reportedVersion: "1.1.0" })).toEqual({ can: "already" });
    expect(turn({ isReplaced: true })).toEqual({ can: "take" });
    expect(turn({}, MAX_ATTEMPTS - 1)).toEqual({ can: "take" });
  });

  test("waits while it joins, has a command on its way, or a start has not settled", () => {
    expect(turn({ liveness: "joining" })).toEqual({ can: "wait", reason: "joins" });
    expect(turn({ isInFlight: true })).toEqual({ can: "wait", reason: "has a command on its way" });
    for (const liveness of ["lost", "stale"] as const) expect(turn({ liveness }, 0, true)).toEqual({ can: "wait", reason: "has not been heard yet" });
    expect(turnOf("1.1.0", 0, undefined, true)).toEqual({ can: "wait", reason: "has not been seen yet" });
  });

  test("is left out for a reason that it is told", () => {
    const reasons: readonly (readonly [Partial<NodeProgress>, number, string])[] = [
      [{ liveness: "lost" }, 0, "lost"],
      [{ liveness: "stale" }, 0, "stale"],
      [{ liveness: "no-metrics" }, 0, "no metrics"],
      [{ isQuarantined: true }, 0, "1.1.0 is in quarantine for it"],
      [{ reportedVersion: null }, 0, "reports no version, so a deploy could not be confirmed"],
      [{ isReplaced: true }, 1, "another version was put on it by hand"],
      [{}, MAX_ATTEMPTS, "was sent 5 times"],
    ];
    for (const [change, attempt, reason] of reasons) expect(turn(change, attempt)).toEqual({ can: "not", reason });
    expect(turnOf("1.1.0", 0, undefined, false)).toEqual({ can: "not", reason: "not seen in this run" });
  });
});
