import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EventView } from "../contract/snapshot";
import { FLEET_JOINED } from "../rollout/replay";
import { alertDraft, replayAlerts } from "./alert-journal";
import { readingFixture } from "./alerts-fixture";
import { decideAlerts, NO_WATCH } from "./decide";
import type { Standing } from "./reading";
import { rulesWith } from "./rule";
import { evolveAlerts, isInForce, keyOf, NO_ALERTS, openAlert, silenceOf, type AlertEvent, type AlertState } from "./state";

const FLEET = "embedded, seed 7";
const START_MS = 1_700_000_000_000;
const RULES = rulesWith({});
const PENDING_MS = RULES.get("latency-high")?.pendingMs ?? NaN;
const KEEP_MS = RULES.get("latency-high")?.keepFiringMs ?? NaN;
const NODES = ["node_1", "node_2"] as const;

/** What one node's reading is for a stretch of ticks; `absent`: it is not in the snapshot. */
interface Stretch {
  readonly ticks: number;
  readonly standing: Standing | "silent" | "absent";
}

const stretches = fc.array(
  fc.record({ ticks: fc.integer({ min: 1, max: 40 }), standing: fc.constantFrom<Stretch["standing"]>("bad", "good", "between", "unknown", "silent", "absent") }),
  { minLength: 1, maxLength: 14 },
);

/** What a person does at a tick; to the n-th alert that is open. */
const clicks = fc.array(fc.record({ atTick: fc.nat(400), what: fc.constantFrom("acknowledge", "close", "silence", "end-silence"), which: fc.nat(3) }), { maxLength: 6 });

interface Step {
  readonly before: AlertState;
  readonly after: AlertState;
  readonly events: readonly AlertEvent[];
  /** What each node's reading was; null where it was unknown, silent or absent. */
  readonly heard: ReadonlyMap<string, Standing | null>;
  readonly nowMs: number;
}

function clickEvent(state: AlertState, what: string, which: number, atMs: number): AlertEvent | null {
  const by = { by: "ada", via: "window" } as const;
  const alert = [...state.open.values()][which];
  if (what === "silence") {
    const match = { ruleId: null, nodeId: NODES[which % 2] ?? null, version: null };
    return { type: "silenced", ...by, silenceId: `s-${String(state.silencesIssued + 1).padStart(4, "0")}`, match, atMs, untilMs: atMs + 60_000, reason: "camera being cleaned" };
  }
  if (what === "end-silence") {
    const silence = state.silences[which];
    return silence === undefined ? null : { type: "silence-ended", ...by, silenceId: silence.silenceId, atMs };
  }
  if (alert === undefined) return null;
  return { type: "acknowledged", ...by, alertId: alert.alertId, atMs, note: "seen", ends: what === "close" ? "closed" : null };
}

/** Runs a story of two nodes at 2 Hz. */
function play(stories: readonly (readonly Stretch[])[], actions: readonly { readonly atTick: number; readonly what: string; readonly which: number }[]): readonly Step[] {
  const courses = stories.map((story) => story.flatMap(({ ticks, standing }) => Array.from({ length: ticks }, () => standing)));
  const steps: Step[] = [];
  let state = evolveAlerts(NO_ALERTS, { type: "fleet-joined", fleet: FLEET });
  let watch = NO_WATCH;
  for (let tick = 0; tick < Math.max(...courses.map(({ length }) => length)); tick += 1) {
    const nowMs = tick * 500;
    const before = state;
    const acted = actions.flatMap(({ atTick, what, which }) => (atTick === tick ? (clickEvent(state, what, which, START_MS + nowMs) ?? []) : []));
    const clicked = acted.reduce(evolveAlerts, state);
    const heard = new Map<string, Standing | null>();
    const readings = courses.flatMap((course, index) => {
      const nodeId = NODES[index] ?? "node_9";
      const standing = course[tick] ?? "absent";
      heard.set(nodeId, standing === "silent" || standing === "absent" || standing === "unknown" ? null : standing);
      if (standing === "absent") return [];
      return readingFixture({ nodeId, standing: standing === "silent" ? "unknown" : standing, isSilent: standing === "silent" });
    });
    const decided = decideAlerts(clicked, watch, { readings, occurrences: [], rules: RULES, now: { wallMs: START_MS + nowMs, monotonicMs: nowMs } });
    state = decided.state;
    watch = decided.watch;
    steps.push({ before, after: state, events: [...acted, ...decided.events], heard, nowMs });
  }
  return steps;
}

const story = fc.tuple(fc.tuple(stretches, stretches), clicks);

function keyFor(nodeId: string): string {
  return keyOf({ fleet: FLEET, ruleId: "latency-high", subject: nodeId });
}

