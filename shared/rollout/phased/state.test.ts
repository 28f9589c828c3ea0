import { describe, expect, test } from "vitest";
import { ModelFleet, PLAN } from "./model-fixture";
import { evolve, replayRollout, requestIdOf, stateOf, type Rollout, type RolloutEvent, type RolloutNode } from "./state";

const AT = { atMs: 2_000_000, sentence: "It was so." };
const STARTED: RolloutEvent = { type: "started", rolloutId: "r-0001", requestId: "request-1", actor: "operator", policyRevision: 1, plan: PLAN, nodes: [{ nodeId: "node_0", phase: 0, vertical: null, fromVersion: "1.0.0" }], ...AT };
const toNode = (state: RolloutNode["state"], nodeId = "node_0"): RolloutEvent => ({ type: "node", nodeId, state, fromVersion: "1.0.0", attempt: 1, note: "", ...AT });

function after(...events: readonly RolloutEvent[]): Rollout {
  const rollout = replayRollout([STARTED, ...events]);
  if (rollout === null) throw new Error("it did not start");
  return rollout;
}

function nodeOf(rollout: Rollout): RolloutNode {
  const node = rollout.nodes.get("node_0");
  if (node === undefined) throw new Error("it has no node");
  return node;
}

describe("a roll-out made of its events", () => {
  test("is nothing before its start, whatever came before that", () => {
    expect(replayRollout([])).toBeNull();
    expect(replayRollout([toNode("sent"), { type: "stopped", reason: "Too many.", failures: 1, judged: 1, classes: [], ...AT }])).toBeNull();
    expect(replayRollout([toNode("sent"), STARTED])?.nodes.get("node_0")?.state).toBe("waiting");
  });

  test("a second start and events of a node that it does not have change nothing but the list", () => {
    const before = after(toNode("sent"));
    for (const event of [STARTED, toNode("failed", "node_9")]) {
      const { happened, ...rest } = evolve(before, event);
      const { happened: known, ...same } = before;
      expect(rest).toEqual(same);
      expect(happened).toHaveLength(known.length + 1);
    }
  });

  test("a node's return ends with whatever it comes to, not with being sent or with the deploy before it", () => {
    const returning: RolloutEvent = { type: "node-returning", nodeId: "node_0", returns: 1, ...AT };
    expect(nodeOf(after(toNode("sent"), toNode("trial"), toNode("committed"))).isReturnOver).toBe(false);
    for (const still of ["sent", "trial"] as const) expect(nodeOf(after(returning, toNode(still))).isReturnOver).toBe(false);
    for (const over of ["returned", "failed", "left-out", "rolled-back"] as const) {
      expect(nodeOf(after(returning, toNode(over))).isReturnOver).toBe(true);
      expect(nodeOf(after(returning, toNode(over), toNode("sent"))).isReturnOver).toBe(true);
    }
  });

  test("each deploy and each return of a node asks by an id of its own, the same one after a restart", () => {
    const ids = (rollout: Rollout) => [requestIdOf(rollout, nodeOf(rollout), "deploy"), requestIdOf(rollout, nodeOf(rollout), "return")];
    const events = [toNode("sent"), { type: "node-returning", nodeId: "node_0", returns: 2, ...AT }] as const;
    expect(ids(after(...events))).toEqual(["r-0001-node_0-1", "r-0001-node_0-back-2"]);
    expect(ids(after(...events))).toEqual(ids(after(...events)));
  });

  test("a refused version waits for a person, every other pause of its own for its cause; a person's for a person", () => {
    const paused = (by: "operator" | "LINK_DOWN" | "VERSION_REFUSED"): RolloutEvent => ({ type: "paused", by, reason: "For a reason.", ...AT });
    const resumed = (by: "operator" | "engine"): RolloutEvent => ({ type: "resumed", by, ...AT });
    const stands = ["operator", "LINK_DOWN", "VERSION_REFUSED"].map((by) => (["operator", "engine"] as const).map((who) => stateOf(after(paused(by as "operator"), resumed(who)))));
    expect(stands).toEqual([["running", "paused"], ["paused", "running"], ["running", "paused"]]);
  });

  test("keeps the newest hundred of what happened", () => {
    const fleet = new ModelFleet(1);
    for (let index = 0; index < 150; index += 1) fleet.take({ ...toNode("waiting"), sentence: `${index}` });
    expect(fleet.rollout.happened).toHaveLength(100);
    expect(fleet.rollout.happened[0]?.sentence).toBe("149");
  });
});
