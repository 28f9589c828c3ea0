import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AlertsView } from "../../shared/contract/alerts";
import { node, version } from "../../shared/fleet/ids-fixture";
import { ok } from "../../shared/result";
import { encodeMetricsMessage } from "../../shared/wire/edge-messages";
import { topicName } from "../../shared/wire/topics";
import type { Journal } from "../journal/port";
import { openJournal } from "../journal/sqlite-journal";
import { Operations } from "../operations/operations";
import { ScriptedLink } from "../operations/scripted-link";
import { openTimelineDesk } from "../timeline/timeline-desk";
import { virtualTimers, type VirtualTimers } from "../time/virtual-timers";
import type { AlertDesk } from "./alert-desk";
import { openAlerts } from "./open-alerts";

const NODES = ["node_0", "node_1"].map(node);
const ADA = { by: "ada", via: "window" } as const;

describe("the alerts of an engine", () => {
  let folder = "";
  let timers: VirtualTimers;
  let link: ScriptedLink;
  let journal: Journal;
  let operations: Operations;
  let desk: AlertDesk;
  let cpuPercent: number | null;
  /** What each node's frames take; null: it is silent. */
  let latencyMs: Record<string, number | null>;
  let maxPages: number | undefined;

  async function start(): Promise<void> {
    link = new ScriptedLink();
    journal = openJournal({ path: join(folder, "journal.db"), clock: timers, ...(maxPages === undefined ? {} : { maxPages }) });
    operations = new Operations({ link, journal, timers, processes: () => [], shelf: { isDrill: () => false, check: () => Promise.resolve(ok(undefined)) } });
    desk = openAlerts(operations, journal, timers, () => ({ cpuPercent, memoryPercent: null, diskPercent: null }));
    await operations.start();
    link.join(NODES);
  }

  /** Ends without a last write, as kill -9 does. */
  async function crash(): Promise<void> {
    journal.close();
    await operations.stop();
    await start();
  }

  async function run(seconds: number): Promise<void> {
    for (let half = 0; half < seconds * 2; half += 1) {
      for (const nodeId of NODES) {
        const takes = latencyMs[nodeId] ?? null;
        if (takes === null) continue;
        link.deliver({
          topic: topicName("lydt-metrics", nodeId),
          type: "std_msgs/msg/UInt8MultiArray",
          receivedAtMs: timers.wallMs(),
          bytes: encodeMetricsMessage({
            nodeId, vertical: "iot", modelVersion: version("1.1.0"), sentAtMs: timers.wallMs(), sequence: half, compressionRatio: 20,
            latencyMs: takes, compressionLevel: 0.5, qualityScore: 0.95, bandwidthKbps: 100, bytesIn: 20_000, bytesOut: 1_000, modalities: [],
          }),
        });
      }
      await timers.advanceSettled(500);
    }
  }

  const open = (): AlertsView["open"] => desk.view().open;
  const named = (ruleId: string): AlertsView["open"][number] | undefined => open().find((alert) => alert.ruleId === ruleId);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "lydlr-alerts-"));
    timers = virtualTimers();
    latencyMs = { node_0: 20, node_1: 20 };
    cpuPercent = 10;
    maxPages = undefined;
    await start();
    operations.changePolicy({ policy: { roles: { latencyMs: "signal" } }, reason: "for a test", expectedRevision: operations.policy.current().revision, ...ADA });
  });
  afterEach(async () => {
    await operations.stop();
    journal.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("are on disk when somebody is told, and there after kill -9, with what persons did to them", async () => {
    const told: AlertsView[] = [];
    desk.onChange((view) => told.push(view));
    await run(10);
    expect(open()).toEqual([]);
    latencyMs["node_0"] = 80;
    await run(18);
    expect(named("latency-high")).toMatchObject({ severity: "warning", nodeId: "node_0", value: 80, limit: 50, count: 1, state: "firing" });
    const written = journal.ofKind("alert-raised");
    expect(written.ok && written.value.map(({ detail }) => detail["alertId"])).toEqual(told.at(-1)?.open.map(({ alertId }) => alertId));
    const alertId = named("latency-high")?.alertId ?? "";
    expect(desk.acknowledge({ alertIds: [alertId], note: "planned", close: false, ...ADA })).toMatchObject({ ok: true });
    expect(desk.silence({ match: { ruleId: null, nodeId: "node_1", version: null }, forMs: 120_000, reason: "camera being cleaned", ...ADA })).toMatchObject({ ok: true });
    const before = desk.view();
    await crash();
    expect({ ...desk.view(), atMs: 0 }).toMatchObject({ open: [{ alertId, acknowledged: { note: "planned", by: "ada" } }], silences: before.silences });
    await run(20);
    expect(named("latency-high")).toMatchObject({ alertId, state: "firing" });
    latencyMs["node_0"] = 20;
    await run(20);
    expect(named("latency-high")).toBeUndefined();
    expect(desk.view().ended[0]).toMatchObject({ alertId, resolution: "recovered" });
  });

  test("of a node that goes silent are frozen under the one that says so, and not over after a restart without it", async () => {
    latencyMs["node_0"] = 80;
    await run(25);
    const alertId = named("latency-high")?.alertId;
    latencyMs["node_0"] = null;
    await run(40);
    const lost = named("node-lost");
    expect(lost).toMatchObject({ nodeId: "node_0", severity: "warning", inhibitedBy: null });
    expect(named("latency-high")).toMatchObject({ alertId, state: "frozen", inhibitedBy: lost?.alertId });
    await crash();
    await run(60);
    expect(named("latency-high")).toMatchObject({ alertId, state: "frozen" });
    const ofNode = open().filter(({ nodeId }) => nodeId === "node_0");
    expect(desk.acknowledge({ alertIds: ofNode.map((alert) => alert.alertId), note: "scrapped", close: true, ...ADA })).toMatchObject({ ok: true });
    await run(10);
    expect(open().filter(({ nodeId }) => nodeId === "node_0")).toEqual([]);
  });

  test("of a muted metric are not raised; of this machine they are", async () => {
    operations.changePolicy({ policy: { roles: { latencyMs: "muted" } }, reason: "for a test", expectedRevision: operations.policy.current().revision, ...ADA });
    latencyMs["node_0"] = 80;
    cpuPercent = 99;
    await run(45);
    expect(open().map(({ ruleId }) => ruleId)).toEqual(["host-cpu"]);
  });

  test("are raised once for something that happened, though the application was killed right after it", async () => {
    operations.commit({ event: "incident", nodeId: "node_0", actor: "node", sentence: "1.2.0 could not be loaded.", detail: { code: "HASH_MISMATCH" } });
    await crash();
    await run(1);
    expect(named("incident")).toMatchObject({ nodeId: "node_0", isOnce: true, sentence: "1.2.0 could not be loaded." });
    await crash();
    await run(1);
    expect(open()).toHaveLength(1);
    expect(open()[0]?.count).toBe(1);
  });

  test("refuse what cannot be done with a code, and change nothing", async () => {
    await run(1);
    expect(desk.acknowledge({ alertIds: ["a-9999"], note: "", close: false, ...ADA })).toMatchObject({ error: { code: "UNKNOWN_ALERT" } });
    expect(desk.silence({ match: { ruleId: null, nodeId: null, version: null }, forMs: 60_000, reason: "all of it", ...ADA })).toMatchObject({ error: { code: "BAD_SILENCE" } });
    expect(desk.endSilence("s-0009", ADA)).toMatchObject({ error: { code: "UNKNOWN_SILENCE" } });
    expect(desk.saveRules({ changes: {}, expectedRevision: 4, reason: "for a test", ...ADA })).toMatchObject({ error: { code: "STALE_REVISION" } });
    expect(desk.saveRules({ changes: { "host-cpu": { threshold: 400 } }, expectedRevision: 0, reason: "for a test", ...ADA })).toMatchObject({ error: { code: "BAD_RULE" } });
    expect(desk.saveRules({ changes: { "host-cpu": { threshold: 40 } }, expectedRevision: 0, reason: "a small machine", ...ADA })).toMatchObject({ ok: true, value: { revision: 1, by: "ada" } });
    await crash();
    expect(desk.rulesView()).toMatchObject({ revision: 1, changes: { "host-cpu": { threshold: 40 } }, reason: "a small machine" });
  });

  test("still come where the journal cannot be written, and what a person does is refused", async () => {
    await run(1);
    maxPages = 40;
    await crash();
    while (operations.commit({ event: "trouble", nodeId: null, actor: "engine", sentence: "x".repeat(400), detail: {} }).ok);
    await run(2);
    expect(named("journal-unwritable")).toMatchObject({ severity: "critical", inhibitedBy: null });
    const alertId = named("journal-unwritable")?.alertId ?? "";
    expect(desk.acknowledge({ alertIds: [alertId], note: "", close: false, ...ADA })).toMatchObject({ error: { code: "JOURNAL_UNAVAILABLE" } });
    expect(named("journal-unwritable")?.acknowledged).toBeNull();
  });

  test("are on the timeline, with what ran where and who put it there", async () => {
    const timeline = openTimelineDesk({ journal, nodeIds: () => NODES, breathe: () => Promise.resolve() });
    await run(5);
    expect(await operations.deployModel({ nodeId: "node_0", version: "1.1.0", expectedVersion: "1.1.0", requestId: "request-00001" })).toMatchObject({ ok: false });
    latencyMs["node_1"] = null;
    await run(10);
    const nowMs = timers.wallMs();
    const view = await timeline.view(nowMs - 60_000, nowMs, null);
    if (!view.ok) throw new Error(view.error.message);
    expect(view.value.isComplete).toBe(true);
    expect(view.value.nodes).toMatchObject([
      { nodeId: "node_0", spans: [{ version: "1.1.0", toMs: null }], silent: [] },
      { nodeId: "node_1", spans: [{ version: "1.1.0", toMs: null }], silent: [{ toMs: null }] },
    ]);
    expect(timeline.events({ fromMs: 0, toMs: nowMs, nodeId: "node_1", lanes: ["link"], text: "no sample", before: null, limit: 10 })).toMatchObject({ ok: true, value: { events: [{ event: "node-stale" }], next: null } });
    expect(timeline.whatRan("node_1", nowMs)).toMatchObject({ ok: true, value: { version: "1.1.0", known: "silent", putBy: null } });
    expect(timeline.whatRan("node_1", nowMs - 12_000)).toMatchObject({ ok: true, value: { version: "1.1.0", known: "reported", silentSinceMs: null } });
  });
});
