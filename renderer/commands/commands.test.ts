import { describe, expect, it } from "vitest";
import { commandFixture, nodeFixture, NOW_MS, snapshotFixture } from "../state/snapshot-fixture";
import { obstacleOf, rollbackChoice } from "./rollback-choice";
import { newestUndo, undoOf, UNDO_WINDOW_MS } from "./undo";

const rolledBack = nodeFixture({
  modelVersion: "1.0.0",
  command: commandFixture(["requested", "sent", "acknowledged", "verifying", "verified"]),
});

describe("Undo", () => {
  it("goes back to the version before, and expects the one that the node reports now", () => {
    expect(undoOf(rolledBack, NOW_MS + 2_000)).toEqual({
      nodeId: "node_1",
      version: "1.1.0",
      expectedVersion: "1.0.0",
      commandId: "c-0007",
      remainingMs: UNDO_WINDOW_MS - 2_000,
      sinceMs: NOW_MS,
    });
  });

  it("ends after 60 s", () => {
    expect(undoOf(rolledBack, NOW_MS + UNDO_WINDOW_MS - 1)).not.toBeNull();
    expect(undoOf(rolledBack, NOW_MS + UNDO_WINDOW_MS)).toBeNull();
  });

  it("is not offered while the rollback is still being verified: the engine would refuse it", () => {
    const verifying = commandFixture(["requested", "sent", "acknowledged", "verifying"]);
    expect(undoOf({ ...rolledBack, command: verifying }, NOW_MS)).toBeNull();
  });

  it("is offered when the node took the version but it is not well", () => {
    const failed = commandFixture(["requested", "sent", "acknowledged", "verifying", "failed"]);
    expect(undoOf({ ...rolledBack, command: failed }, NOW_MS)?.version).toBe("1.1.0");
  });

  it("is not offered for what the policy took back: that is in quarantine", () => {
    const byPolicy = commandFixture(["requested", "sent", "acknowledged", "verifying", "verified"], { actor: "policy" });
    expect(undoOf({ ...rolledBack, command: byPolicy }, NOW_MS)).toBeNull();
  });

  it("is not offered for a rollback that the node never acknowledged", () => {
    const unconfirmed = commandFixture(["requested", "sent", "unconfirmed"]);
    expect(undoOf({ ...rolledBack, command: unconfirmed }, NOW_MS)).toBeNull();
  });

  it("is not offered for a deploy, after another change, or where the version before is unknown", () => {
    const phases = ["requested", "sent", "acknowledged", "verifying", "verified"] as const;
    expect(undoOf({ ...rolledBack, command: commandFixture(phases, { kind: "deploy" }) }, NOW_MS)).toBeNull();
    expect(undoOf({ ...rolledBack, modelVersion: "1.2.0" }, NOW_MS)).toBeNull();
    expect(undoOf({ ...rolledBack, command: commandFixture(phases, { fromVersion: null }) }, NOW_MS)).toBeNull();
    expect(undoOf(nodeFixture(), NOW_MS)).toBeNull();
  });

  it("by Ctrl Z takes the rollback that ended last", () => {
    const phases = ["acknowledged", "verified"] as const;
    const earlier = { ...rolledBack, nodeId: "early", command: commandFixture(phases, { steps: [{ phase: "acknowledged", atMs: NOW_MS - 9_000, note: "" }] }) };
    expect(newestUndo([rolledBack, earlier], NOW_MS)?.nodeId).toBe("node_1");
    expect(newestUndo([nodeFixture()], NOW_MS)).toBeNull();
  });
});

describe("the rollback button", () => {
  it("names the version that the engine offers", () => {
    expect(rollbackChoice(nodeFixture())).toEqual({ isOffered: true, version: "1.0.0" });
  });

  it("waits while a command is on its way", () => {
    const choice = rollbackChoice(nodeFixture({ command: commandFixture(["requested", "sent"]) }));
    expect(choice).toMatchObject({ isOffered: false, isInFlight: true, reason: "c-0007 is on its way." });
  });

  it.each(["stale", "lost"] as const)("is not offered for a %s node, which could not confirm it", (liveness) => {
    const choice = rollbackChoice(nodeFixture({ liveness }));
    expect(choice).toMatchObject({ isOffered: false, isInFlight: false, short: "silent" });
  });

  it("says what the engine says where nothing good ran before", () => {
    const reason = "Nothing good ran on node_1 before 1.0.0.";
    const choice = rollbackChoice(nodeFixture({ rollback: { offered: false, code: "NO_GOOD_VERSION", reason } }));
    expect(choice).toMatchObject({ isOffered: false, reason, short: "none good" });
  });

  it("is not offered while the link is not up or the journal cannot be written", () => {
    const { link, journal } = snapshotFixture([]);
    expect(obstacleOf({ link, journal })).toBeNull();
    expect(obstacleOf({ link: { ...link, state: "down" }, journal })).toContain("link is down");
    expect(obstacleOf({ link, journal: { ...journal, state: "unavailable" } })).toContain("journal");
    expect(obstacleOf({ link, journal: { ...journal, state: "broken" } })).toContain("acknowledges");
    expect(obstacleOf(undefined)).not.toBeNull();
    expect(rollbackChoice(nodeFixture(), "The link is down.")).toMatchObject({ isOffered: false, reason: "The link is down." });
  });
});
