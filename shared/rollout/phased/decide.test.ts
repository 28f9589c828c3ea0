import { describe, expect, test } from "vitest";
import type { CommandPhase } from "../../contract/snapshot";
import { fail } from "../../result";
import { decide, nodesToReturn } from "./decide";
import type { NodeProgress, RolloutInput } from "./input";
import { ModelFleet } from "./model-fixture";
import type { Rollout, RolloutNode } from "./state";

const LIVE: NodeProgress = {
  nodeId: "node_0", liveness: "live", reportedVersion: "1.1.0", command: null, refusal: null, isInFlight: false, trial: null, isCommitted: false, isQuarantined: false, isRolledBack: false, isReplaced: false, failing: null,
};

function inputOf(known: Readonly<Record<string, Partial<NodeProgress>>>, change: Partial<RolloutInput> = {}): RolloutInput {
  const nodes = new Map(Object.entries(known).map(([nodeId, progress]) => [nodeId, { ...LIVE, nodeId, ...progress }]));
  return { atMs: 2_000_000, nodes, isSettling: false, obstacle: null, commonCause: { degrading: 0, watched: 4 }, ...change };
}

function rolloutWith(states: Readonly<Record<string, Partial<RolloutNode>>>, change: Partial<Rollout> = {}): Rollout {
  const { rollout } = new ModelFleet(4);
  const nodes = new Map([...rollout.nodes].map(([nodeId, node]) => [nodeId, { ...node, ...states[nodeId] }]));
  return { ...rollout, nodes, ...change };
}

const sentences = (rollout: Rollout, input: RolloutInput) => decide(rollout, input).map(({ sentence }) => sentence);

const ABORTING = { abort: { isReturning: true, reason: "By ada." } } as const;
/** A roll-out that is aborted and has one node to take back, after one return was asked for. */
const returning = (change: Partial<RolloutNode> = {}): Rollout => rolloutWith({ node_0: { state: "committed", attempt: 1, returns: 1, fromVersion: "1.0.0", ...change } }, ABORTING);

describe("an abort that takes nodes back", () => {
  test("ends with a node as failed whose return failed, is unconfirmed or inconsistent, and so ends itself", () => {
    for (const command of ["failed", "unconfirmed", "inconsistent"] as const) {
      expect(sentences(returning(), inputOf({ node_0: { command } }))).toEqual(["node_0 failed: not returned: it still reports 1.1.0.", "Aborted. Nothing more goes out."]);
    }
  });

  test("waits while the return is on its way, and while the node cannot be reached", () => {
    const waiting: readonly CommandPhase[] = ["sent", "acknowledged", "verified"];
    for (const command of waiting) expect(decide(returning(), inputOf({ node_0: { command } }))).toEqual([]);
    for (const change of [{ liveness: "lost" }, { isInFlight: true }, { reportedVersion: null }] as const) expect(decide(returning({ returns: 0 }), inputOf({ node_0: change }))).toEqual([]);
    expect(decide(returning(), inputOf({}))).toEqual([]);
    expect(decide(returning({ returns: 0 }), inputOf({ node_0: {} }, { obstacle: { code: "LINK_DOWN", reason: "The link is down." } }))).toEqual([]);
  });

  test("asks again after a refusal that passes, and gives up after any other", () => {
    const refused = (code: "LINK_DOWN" | "NO_GOOD_VERSION") => inputOf({ node_0: { refusal: fail(code, "It was refused.").error } });
    expect(decide(returning(), refused("LINK_DOWN"))).toMatchObject([{ type: "node-returning", nodeId: "node_0", returns: 2, sentence: "node_0 goes back to 1.0.0." }]);
    expect(decide(returning(), refused("NO_GOOD_VERSION"))).toMatchObject([{ state: "failed", note: "not returned: NO_GOOD_VERSION: It was refused." }, { type: "aborted" }]);
  });

  test("believes the node's report of what it runs, whoever brought it back", () => {
    const reports = (reportedVersion: string, change: Partial<NodeProgress> = {}) => sentences(returning({ returns: 0 }), inputOf({ node_0: { reportedVersion, ...change } }));
    expect(reports("1.0.0")).toEqual(["node_0 is back on 1.0.0.", "Aborted: 1 node is back on what it ran before."]);
    expect(reports("0.9.0")[0]).toBe("node_0 is left out: reports 0.9.0, and not by this roll-out.");
    expect(reports("1.0.0", { isRolledBack: true })[0]).toBe("node_0 was rolled back from 1.1.0.");
    expect(reports("1.1.0")).toEqual(["node_0 goes back to 1.0.0."]);
  });

  test("takes back what was sent, on trial, committed, failed or unclear, and nothing that never had it", () => {
    const states = ["waiting", "sent", "trial", "committed", "rolled-back", "failed", "unconfirmed", "inconsistent", "left-out", "returned"] as const;
    const taken = states.filter((state) => nodesToReturn(rolloutWith({ node_0: { state, attempt: 1 } })).length > 0);
    expect(taken).toEqual(["sent", "trial", "committed", "failed", "unconfirmed", "inconsistent"]);
    expect(nodesToReturn(rolloutWith({ node_0: { state: "committed", attempt: 0 } }))).toEqual([]);
    expect(nodesToReturn(rolloutWith({ node_0: { state: "failed", attempt: 1, isReturnOver: true } }))).toEqual([]);
  });

  test("without return takes nothing back", () => {
    const rollout = rolloutWith({ node_0: { state: "committed", attempt: 1 } }, { abort: { isReturning: false, reason: "By ada." } });
    expect(sentences(rollout, inputOf({ node_0: {} }))).toEqual(["Aborted. Nothing more goes out."]);
  });
});

