import { describe, expect, test } from "vitest";
import { readingFixture } from "./alerts-fixture";
import { decideAlerts, FLAPPING_KEEP_MS, NO_WATCH, type Watch } from "./decide";
import type { Occurrence, Reading } from "./reading";
import { rulesWith, type RuleChanges } from "./rule";
import { evolveAlerts, NO_ALERTS, type Alert, type AlertEvent, type AlertState } from "./state";

const START_MS = 1_700_000_000_000;

/** Alerts with a clock that goes on only when a test says so. */
class Bench {
  state: AlertState = evolveAlerts(NO_ALERTS, { type: "fleet-joined", fleet: "embedded, seed 7" });
  watch: Watch = NO_WATCH;
  nowMs = 0;
  events: AlertEvent[] = [];
  changes: RuleChanges = {};

  tick(readings: readonly Reading[], occurrences: readonly Occurrence[] = []): readonly AlertEvent[] {
    this.nowMs += 500;
    const now = { wallMs: START_MS + this.nowMs, monotonicMs: this.nowMs };
    const decided = decideAlerts(this.state, this.watch, { readings, occurrences, rules: rulesWith(this.changes), now });
    this.state = decided.state;
    this.watch = decided.watch;
    this.events.push(...decided.events);
    return decided.events;
  }

  run(seconds: number, reading: Reading): void {
    for (let half = 0; half < seconds * 2; half += 1) this.tick([reading]);
  }

  types(): string[] {
    return this.events.map(({ type }) => type);
  }

  only(): Alert {
    const [alert, ...more] = [...this.state.open.values()];
    if (alert === undefined || more.length > 0) throw new Error(`${this.state.open.size} alerts are open`);
    return alert;
  }
}

const bad = readingFixture();
const good = readingFixture({ standing: "good", value: 20 });