function journalled(steps: readonly Step[]): readonly EventView[] {
  const joined: EventView = { id: 1, tMs: START_MS, event: FLEET_JOINED, nodeId: null, actor: "engine", sentence: "", detail: { fleet: FLEET } };
  const all = steps.flatMap(({ before, events }) => events.map((event) => ({ before, event })));
  return [
    joined,
    ...all.flatMap(({ before, event }, index) => {
      if (event.type === "fleet-joined") return [];
      const alert = "alertId" in event ? openAlert(before, event.alertId) : undefined;
      const written = { id: index + 2, tMs: START_MS, ...alertDraft(event, { title: alert?.title ?? "", nodeId: alert?.nodeId ?? null }) };
      return JSON.parse(JSON.stringify(written)) as EventView;
    }),
  ];
}

describe("alerts, whatever happens", () => {
  test("are the same after a replay of what the journal holds", () => {
    fc.assert(
      fc.property(story, ([stories, actions]) => {
        const steps = play(stories, actions);
        const last = steps.at(-1)?.after;
        expect(replayAlerts(journalled(steps))).toEqual(last);
      }),
      { numRuns: 150 },
    );
  });

  test("never end by themselves at a tick at which their node is silent, unknown or out of sight", () => {
    fc.assert(
      fc.property(story, ([stories, actions]) => {
        for (const { before, events, heard } of play(stories, actions)) {
          for (const event of events) {
            if (event.type !== "resolved") continue;
            const known = openAlert(before, event.alertId) ?? before.ended.find(({ alertId }) => alertId === event.alertId);
            expect(heard.get(known?.nodeId ?? "")).toBe("good");
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test("are there once a reading was bad for its pending time, and stay until it was well for its keeping time or a person ended it", () => {
    fc.assert(
      fc.property(story, ([stories, actions]) => {
        const badSince = new Map<string, number>();
        const goodSince = new Map<string, number>();
        const leftAlone = new Set<string>();
        for (const { before, after, events, heard, nowMs } of play(stories, actions)) {
          const closed = new Set(events.flatMap((event) => (event.type === "acknowledged" && event.ends !== null ? [event.alertId] : [])));
          for (const [nodeId, standing] of heard) {
            if (closed.has(before.open.get(keyFor(nodeId))?.alertId ?? "")) leftAlone.add(nodeId);
            if (standing === "bad") badSince.set(nodeId, badSince.get(nodeId) ?? nowMs);
            else badSince.delete(nodeId);
            if (standing === "good") goodSince.set(nodeId, goodSince.get(nodeId) ?? nowMs);
            else goodSince.delete(nodeId);
            if (standing === "good") leftAlone.delete(nodeId);
            const isDue = nowMs - (badSince.get(nodeId) ?? Infinity) >= PENDING_MS && !leftAlone.has(nodeId);
            if (isDue) expect(after.open.has(keyFor(nodeId)), `${nodeId} is bad for ${PENDING_MS} ms`).toBe(true);
            const was = before.open.get(keyFor(nodeId));
            if (was === undefined || closed.has(was.alertId) || after.open.has(keyFor(nodeId))) continue;
            expect(nowMs - (goodSince.get(nodeId) ?? Infinity), "an alert that ended was well before").toBeGreaterThanOrEqual(KEEP_MS);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test("that flap within ten minutes are one alert a node", () => {
    fc.assert(
      fc.property(fc.tuple(stretches, stretches), (stories) => {
        const steps = play(stories, []);
        const raised = steps.flatMap(({ events }) => events.filter(({ type }) => type === "raised"));
        expect(steps.length).toBeLessThan(1_200);
        expect(raised.length).toBeLessThanOrEqual(NODES.length);
        const again = steps.flatMap(({ events }) => events.filter(({ type }) => type === "again"));
        const last = steps.at(-1)?.after;
        const counts = [...(last?.open.values() ?? []), ...(last?.ended ?? [])].reduce((sum, { count }) => sum + count, 0);
        expect(counts).toBe(raised.length + again.length);
      }),
      { numRuns: 150 },
    );
  });

  test("are hidden by no silence after it expired or was ended", () => {
    fc.assert(
      fc.property(story, fc.integer({ min: -10_000, max: 200_000 }), ([stories, actions], laterMs) => {
        for (const { after, nowMs } of play(stories, actions)) {
          const atMs = START_MS + nowMs + laterMs;
          for (const alert of after.open.values()) {
            const silence = silenceOf(alert, after.silences, atMs);
            if (silence === null) continue;
            expect(isInForce(silence, atMs)).toBe(true);
            expect(silence.untilMs).toBeGreaterThan(atMs);
            expect(silence.endedAtMs).toBeNull();
          }
          const isEveryOver = after.silences.every(({ untilMs }) => untilMs <= atMs);
          if (isEveryOver) for (const alert of after.open.values()) expect(silenceOf(alert, after.silences, atMs)).toBeNull();
        }
      }),
      { numRuns: 60 },
    );
  });
});
