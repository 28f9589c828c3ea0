import { describe, expect, test } from "vitest";
import { rolloutNodeStateSchema } from "../../contract/rollouts";
import type { EventView } from "../../contract/snapshot";
import { readRolloutEvent, ROLLOUT_EVENTS, rolloutDetail } from "./journal";
import { PLAN } from "./model-fixture";
import { eventName, type RolloutEvent } from "./state";

const AT = { atMs: 5_000, sentence: "It was so." };
const EVENTS: readonly RolloutEvent[] = [
  { type: "started", rolloutId: "r-0001", requestId: "request-1", actor: "operator", policyRevision: 1, plan: PLAN, nodes: [{ nodeId: "node_0", phase: 0, vertical: null, fromVersion: "1.0.0" }], ...AT },
  ...rolloutNodeStateSchema.options.map((state): RolloutEvent => ({ type: "node", nodeId: "node_0", state, fromVersion: null, attempt: 1, note: "noted", ...AT })),
  { type: "node-returning", nodeId: "node_0", returns: 1, ...AT },
  { type: "gate-passed", phase: 1, ...AT },
  ...(["operator", "LINK_DOWN", "JOURNAL_UNAVAILABLE", "COMMON_CAUSE", "VERSION_REFUSED"] as const).map((by): RolloutEvent => ({ type: "paused", by, reason: "For a reason.", ...AT })),
  ...(["operator", "engine"] as const).map((by): RolloutEvent => ({ type: "resumed", by, ...AT })),
  { type: "stopped", reason: "Too many.", failures: 2, judged: 3, classes: ["iot", null], ...AT },
  { type: "aborting", isReturning: true, reason: "By ada.", ...AT },
  { type: "aborted", ...AT },
  { type: "completed", ...AT },
];

function written(event: RolloutEvent, change: Partial<EventView> = {}): EventView {
  return { id: 1, tMs: 0, event: eventName(event), nodeId: null, actor: "engine", sentence: event.sentence, detail: rolloutDetail("r-0001", "1.1.0", event), ...change };
}

describe("an event of a roll-out", () => {
  test("is read as it was written, and is in the list of those that are looked for", () => {
    for (const event of EVENTS) {
      expect(readRolloutEvent(written(event))).toEqual({ rolloutId: "r-0001", event });
      expect(ROLLOUT_EVENTS).toContain(eventName(event));
    }
    expect(ROLLOUT_EVENTS).toHaveLength(new Set(EVENTS.map(eventName)).size);
  });

  test("is flat in the journal, with its version", () => {
    for (const event of EVENTS) {
      const { detail } = written(event);
      expect(detail).toMatchObject({ rolloutId: "r-0001", version: "1.1.0", type: event.type, atMs: 5_000 });
      expect(detail).not.toHaveProperty("sentence");
      for (const value of Object.values(detail)) expect(value === null || typeof value !== "object").toBe(true);
    }
  });

  test("is not made of what has another name, another form or no roll-out", () => {
    const [first] = EVENTS;
    if (first === undefined) throw new Error("there is no event");
    const { detail } = written(first);
    expect(readRolloutEvent(written(first, { event: "rollout-aborted" }))).toBeNull();
    expect(readRolloutEvent(written(first, { event: "started" }))).toBeNull();
    expect(readRolloutEvent(written(first, { detail: { ...detail, rolloutId: 7 } }))).toBeNull();
    const aborted = written({ type: "aborted", ...AT });
    expect(readRolloutEvent({ ...aborted, detail: { ...aborted.detail, rolloutId: 7 } })).toBeNull();
    for (const wrong of [{ nodes: "none" }, { plan: "{}" }, { policyRevision: -1 }, { atMs: "soon" }, { type: "another" }]) expect(readRolloutEvent(written(first, { detail: { ...detail, ...wrong } }))).toBeNull();
  });
});