describe("an alert", () => {
  test("is raised once it was bad for the rule's pending time without a break, and not before", () => {
    const bench = new Bench();
    bench.run(9, bad);
    bench.tick([readingFixture({ standing: "between", value: 50 })]);
    bench.run(10, bad);
    expect(bench.types()).toEqual([]);
    bench.tick([bad]);
    expect(bench.only()).toMatchObject({ alertId: "a-0001", severity: "warning", nodeId: "node_3", version: "1.1.0", value: 63, limit: 50, count: 1 });
  });

  test("ends only once it was well, by the recovery margin, for the time that it is kept", () => {
    const bench = new Bench();
    bench.run(11, bad);
    bench.run(60, readingFixture({ standing: "between", value: 49 }));
    bench.run(10, good);
    expect(bench.types()).toEqual(["raised"]);
    bench.tick([good]);
    expect(bench.types()).toEqual(["raised", "resolved"]);
    expect(bench.state.ended).toMatchObject([{ alertId: "a-0001", resolution: "recovered" }]);
  });

  test("is frozen while its node is silent, is not ended by losing it, and goes on when the node is heard", () => {
    const bench = new Bench();
    bench.run(11, bad);
    bench.run(60, readingFixture({ isSilent: true, standing: "unknown", value: null }));
    bench.run(60, readingFixture({ isSilent: true, standing: "good", value: 20 }));
    expect(bench.only().frozenAtMs).not.toBeNull();
    for (let half = 0; half < 120; half += 1) bench.tick([]);
    expect(bench.types(), "nor by its node not being there any more").toEqual(["raised", "frozen"]);
    bench.run(11, good);
    expect(bench.types()).toEqual(["raised", "frozen", "thawed", "resolved"]);
  });

  test("that comes and goes is one alert, with a count, and is kept longer from the third time on", () => {
    const bench = new Bench();
    for (let turn = 0; turn < 3; turn += 1) {
      bench.run(11, bad);
      bench.run(11, good);
    }
    expect(bench.state.alertsIssued).toBe(1);
    expect(bench.only(), "not ended by 11 s, as a quiet one would be").toMatchObject({ alertId: "a-0001", count: 3 });
    bench.run(FLAPPING_KEEP_MS / 1000 - 11, good);
    expect(bench.state.open.size).toBe(1);
    bench.run(1, good);
    expect(bench.state.ended).toMatchObject([{ alertId: "a-0001", count: 3, resolution: "recovered" }]);
  });

  test("that comes back ten minutes after its end is another one", () => {
    const bench = new Bench();
    bench.run(11, bad);
    bench.run(11 + 600, good);
    bench.run(11, bad);
    expect(bench.only()).toMatchObject({ alertId: "a-0002", count: 1 });
  });

  test("keeps its acknowledgement when it flaps", () => {
    const bench = new Bench();
    bench.run(11, bad);
    bench.state = evolveAlerts(bench.state, { type: "acknowledged", alertId: "a-0001", atMs: START_MS, note: "known", by: "ada", via: "window", ends: null });
    bench.run(11, good);
    bench.run(11, bad);
    expect(bench.only()).toMatchObject({ count: 2, acknowledged: { by: "ada", note: "known" } });
  });

  test("that a person closed comes again only after it was well, though its node is still lost", () => {
    const bench = new Bench();
    const lost = readingFixture({ ruleId: "node-lost", isSilent: true });
    bench.run(1, lost);
    bench.state = evolveAlerts(bench.state, { type: "acknowledged", alertId: "a-0001", atMs: START_MS, note: "scrapped", by: "ada", via: "window", ends: "closed" });
    bench.run(60, lost);
    expect(bench.state.open.size).toBe(0);
    bench.run(1, readingFixture({ ruleId: "node-lost", standing: "good" }));
    bench.run(1, lost);
    expect(bench.only().alertId).toBe("a-0002");
  });

  test("ends when its rule is switched off, and none is raised then", () => {
    const bench = new Bench();
    bench.run(11, bad);
    bench.changes = { "latency-high": { isOn: false } };
    bench.run(30, bad);
    expect(bench.types()).toEqual(["raised", "resolved"]);
    expect(bench.state.ended[0]?.resolution).toBe("rule-off");
  });

  test("of one fleet waits while another one is joined", () => {
    const bench = new Bench();
    bench.run(11, bad);
    bench.state = evolveAlerts(bench.state, { type: "fleet-joined", fleet: "ROS 2 domain 42" });
    bench.run(30, good);
    expect(bench.types()).toEqual(["raised"]);
    bench.state = evolveAlerts(bench.state, { type: "fleet-joined", fleet: "embedded, seed 7" });
    bench.run(11, good);
    expect(bench.types()).toEqual(["raised", "resolved"]);
  });

  test("about something that happened is raised once for its event, counts the next, and stays until it is acknowledged", () => {
    const bench = new Bench();
    const incident = (eventId: number): Occurrence => ({ ruleId: "incident", subject: "node_3", nodeId: "node_3", version: null, eventId, title: "Incident on node_3", sentence: "1.2.0 could not be loaded." });
    bench.tick([], [incident(41)]);
    bench.tick([], [incident(41), incident(47)]);
    for (let half = 0; half < 100; half += 1) bench.tick([], [incident(47)]);
    expect(bench.types()).toEqual(["raised", "again"]);
    bench.state = evolveAlerts(bench.state, { type: "acknowledged", alertId: "a-0001", atMs: START_MS, note: "", by: "ada", via: "window", ends: "acknowledged" });
    bench.tick([], [incident(47)]);
    expect(bench.state.open.size).toBe(0);
    bench.tick([], [incident(52)]);
    expect(bench.only().alertId).toBe("a-0002");
  });

  test("about a process that is gone ends, one about a node never does", () => {
    const bench = new Bench();
    const process = readingFixture({ ruleId: "process-down", subject: "ros2", nodeId: null, version: null });
    for (let half = 0; half < 12; half += 1) bench.tick([process]);
    bench.tick([]);
    expect(bench.types()).toEqual(["raised", "resolved"]);
    expect(bench.state.ended[0]?.resolution).toBe("gone");
  });
});
