import { describe, expect, it } from "vitest";
import { nodeViewFixture } from "../contract/node-view-fixture";
import type { DiagnosticView } from "../contract/system";
import { decideAlerts, NO_WATCH, type Watch } from "./decide";
import { edgeReadings } from "./edge-readings";
import { inhibitions } from "./inhibition";
import { rulesWith, type RuleId } from "./rule";
import { NO_ALERTS, type AlertState } from "./state";
import type { AlertWorld } from "./world";

const NOW_MS = 1_700_000_000_000;
const GIB = 2 ** 30;

function component(change: Partial<DiagnosticView> = {}, values: Readonly<Record<string, number | string>> = {}): DiagnosticView {
  return {
    name: "node_3: machine",
    hardwareId: "jetson-3",
    level: "ok",
    message: "within limits",
    values: Object.entries(values).map(([key, value]) => ({ key, value: String(value) })),
    nodeId: "node_3",
    isEmbedded: false,
    receivedAtMs: NOW_MS - 400,
    messages: 9,
    ...change,
  };
}

function world(diagnostics: readonly DiagnosticView[], atMs = NOW_MS): AlertWorld {
  const snapshot = { atMs, nodes: [nodeViewFixture(NOW_MS, { nodeId: "node_3" })] } as unknown as AlertWorld["snapshot"];
  return { snapshot, diagnostics, host: null, openTests: [], isMuted: () => false, malformedLately: () => 0 };
}

const RULES = rulesWith({});

function standings(...diagnostics: readonly DiagnosticView[]): readonly string[] {
  return edgeReadings(world(diagnostics), RULES).map(({ ruleId, standing }) => `${ruleId} ${standing}`);
}

/** Runs the rules for some seconds at 2 Hz. */
function run(seconds: number, of: (atMs: number) => readonly DiagnosticView[], from: { readonly state: AlertState; readonly watch: Watch; readonly atMs: number } = { state: NO_ALERTS, watch: NO_WATCH, atMs: NOW_MS }) {
  let { state, watch, atMs } = from;
  for (let tick = 0; tick < 2 * seconds; tick += 1) {
    atMs += 500;
    ({ state, watch } = decideAlerts(state, watch, { readings: edgeReadings(world(of(atMs), atMs), RULES), occurrences: [], rules: RULES, now: { wallMs: atMs, monotonicMs: atMs } }));
  }
  return { state, watch, atMs };
}

const open = ({ state }: { readonly state: AlertState }): readonly RuleId[] => [...state.open.values()].map(({ ruleId }) => ruleId);

describe("the rules of edge machines", () => {
  it("look at what a machine tells of processor, memory, disk and temperature, and at nothing that it does not tell", () => {
    const full = component({}, { cpu_percent: 99, memory_total_bytes: 8 * GIB, memory_used_bytes: 7.9 * GIB, disk_total_bytes: 100 * GIB, disk_free_bytes: 2 * GIB, temperature_celsius: 91 });
    expect(standings(full)).toEqual(["edge-cpu bad", "edge-memory bad", "edge-disk bad", "edge-temperature bad", "edge-error good", "edge-warned good"]);
    expect(standings(component({}, { cpu_percent: 20, memory_total_bytes: 0, memory_used_bytes: 5, temperature_celsius: "n/a" }))).toEqual(["edge-cpu good", "edge-error good", "edge-warned good"]);
    const [cpu] = edgeReadings(world([full]), RULES);
    expect(cpu).toMatchObject({ title: "CPU above 95 % on node_3: machine", sentence: "CPU 99 %; limit 95 %. Heard on /diagnostics from jetson-3.", nodeId: "node_3", value: 99, limit: 95 });
  });

  it("tell an error, a warning and a component that calls itself stale, with its own words, also of somebody who is no node", () => {
    const camera = (level: DiagnosticView["level"]) => component({ name: "camera: driver", hardwareId: "usb-1", nodeId: null, level, message: "frames are late" });
    expect(standings(camera("error"))).toEqual(["edge-error bad", "edge-warned good"]);
    expect(standings(camera("warn"))).toEqual(["edge-error good", "edge-warned bad"]);
    expect(standings(camera("stale"))).toEqual(["edge-error good", "edge-warned bad"]);
    expect(edgeReadings(world([camera("error")]), RULES)[0]).toMatchObject({ title: "camera: driver tells an error", sentence: "“frames are late” Heard on /diagnostics from usb-1.", nodeId: null });
  });

  it("say nothing of a node that runs inside of this application: its machine is this one, which has rules of its own", () => {
    expect(standings(component({ isEmbedded: true, level: "error" }, { cpu_percent: 100 }))).toEqual([]);
  });

  it("raise what lasts and not what passes, and end it once it was well by the margin", () => {
    const hot = (celsius: number) => (atMs: number) => [component({ receivedAtMs: atMs }, { temperature_celsius: celsius })];
    expect(open(run(20, hot(91)))).toEqual([]);
    const raised = run(40, hot(91));
    expect(open(raised)).toEqual(["edge-temperature"]);
    expect(open(run(120, hot(84), raised)), "neither beyond nor well").toEqual(["edge-temperature"]);
    expect(open(run(40, hot(70), raised))).toEqual([]);
  });

  it("freeze what a component told that fell silent, and end it only when it is gone for good", () => {
    const camera = (atMs: number) => [component({ name: "camera: driver", nodeId: null, level: "error", receivedAtMs: atMs })];
    const raised = run(20, camera);
    const heardMs = raised.atMs;
    const silent = run(300, () => camera(heardMs), raised);
    expect([...silent.state.open.values()]).toMatchObject([{ ruleId: "edge-error", frozenAtMs: expect.any(Number) as number }]);
    expect(open(run(1, () => [], silent)), "the application lists it no more").toEqual([]);
  });

  it("explain a component's own warning by what is measured of it", () => {
    const full = (atMs: number) => [component({ receivedAtMs: atMs, level: "warn", message: "less than 5 % of the memory is free" }, { memory_total_bytes: 8 * GIB, memory_used_bytes: 7.9 * GIB }), component({ name: "camera: driver", nodeId: null, level: "warn", receivedAtMs: atMs })];
    const { state } = run(40, full);
    const alerts = [...state.open.values()];
    const explained = inhibitions(alerts);
    expect(alerts.map(({ ruleId, subject, alertId }) => [ruleId, subject, explained.has(alertId)])).toEqual([
      ["edge-memory", "node_3: machine on jetson-3", false],
      ["edge-warned", "node_3: machine on jetson-3", true],
      ["edge-warned", "camera: driver on jetson-3", false],
    ]);
  });
});
