import { describe, expect, it } from "vitest";
import { foldSnapshot, isEqual } from "./fold";
import { commandFixture, nodeFixture, snapshotFixture } from "./snapshot-fixture";

describe("folding a snapshot in", () => {
  it("keeps the very object of a node whose revision did not change", () => {
    const first = foldSnapshot(null, snapshotFixture([nodeFixture({ nodeId: "a" }), nodeFixture({ nodeId: "b" })]));
    const second = foldSnapshot(
      first,
      snapshotFixture([nodeFixture({ nodeId: "a" }), nodeFixture({ nodeId: "b", revision: 2, sampleRateHz: 1 })], { tick: 2 }),
    );
    expect(second.nodes.get("a")).toBe(first.nodes.get("a"));
    expect(second.nodes.get("b")).not.toBe(first.nodes.get("b"));
    expect(second.nodes.get("b")?.sampleRateHz).toBe(1);
    expect(second.meta.tick).toBe(2);
  });

  it("keeps the parts of a changed node that are equal by value", () => {
    const before = nodeFixture({ command: commandFixture(["requested", "sent"]) });
    const first = foldSnapshot(null, snapshotFixture([before]));
    const after = structuredClone({ ...before, revision: 2 });
    const second = foldSnapshot(first, snapshotFixture([after]));
    const [kept, was] = [second.nodes.get("node_1"), first.nodes.get("node_1")];
    expect(kept).not.toBe(was);
    expect(kept?.command).toBe(was?.command);
    expect(kept?.rollback).toBe(was?.rollback);
    expect(kept?.trail).not.toBe(was?.trail);
  });

  it("keeps the link, the limits and the list of ids while they are equal, and replaces them when not", () => {
    const first = foldSnapshot(null, snapshotFixture([nodeFixture()]));
    const second = foldSnapshot(first, structuredClone(snapshotFixture([nodeFixture()], { tick: 2 })));
    expect(second.meta.link).toBe(first.meta.link);
    expect(second.meta.limits).toBe(first.meta.limits);
    expect(second.nodeIds).toBe(first.nodeIds);
    const { link } = snapshotFixture([]);
    const third = foldSnapshot(second, snapshotFixture([], { tick: 3, link: { ...link, state: "down" } }));
    expect(third.meta.link.state).toBe("down");
    expect(third.nodeIds).toEqual([]);
  });

  it("forgets a node that is no longer in the snapshot", () => {
    const first = foldSnapshot(null, snapshotFixture([nodeFixture()]));
    expect(foldSnapshot(first, snapshotFixture([])).nodes.size).toBe(0);
  });

  it("keeps the events while the newest one is the same", () => {
    const event = { id: 5, tMs: 1, event: "node-stale", nodeId: "a", actor: "engine", sentence: "Stale.", detail: {} } as const;
    const first = foldSnapshot(null, snapshotFixture([], { events: [event] }));
    expect(foldSnapshot(first, snapshotFixture([], { events: [{ ...event }] })).events).toBe(first.events);
    const newer = foldSnapshot(first, snapshotFixture([], { events: [{ ...event, id: 6 }, event] }));
    expect(newer.events).toHaveLength(2);
  });
});

describe("equality by value", () => {
  it("compares nested records, lists, NaN and null", () => {
    expect(isEqual({ a: [1, { b: Number.NaN }], c: null }, { c: null, a: [1, { b: Number.NaN }] })).toBe(true);
    expect(isEqual({ a: undefined }, { b: undefined })).toBe(false);
    expect(isEqual([1, 2], [1])).toBe(false);
    expect(isEqual([], {})).toBe(false);
    expect(isEqual(null, {})).toBe(false);
  });
});
