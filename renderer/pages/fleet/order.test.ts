import { describe, expect, it } from "vitest";
import type { NodeView } from "../../../shared/contract/snapshot";
import { nodeFixture } from "../../state/snapshot-fixture";
import { filterWords, matchesFilter } from "./filter";
import { groupNodes, groupsKey } from "./groups";
import { compareNeed, holdOrder, isSameOrder, needyCount, worstAttention } from "./order";
import { BY_NEED, compareBy, nextSort } from "./sort";
import { viewFor } from "./view-choice";

function node(nodeId: string, change: Partial<NodeView> = {}): NodeView {
  return nodeFixture({ nodeId, ...change });
}

function idsOf(nodes: readonly NodeView[]): readonly string[] {
  return nodes.map((one) => one.nodeId);
}

describe("the order by need", () => {
  it("puts severity first, then the longest, then the id as people count", () => {
    const nodes = [
      node("node_10"),
      node("node_2"),
      node("stale", { attention: "low", stateSinceMs: 1 }),
      node("late", { attention: "high", stateSinceMs: 900 }),
      node("lost", { attention: "medium", stateSinceMs: 0 }),
      node("early", { attention: "high", stateSinceMs: 100 }),
    ];
    expect(idsOf(nodes.toSorted(compareNeed))).toEqual(["early", "late", "lost", "stale", "node_2", "node_10"]);
  });

  it("does not move a node that needs nobody when its state began", () => {
    const nodes = [node("a", { stateSinceMs: 900 }), node("b", { stateSinceMs: 100 })];
    expect(idsOf(nodes.toSorted(compareNeed))).toEqual(["a", "b"]);
  });

  it("counts those that need a person and names the worst", () => {
    const nodes = [node("a"), node("b", { attention: "low" }), node("c", { attention: "medium" })];
    expect(needyCount(nodes)).toBe(2);
    expect(worstAttention(nodes)).toBe("medium");
    expect(worstAttention([])).toBe("none");
  });
});

describe("an order that is held", () => {
  const shown = { needy: ["a"], expected: ["b", "c"] };

  it("keeps each node in its section and place although the need changed", () => {
    const wanted = { needy: ["c", "a"], expected: ["b"] };
    expect(holdOrder(shown, wanted)).toEqual(shown);
    expect(isSameOrder(holdOrder(shown, wanted), wanted)).toBe(false);
  });

  it("drops what is gone and adds what is new at the end of its section", () => {
    const wanted = { needy: ["n", "a"], expected: ["m", "c"] };
    expect(holdOrder(shown, wanted)).toEqual({ needy: ["a", "n"], expected: ["c", "m"] });
  });

  it("is the wanted order when nothing was shown", () => {
    const wanted = { needy: ["a"], expected: ["b"] };
    expect(holdOrder({ needy: [], expected: [] }, wanted)).toEqual(wanted);
  });
});

describe("sorting by a column", () => {
  const { latest } = nodeFixture();

  it("puts what is not reported last in both directions", () => {
    const nodes = [node("a", { sampleRateHz: null }), node("b", { sampleRateHz: 2 }), node("c", { sampleRateHz: 10 })];
    const ascending = nodes.toSorted(compareBy({ column: "rate", isDescending: false }));
    const descending = nodes.toSorted(compareBy({ column: "rate", isDescending: true }));
    expect(idsOf(ascending)).toEqual(["b", "c", "a"]);
    expect(idsOf(descending)).toEqual(["c", "b", "a"]);
  });

  it("orders versions as people count, and equal ones by id", () => {
    const nodes = [node("b", { modelVersion: "1.10.0" }), node("c", { modelVersion: "1.9.0" }), node("a", { modelVersion: "1.10.0" })];
    expect(idsOf(nodes.toSorted(compareBy({ column: "version", isDescending: false })))).toEqual(["c", "a", "b"]);
  });

  it("orders metrics by value and ages by the time since the last sign of life", () => {
    if (latest === null) throw new Error("the fixture has a sample");
    const slow = node("slow", { latest: { ...latest, latencyMs: 60 }, lastHeardAtMs: 900 });
    const quick = node("quick", { latest: { ...latest, latencyMs: 6 }, lastHeardAtMs: 100 });
    expect(idsOf([slow, quick].toSorted(compareBy({ column: "latencyMs", isDescending: false })))).toEqual(["quick", "slow"]);
    expect(idsOf([quick, slow].toSorted(compareBy({ column: "age", isDescending: false })))).toEqual(["slow", "quick"]);
  });

  it("turns around on a second click and begins ascending on another column", () => {
    const once = nextSort(BY_NEED, "node");
    expect(once).toEqual({ column: "node", isDescending: false });
    expect(nextSort(once, "node")).toEqual({ column: "node", isDescending: true });
    expect(nextSort({ column: "node", isDescending: true }, "age").isDescending).toBe(false);
  });
});

describe("the filter", () => {
  it("needs every word in id, state, version, profile or label", () => {
    const drill = node("node_3", { state: "failing", modelVersion: "1.2.0", drill: true, vertical: "drone" });
    expect(matchesFilter(drill, filterWords("FAILING 1.2"))).toBe(true);
    expect(matchesFilter(drill, filterWords("drone, drill"))).toBe(true);
    expect(matchesFilter(drill, filterWords("failing 1.1"))).toBe(false);
    expect(matchesFilter(drill, filterWords("   "))).toBe(true);
  });

  it("finds nodes that report no version", () => {
    expect(matchesFilter(node("a", { modelVersion: null }), filterWords("not reported"))).toBe(true);
  });
});

describe("groups of the matrix", () => {
  it("stand by name, with their members as people count", () => {
    const nodes = [
      node("n_10", { vertical: "iot" }),
      node("n_2", { vertical: "iot", attention: "low" }),
      node("d", { vertical: "drone" }),
      node("x", { vertical: null }),
    ];
    expect(groupNodes(nodes, "vertical")).toEqual([
      { name: "drone", ids: ["d"], needyCount: 0 },
      { name: "iot", ids: ["n_2", "n_10"], needyCount: 1 },
      { name: "not reported", ids: ["x"], needyCount: 0 },
    ]);
  });

  it("have another key only when a group changed", () => {
    const key = (nodes: readonly NodeView[]): string => groupsKey(groupNodes(nodes, "version"));
    expect(key([node("a"), node("b")])).toBe(key([node("b", { revision: 9 }), node("a")]));
    expect(key([node("a")])).not.toBe(key([node("a", { modelVersion: "1.2.0" })]));
    expect(key([node("a")])).not.toBe(key([node("a", { attention: "high" })]));
  });
});

describe("the view by itself", () => {
  it.each([
    [0, "cards"],
    [12, "cards"],
    [13, "table"],
    [60, "table"],
    [61, "matrix"],
  ])("of %d nodes is %s", (count, view) => {
    expect(viewFor("auto", count)).toBe(view);
  });

  it("is what the operator chose, for any number", () => {
    expect(viewFor("matrix", 3)).toBe("matrix");
  });
});