describe("a stop", () => {
  test("names the classes that it is in quarantine for, also of nodes without a vertical", () => {
    const rollout = rolloutWith({ node_0: { state: "rolled-back", vertical: "iot" }, node_1: { state: "failed", vertical: null } });
    const [event] = decide(rollout, inputOf({ node_0: {}, node_1: {} }));
    expect(event).toMatchObject({ type: "stopped", classes: ["iot", null], failures: 2 });
    expect(event?.sentence).toMatch(/1\.1\.0 goes to no other node, and is in quarantine for iot nodes and nodes without a vertical\.$/);
  });
});

describe("a pause of its own", () => {
  const waiting = inputOf({ node_0: { reportedVersion: "1.0.0" }, node_1: { reportedVersion: "1.0.0" }, node_2: { reportedVersion: "1.0.0" }, node_3: { reportedVersion: "1.0.0" } });

  test("changes its reason with what holds it, and is said once", () => {
    const down = { ...waiting, obstacle: { code: "LINK_DOWN", reason: "The link is down." } as const };
    expect(sentences(rolloutWith({}), down)).toEqual(["Paused by itself: The link is down."]);
    expect(sentences(rolloutWith({}, { selfPause: { code: "LINK_DOWN", reason: "The link is down." } }), down)).toEqual([]);
    expect(sentences(rolloutWith({}, { selfPause: { code: "COMMON_CAUSE", reason: "Others fail." } }), down)).toEqual(["Paused by itself: The link is down."]);
  });

  test("of a refused version is a person's to end, whatever is over meanwhile", () => {
    expect(decide(rolloutWith({}, { selfPause: { code: "VERSION_REFUSED", reason: "UNKNOWN_VERSION: No." } }), waiting)).toEqual([]);
  });

  test("ends with what held it, and what a person paused goes on waiting", () => {
    const selfPause = { code: "LINK_DOWN", reason: "The link is down." } as const;
    expect(sentences(rolloutWith({}, { selfPause }), waiting)).toEqual(["What paused it is over. It goes on by itself.", "1.1.0 goes to node_0."]);
    expect(sentences(rolloutWith({}, { selfPause, operatorPause: "By ada." }), waiting)).toEqual(["What paused it is over. A person paused it: it waits for a person."]);
  });
});

describe("nodes that wait for their turn", () => {
  test("go out in order, no more at once than planned, and each remembers what it ran", () => {
    const events = decide(rolloutWith({}, { phase: 2 }), inputOf({ node_0: { reportedVersion: "1.0.0", isInFlight: true }, node_1: { reportedVersion: "0.9.0" }, node_2: { reportedVersion: "1.0.0" }, node_3: { reportedVersion: "1.0.0" } }));
    expect(events).toMatchObject([{ nodeId: "node_1", state: "sent", attempt: 1, fromVersion: "0.9.0" }]);
  });

  test("a node that has the version already is on trial without being sent anything", () => {
    expect(sentences(rolloutWith({}, { phase: 2 }), inputOf({ node_0: {}, node_1: { reportedVersion: "1.0.0" } }))[0]).toBe("node_0 runs 1.1.0, already, and not by this roll-out. Its trial begins.");
  });

  test("the roll-out completes when none is left, and says who failed and who was left out", () => {
    const done = rolloutWith({ node_0: { state: "committed" }, node_1: { state: "committed" }, node_2: { state: "committed" }, node_3: { state: "left-out", attempt: 5 } }, { phase: 2 });
    const known = { node_0: { isCommitted: true }, node_1: { isCommitted: true }, node_2: { isCommitted: true }, node_3: { reportedVersion: "1.0.0" } };
    expect(sentences(done, inputOf(known))).toEqual(["Completed: 3 of 4 nodes run 1.1.0, 1 left out."]);
    const open = rolloutWith({ node_0: { state: "committed" }, node_1: { state: "committed" }, node_2: { state: "committed" }, node_3: { state: "unconfirmed" } }, { phase: 2 });
    expect(decide(open, inputOf({ ...known, node_3: { liveness: "lost" } }))).toEqual([]);
  });
});
