import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemSeriesSchema, systemViewSchema, type SystemView } from "../../shared/contract/system";
import { fail } from "../../shared/result";
import { virtualTimers } from "../time/virtual-timers";
import { fakeMachine, type FakeMachine } from "./fake-port";
import { SystemMonitor } from "./system-monitor";

function setUp(prepare: (machine: FakeMachine) => void = () => undefined) {
  const timers = virtualTimers();
  const machine = fakeMachine(timers);
  prepare(machine);
  machine.setBusy(30);
  let cpuMs = 0;
  const monitor = new SystemMonitor({
    timers,
    port: machine,
    dataDir: "/data",
    appVersion: "0.1.0",
    processes: () => [
      { pid: 7, kind: "main" },
      { pid: 8, kind: "window" },
    ],
    // Half a millisecond at each look at the clock of the process.
    cpuMs: () => (cpuMs += 0.5),
    fleet: { nodeIds: () => ["node_0", "node_1"], maxLatencyMs: () => 50, diagnostics: () => ({ shown: [], hidden: 0 }) },
  });
  const views: SystemView[] = [];
  monitor.onView((view) => views.push(view));
  return { timers, machine, monitor, views };
}

describe("the system monitor", () => {
  it("tells once a second what the machine does, and says what it costs itself", async () => {
    const { timers, machine, monitor, views } = setUp();
    expect(monitor.getSystemStats().cpu).toEqual({ state: "pending" });
    await timers.advanceSettled(12_500);
    machine.setBusy(90);
    await timers.advanceSettled(2_000);
    expect(views.length).toBe(15);
    const stats = monitor.getSystemStats();
    expect(v.safeParse(systemViewSchema, views.at(-1)).success).toBe(true);
    expect(views[5]?.stats.cpu).toMatchObject({ state: "known", value: { percent: 30, perCore: [30, 30], load: [1.5, 1, 0.5] } });
    expect(stats.cpu).toMatchObject({ value: { percent: 90 } });
    expect(stats.diskIo).toMatchObject({ value: { readBytesPerS: 1_000, writtenBytesPerS: 3_000 } });
    expect(stats.network).toMatchObject({ value: [{ name: "lo", receivedBytesPerS: 2_000 }, { name: "eth0", sentBytesPerS: 500 }] });
    expect(stats.processes).toMatchObject({ value: [{ pid: 7, kind: "main", cpuPercent: 25, memoryBytes: 50e6 }, { pid: 8 }] });
    expect(stats.disk).toMatchObject({ value: { path: "/data", freeBytes: 40e9 } });
    // Four looks at the clock, two stretches of half a millisecond: one in a thousand.
    expect(stats.sampler).toEqual({ periodMs: 1_000, cpuPercent: 0.1 });
  });

  it("calls absent what the machine does not have, and looks for it again only seldom", async () => {
    const { timers, machine, monitor } = setUp();
    await timers.advanceSettled(120_000);
    const { gpus, battery, temperatures } = monitor.getSystemStats();
    expect([gpus, battery, temperatures]).toEqual([{ state: "absent" }, { state: "absent" }, { state: "absent" }]);
    expect(machine.calls.get("gpus")).toBe(1);
    expect(machine.calls.get("memory")).toBe(121);
  });

  it("names the code of what could not be read, and goes on with the rest", async () => {
    const { timers, machine, monitor } = setUp();
    await timers.advanceSettled(3_000);
    machine.answers.set("memory", fail("SYSTEM_READ_FAILED", "/proc/meminfo could not be read: gone."));
    await timers.advanceSettled(2_000);
    expect(monitor.getSystemStats().memory).toEqual({ state: "failed", code: "SYSTEM_READ_FAILED", sentence: "/proc/meminfo could not be read: gone." });
    expect(monitor.getSystemStats().cpu.state).toBe("known");
    expect(monitor.getSeries(60_000, 100).columns.memoryPercent.at(-1)).toBeNaN();
    machine.answers.delete("memory");
    await timers.advanceSettled(2_000);
    expect(monitor.getSystemStats().memory.state).toBe("known");
  });

  it("reads what takes long so seldom that it takes a thousandth of the time", async () => {
    const { timers, machine } = setUp(({ tookMs }) => tookMs.set("diskIo", 20));
    await timers.advanceSettled(105_000);
    // 20 ms each: every 20 s, once there are two of which a rate can be made.
    expect(machine.calls.get("diskIo")).toBe(7);
    expect(machine.calls.get("network")).toBe(106);
  });

  it("does not take a wait for the processor for the cost of reading a file", async () => {
    const { timers, machine } = setUp(({ tookMs }) => tookMs.set("memory", 200));
    await timers.advanceSettled(20_000);
    expect(machine.calls.get("memory")).toBe(21);
  });

  it("says of what never answers that it does not, and asks it nothing more", async () => {
    const { timers, machine, monitor } = setUp();
    machine.tookMs.set("network", 1e9);
    await timers.advanceSettled(45_000);
    expect(monitor.getSystemStats().network).toMatchObject({ state: "failed", code: "SYSTEM_READ_FAILED" });
    expect(machine.calls.get("network")).toBe(2);
  });

  it("puts machine and fleet on one time axis, with what rose first", async () => {
    const { timers, machine, monitor } = setUp();
    const compress = async (seconds: number, latencyMs: number): Promise<void> => {
      for (let second = 0; second < seconds; second += 1) {
        monitor.recordCompression(8, latencyMs, "node_0");
        monitor.recordCompression(8, latencyMs + 10, "node_1");
        await timers.advanceSettled(1_000);
      }
    };
    await compress(100, 20);
    const busyMs = timers.wallMs();
    machine.setBusy(96);
    await compress(11, 20);
    await compress(60, 60);
    const series = monitor.getSeries(600_000, 300);
    expect(v.safeParse(systemSeriesSchema, series).success).toBe(true);
    expect(Math.abs((series.cpuBusy?.sinceMs ?? 0) - busyMs)).toBeLessThanOrEqual(2_000);
    expect(Math.abs((series.fleetSlow?.sinceMs ?? 0) - busyMs - 11_000)).toBeLessThanOrEqual(3_000);
    expect(series.columns.latencyMedianMs.at(-1)).toBe(65);
    expect(series.columns.networkReceivedBytesPerS.at(-1)).toBe(2_000);
  });

  it("stops when it is told to", async () => {
    const { timers, monitor, views } = setUp();
    await timers.advanceSettled(2_500);
    monitor.stop();
    const told = views.length;
    await timers.advanceSettled(5_000);
    expect(views.length).toBe(told);
    expect(timers.pendingCount()).toBe(0);
  });
});

