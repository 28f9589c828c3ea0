import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EventView } from "../../shared/contract/snapshot";
import { node, version } from "../../shared/fleet/ids-fixture";
import { fail, ok } from "../../shared/result";
import { viewCommand } from "../../shared/rollout/command";
import { LIVE_STATE_EVENTS, replayJournal } from "../../shared/rollout/replay";
import { encodeMetricsMessage } from "../../shared/wire/edge-messages";
import { topicName } from "../../shared/wire/topics";
import type { Journal } from "../journal/port";
import { openJournal } from "../journal/sqlite-journal";
import { virtualTimers, type VirtualTimers } from "../time/virtual-timers";
import { Operations } from "./operations";
import { ScriptedLink } from "./scripted-link";

const N0 = node("node_0");
const FLEET = "embedded, seed 7";

describe("after a restart the engine", () => {
  let folder = "";
  let timers: VirtualTimers;
  let link: ScriptedLink;
  let journal: Journal;
  let operations: Operations;
  let events: EventView[];

  async function start(): Promise<void> {
    timers = virtualTimers();
    link = new ScriptedLink();
    journal = openJournal({ path: join(folder, "journal.db"), clock: timers });
    operations = new Operations({
      link,
      journal,
      timers,
      processes: () => [],
      shelf: { isDrill: () => false, check: (text) => Promise.resolve(text === "9.9.9" ? fail("UNKNOWN_VERSION", "It is gone.") : ok(undefined)) },
    });
    events = [];
    operations.onEvent((event) => events.push(event));
    await operations.start();
    link.join([N0]);
  }

  /** Ends without a last write, as kill -9 does; what was committed is there. */
  async function crash(): Promise<void> {
    journal.close();
    await operations.stop();
    await start();
  }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "lydlr-recovery-"));
    await start();
  });
  afterEach(async () => {
    await operations.stop();
    journal.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function metrics(running: string, quality = 0.95): void {
    link.deliver({
      topic: topicName("lydt-metrics", N0),
      type: "std_msgs/msg/UInt8MultiArray",
      receivedAtMs: timers.wallMs(),
      bytes: encodeMetricsMessage({
        nodeId: N0, vertical: "iot", modelVersion: version(running), sentAtMs: timers.wallMs(), sequence: 1, compressionRatio: 20,
        latencyMs: 12, compressionLevel: 0.5, qualityScore: quality, bandwidthKbps: 100, bytesIn: 20_000, bytesOut: 1_000, modalities: [],
      }),
    });
  }
  async function run(seconds: number, running: string | null = "1.0.0", quality?: number): Promise<void> {
    for (let half = 0; half < seconds * 2; half += 1) {
      if (running !== null) metrics(running, quality);
      await timers.advanceSettled(500);
    }
  }
  const seen = () => operations.snapshot().nodes[0];
  const request = { nodeId: "node_0", version: "1.1.0", expectedVersion: "1.0.0", requestId: "request-0001" };

  test("knows what was good, offers it once the node has reported, and never says before that what runs", async () => {
    await run(8);
    await operations.deployModel(request);
    await run(10, "1.1.0");
    await crash();
    expect(seen()).toMatchObject({ modelVersion: null, rollback: { offered: false }, command: { phase: "verified", commandId: "c-0001" } });
    await run(1, "1.1.0");
    expect(seen()).toMatchObject({ modelVersion: "1.1.0", rollback: { offered: true, version: "1.0.0" } });
    expect(seen()?.history.map(({ version: ran, good }) => `${ran ?? ""} ${good ? "good" : ""}`)).toEqual(["1.1.0 ", "1.1.0 good", "1.0.0 good"]);
  });

  test("takes the same request for the same command, and goes on counting", async () => {
    await run(8);
    await operations.deployModel(request);
    await run(10, "1.1.0");
    await crash();
    await run(2, "1.1.0");
    expect(await operations.deployModel(request)).toEqual({ ok: true, value: { commandId: "c-0001" } });
    expect(link.published).toEqual([]);
    expect(await operations.deployModel({ ...request, requestId: "request-0002", version: "1.2.0", expectedVersion: "1.1.0" })).toMatchObject({ value: { commandId: "c-0002" } });
  });

  /** A request that is on disk while its publication never began. */
  async function requestedOnly(wanted = "1.1.0"): Promise<void> {
    await run(8);
    const { append } = journal;
    const onlyRequests: Journal["append"] = (entries) =>
      entries.some(({ event }) => event === "deploy-publishing") ? fail("JOURNAL_UNAVAILABLE", "Crashed.") : append.call(journal, entries);
    journal.append = onlyRequests;
    await operations.deployModel({ ...request, version: wanted });
    expect(link.published).toEqual([]);
    await crash();
  }

  test("sends once what was never sent, when the node still reports what it was requested against", async () => {
    await requestedOnly();
    await timers.advanceSettled(3_000);
    expect(link.published, "before the node has said what it runs").toEqual([]);
    await run(1);
    expect(link.published).toHaveLength(1);
    await run(8, "1.1.0");
    expect(seen()?.command).toMatchObject({ commandId: "c-0001", phase: "verified" });
  });

  test("does not send it where the node reports another version by now", async () => {
    await requestedOnly();
    await run(2, "1.2.0");
    expect(link.published).toEqual([]);
    expect(seen()?.command).toMatchObject({ phase: "failed" });
    expect(seen()?.command?.sentence).toContain("reports 1.2.0 now, not 1.0.0");
  });

  test("does not send it twice, and verifies it, where the node reports the wanted version already", async () => {
    await requestedOnly();
    await run(10, "1.1.0");
    expect(link.published).toEqual([]);
    expect(seen()?.command).toMatchObject({ phase: "verified" });
  });

  test("never sends again what may have been sent: the wanted version reported is acknowledged and verified", async () => {
    await run(8);
    await operations.deployModel(request);
    expect(link.published).toHaveLength(1);
    await crash();
    await run(10, "1.1.0");
    expect(link.published).toEqual([]);
    expect(seen()?.command).toMatchObject({ phase: "verified", attempts: 1 });
  });

  test("never sends again what may have been sent: another version reported is unconfirmed, with the reason", async () => {
    await run(8);
    await operations.deployModel(request);
    await crash();
    await run(6);
    expect(link.published).toEqual([]);
    expect(seen()?.command).toMatchObject({ phase: "unconfirmed" });
    expect(seen()?.command?.sentence).toContain("It is not sent again by itself; to send it again, deploy it once more.");
    await run(10, "1.1.0");
    expect(seen()?.command, "a late report is still the node's own").toMatchObject({ phase: "verified" });
  });

  test("ends what was on its way to a node that is not there any more", async () => {
    await run(8);
    await operations.deployModel(request);
    await crash();
    await run(29, null);
    expect(operations.getDeploymentStatus().nodes[0]?.command?.phase).toBe("requested");
    await run(2, null);
    expect(operations.getDeploymentStatus().nodes[0]?.command?.phase).toBe("unconfirmed");
    expect(operations.changeSettings({ ros2: { domainId: 5, discoveryRange: null } }).ok).toBe(true);
  });

  test("goes on verifying, and calls it inconsistent when the node left the version meanwhile", async () => {
    await run(8);
    await operations.deployModel(request);
    await run(2, "1.1.0");
    expect(seen()?.command?.phase).toBe("acknowledged");
    await crash();
    await run(2);
    expect(seen()?.command).toMatchObject({ phase: "inconsistent" });
    expect(link.published).toEqual([]);
  });

  test("decides the same whatever the clock does", async () => {
    const phases = async (jump: (ms: number) => void): Promise<string[]> => {
      await run(8);
      await operations.deployModel(request);
      jump(-86_400_000);
      await run(2);
      jump(172_800_000);
      await run(10, "1.1.0");
      return (seen()?.command?.steps ?? []).map(({ phase }) => phase);
    };
    const jumping = await phases((ms) => timers.jumpWall(ms));
    await operations.stop();
    journal.close();
    rmSync(join(folder, "journal.db"));
    await start();
    expect(await phases(() => undefined)).toEqual(jumping);
  });

  test("knows nothing of another fleet's nodes of the same name", async () => {
    await run(8);
    await operations.deployModel(request);
    link.change({ seed: 8 });
    const state = operations.getDeploymentStatus().nodes[0];
    expect(state?.command?.commandId).toBe("c-0001");
    journal.append([]);
    const written = journal.ofKinds(LIVE_STATE_EVENTS);
    expect(replayJournal(written.ok ? written.value : [], "embedded, seed 8").nodes.size).toBe(0);
    expect(replayJournal(written.ok ? written.value : [], "embedded, seed 8").issued).toBe(1);
  });

  test("keeps with a command event the limits, the version and the samples that it was decided on", async () => {
    await run(8);
    await run(70, "1.0.0", 0.9);
    await operations.deployModel(request);
    const written = journal.ofKinds(["deploy-requested"]);
    const kept = journal.basisOf(written.ok ? (written.value[0]?.id ?? 0) : 0);
    expect(kept).toMatchObject({ ok: true, value: { reportedVersion: "1.0.0", limits: { maxLatencyMs: 50 } } });
    const samples = kept.ok ? kept.value?.samples : undefined;
    expect(samples?.atMs).toHaveLength(120);
    expect(new Set(samples?.qualityScore)).toEqual(new Set([0.9]));
  });

  test("refuses commands while the journal is broken, and goes on showing the fleet", async () => {
    await run(2);
    await operations.stop();
    journal.close();
    const bytes = readFileSync(join(folder, "journal.db"));
    bytes[bytes.indexOf("Found by its topic")] = "f".charCodeAt(0);
    writeFileSync(join(folder, "journal.db"), bytes);
    await start();
    await run(2);
    expect(seen()?.latest?.compressionRatio).toBe(20);
    expect(operations.snapshot().journal.state).toBe("broken");
    expect(events.concat(operations.recentEvents(50)).some(({ event }) => event === "journal-broken")).toBe(true);
    expect(await operations.deployModel(request)).toMatchObject({ error: { code: "JOURNAL_BROKEN" } });
    expect(link.published).toEqual([]);
  });

  test("has in its journal what it holds, after any sequence of samples, requests, silence and restarts", async () => {
    const action = fc.oneof(
      fc.record({ what: fc.constant("run" as const), seconds: fc.integer({ min: 1, max: 9 }), running: fc.constantFrom("1.0.0", "1.1.0", "1.2.0"), quality: fc.constantFrom(0.95, 0.5) }),
      fc.record({ what: fc.constant("deploy" as const), version: fc.constantFrom("1.0.0", "1.1.0", "1.2.0") }),
      fc.record({ what: fc.constant("rollback" as const) }),
      fc.record({ what: fc.constant("crash" as const) }),
    );
    let requests = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 3, maxLength: 9 }), async (actions) => {
        await operations.stop();
        journal.close();
        rmSync(join(folder, "journal.db"), { force: true });
        await start();
        for (const step of actions) {
          requests += 1;
          const common = { nodeId: "node_0", expectedVersion: seen()?.modelVersion ?? null, requestId: `request-${String(requests).padStart(6, "0")}` };
          if (step.what === "run") await run(step.seconds, step.running, step.quality);
          else if (step.what === "deploy") await operations.deployModel({ ...common, version: step.version });
          else if (step.what === "rollback") await operations.rollbackModel(common);
          else await crash();
          await timers.advanceSettled(500);
          const written = journal.ofKinds(LIVE_STATE_EVENTS);
          const recorded = replayJournal(written.ok ? written.value : [], FLEET).nodes.get(N0);
          const held = seen();
          const { steps: _held, verifySamples: _s, verifySamplesNeeded: _n, ...command } = held?.command ?? { steps: 0, verifySamples: 0, verifySamplesNeeded: 0 };
          expect(recorded === undefined || recorded.command === null ? {} : viewCommand(recorded.command)).toMatchObject(command);
          const spans = (recorded?.versions.spans ?? []).map(({ version: ran, good, fromMs }) => ({ ran, good, fromMs }));
          expect(spans).toEqual((held?.history ?? []).toReversed().map(({ version: ran, good, fromMs }) => ({ ran, good, fromMs })));
        }
      }),
      { numRuns: 15, seed: 6 },
    );
  });
});
