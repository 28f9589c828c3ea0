import { describe, expect, it } from "vitest";
import type { EventView } from "../../../shared/contract/snapshot";
import { isRoutine } from "../../judging/event-weight";
import { laneOf } from "../../../shared/timeline/lanes";
import { axisTimes, endsOf, marksOf, movedSpan, rangeBetween, zoomedSpan } from "./timeline-scale";

const NOW_MS = Date.UTC(2026, 2, 1, 14, 16, 30);
const HALF_HOUR = { lengthMs: 1_800_000, endMs: null };

function event(id: number, tMs: number, name: string): EventView {
  return { id, tMs, event: name, nodeId: null, actor: "engine", sentence: "", detail: {} };
}

describe("the timeline's span", () => {
  it("zooms around an instant, which stays where it is", () => {
    const aroundMs = NOW_MS - 1_200_000;
    const closer = zoomedSpan(HALF_HOUR, 0.5, aroundMs, NOW_MS);
    const before = endsOf(HALF_HOUR, NOW_MS);
    const after = endsOf(closer, NOW_MS);
    expect(closer.lengthMs).toBe(900_000);
    expect((aroundMs - after.fromMs) / closer.lengthMs).toBeCloseTo((aroundMs - before.fromMs) / HALF_HOUR.lengthMs);
  });

  it("follows now whenever it reaches it, and never goes beyond", () => {
    const older = movedSpan(HALF_HOUR, -0.5, NOW_MS);
    expect(older.endMs).toBe(NOW_MS - 900_000);
    expect(movedSpan(older, 2, NOW_MS)).toEqual(HALF_HOUR);
    expect(zoomedSpan(older, 100, NOW_MS - 2_000_000, NOW_MS).endMs).toBeNull();
  });

  it("takes a drag in either direction for the same range, and a click for none", () => {
    expect(rangeBetween(500, 100, 50)).toEqual({ fromMs: 100, toMs: 500 });
    expect(rangeBetween(100, 120, 50)).toBeNull();
  });

  it("has round times on the clock that is shown", () => {
    const { atMs, stepMs } = axisTimes(endsOf(HALF_HOUR, NOW_MS), 8, 0);
    expect(stepMs).toBe(300_000);
    expect(new Date(atMs[0] ?? 0).toISOString()).toBe("2026-03-01T13:50:00.000Z");
    const days = axisTimes({ fromMs: NOW_MS - 604_800_000, toMs: NOW_MS }, 8, 7_200_000);
    expect(days.atMs.map((each) => new Date(each).toISOString().slice(11, 16))).toEqual(Array.from({ length: 7 }, () => "22:00"));
  });
});

describe("the marks of the timeline", () => {
  it("stand on the lane of their event; what no lane knows is with the link", () => {
    expect(["verdict", "deploy-sent", "rollback-held", "rollback-verified", "rollout-started", "alert-raised", "policy-changed", "node-stale", "something-new"].map(laneOf)).toEqual([
      "decisions", "commands", "decisions", "commands", "rollouts", "alerts", "policy", "link", "link",
    ]);
  });

  it("become one with a count where they would cover each other, and none is lost", () => {
    const events = [event(1, 0, "verdict"), event(2, 5, "verdict"), event(3, 5, "deploy-sent"), event(4, 40, "verdict")];
    const marks = marksOf(events, (atMs) => atMs);
    expect(marks.map(({ lane, x, count }) => [lane, x, count])).toEqual([["decisions", 0, 2], ["decisions", 40, 1], ["commands", 5, 1]]);
    expect(marks[0]?.event.id).toBe(2);
    expect(marks.reduce((sum, { count }) => sum + count, 0)).toBe(events.length);
  });

  it("have the shape of what a person has to see most, however many calm verdicts came after it", () => {
    const verdict = (id: number, outcome: string): EventView => ({ ...event(id, id, "verdict"), detail: { outcome } });
    const marks = marksOf([verdict(1, "pass"), verdict(2, "fail"), verdict(3, "warn"), verdict(4, "inconclusive"), verdict(5, "pass")], (atMs) => atMs);
    expect(marks).toMatchObject([{ count: 5, event: { id: 2 } }]);
    expect(marksOf([event(1, 1, "deploy-requested"), event(2, 2, "deploy-sent")], (atMs) => atMs)).toMatchObject([{ count: 2, event: { id: 1 } }]);
  });

  it("leave out of a short list only the ordinary course of things", () => {
    const routine = (name: string, outcome?: string): boolean => isRoutine({ event: name, detail: outcome === undefined ? {} : { outcome } });
    expect(["pass", "inconclusive"].every((outcome) => routine("verdict", outcome))).toBe(true);
    expect(["warn", "fail", "error", "no-data"].some((outcome) => routine("verdict", outcome))).toBe(false);
    expect(["deploy-publishing", "rollback-acknowledged", "version-good", "node-joined"].every((name) => routine(name))).toBe(true);
    expect(["deploy-requested", "rollback-requested", "deploy-unconfirmed", "rollback-held", "node-lost", "node-live", "version-quarantined", "rollout-stopped", "inference-down", "policy-changed"].some((name) => routine(name))).toBe(false);
  });
});