describe("the performance report", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lydlr-system-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("has every key of the original's, with its meaning and units, and who it is about", async () => {
    const { timers, monitor } = setUp();
    await timers.advanceSettled(2_000);
    for (const [ratio, latencyMs] of [[8, 20], [10, 40]] as const) monitor.recordCompression(ratio, latencyMs, "node_0");
    await timers.advanceSettled(3_000);
    const path = join(folder, "report.json");
    const written = await monitor.exportReport(path);
    expect(written).toEqual({ ok: true, value: { path, bytes: readFileSync(path).length } });
    expect(readdirSync(folder)).toEqual(["report.json"]);
    const report = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
    expect(report).toMatchObject({
      schema_version: 1,
      export_timestamp: timers.wallMs() / 1_000,
      host: { hostname: "workshop", cores: 2, memory: 16 },
      node_ids: ["node_0", "node_1"],
      system_stats: {
        cpu: { percent: 30, count: 2 },
        memory: { total: 16, available: 12, used: 4, percent: 25 },
        disk: { percent: 60 },
        network: { packets_sent: 10, packets_recv: 20 },
        gpu: { available: false },
      },
      performance_summary: {
        compression: { avg_ratio: 9, min_ratio: 8, max_ratio: 10, total_samples: 2 },
        latency: { avg_ms: 30, min_ms: 20, max_ms: 40, p95_ms: 40 },
        uptime_seconds: 5,
      },
      latency_history: [20, 40],
      gpu_history: [],
    });
    const startS = (timers.wallMs() - 5_000) / 1_000;
    expect(report["compression_history"]).toEqual([8, 10].map((ratio, index) => ({ compression_ratio: ratio, latency_ms: 20 * (index + 1), timestamp: startS + 2, node_id: "node_0" })));
    expect((report["cpu_history"] as object[]).at(-1)).toEqual({ percent: 30, timestamp: startS + 5 });
    expect((report["memory_history"] as object[]).at(-1)).toEqual({ percent: 25, used_gb: 4, timestamp: startS + 5 });
    expect((report["network_history"] as object[]).at(-1)).toEqual({ bytes_sent: 5_000, bytes_recv: 20_000, timestamp: startS + 5 });
  });

  it("has an empty summary before the first compression, and is refused where it cannot be written", async () => {
    const { monitor } = setUp();
    const path = join(folder, "early.json");
    await monitor.exportReport(path);
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ performance_summary: {}, compression_history: [], system_stats: { memory: null, gpu: { available: null } } });
    expect(await monitor.exportReport(join(folder, "no", "x.json"))).toMatchObject({ ok: false, error: { code: "FILE_WRITE_FAILED" } });
  });
});
