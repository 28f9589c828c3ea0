import type { DiagnosticView, PerformanceSummary, Reading, SystemColumn, SystemSeries, SystemStats, SystemView } from "../../shared/contract/system";
import { ok, type Result } from "../../shared/result";
import { coincidenceOf } from "../../shared/system/coincidence";
import { percentOf } from "../../shared/system/counters";
import { FleetLatency } from "../../shared/system/fleet-latency";
import { PerformanceLog, type Compression } from "../../shared/system/performance-log";
import { systemReport } from "../../shared/system/report";
import { SystemHistory } from "../../shared/system/system-history";
import type { Dispose, Timers } from "../../shared/time";
import { writeFileAtomically } from "../reports/atomic-file";
import type { MachineRow } from "./machine-log";
import type { OwnProcess, SystemPort } from "./port";
import { startSampler, type Sampler } from "./sampler";

/** Rows of a report's histories: the original kept as many. */
const REPORT_ROWS = 1_000;
/** A reading that is older says nothing about now, ms. */
const CURRENT_FOR_MS = 120_000;

/** What the monitor asks of the fleet. */
export interface WatchedFleet {
  nodeIds(): readonly string[];
  /** The fleet's limit. */
  maxLatencyMs(): number;
  /** What was told on /diagnostics. */
  diagnostics(): { readonly shown: readonly DiagnosticView[]; readonly hidden: number };
}

/** What the monitor is made of. */
export interface SystemMonitorParts {
  readonly timers: Timers;
  readonly port: SystemPort;
  readonly fleet: WatchedFleet;
  /** The folder whose disk is watched. */
  readonly dataDir: string;
  /** Null where nobody said. */
  readonly appVersion: string | null;
  processes(): readonly OwnProcess[];
  /** Processor time that this process has used, ms. */
  cpuMs(): number;
}

/** This machine, what the fleet compressed, and both on one time axis. */
export class SystemMonitor {
  private readonly history = new SystemHistory();
  private readonly log = new PerformanceLog();
  private readonly latency = new FleetLatency();
  private readonly listeners = new Set<(view: SystemView) => void>();
  private readonly rowListeners = new Set<(atMs: number, row: MachineRow) => void>();
  private readonly traffic: { atMs: number; sentBytes: number; receivedBytes: number }[] = [];
  private readonly sampler: Sampler;

  constructor(private readonly parts: SystemMonitorParts) {
    this.sampler = startSampler({
      timers: parts.timers,
      port: parts.port,
      dataDir: parts.dataDir,
      processes: () => parts.processes(),
      cpuMs: () => parts.cpuMs(),
      onSample: (stats) => {
        this.take(stats);
      },
    });
  }

  /** Ends the sampling. */
  stop(): void {
    this.sampler.stop();
  }

  /** This machine now; every quantity known, absent, pending or failed. */
  getSystemStats(): SystemStats {
    return this.sampler.stats();
  }

  /**
   * Takes a compressed frame into the history.
   * @param latencyMs of its encode, ms.
   * @param nodeId whose it is; null: nobody's in particular.
   */
  recordCompression(compressionRatio: number, latencyMs: number, nodeId: string | null = null): void {
    const { timers } = this.parts;
    const isTaken = this.log.record({ atMs: timers.wallMs(), compressionRatio, latencyMs, nodeId });
    if (isTaken && nodeId !== null) this.latency.note(nodeId, latencyMs, timers.monotonicMs());
  }

  /** Mean, extremes and 95th percentile of the newest 1 000 compressions, and how long this runs. */
  getPerformanceSummary(): PerformanceSummary {
    return this.log.summary(this.getSystemStats().uptimeMs);
  }

  /** The newest 1 000 compressions, oldest first. */
  getCompressionHistory(): readonly Compression[] {
    return this.log.history();
  }

  /** What the page is pushed. */
  view(): SystemView {
    return this.viewOf(this.getSystemStats());
  }

  /** Machine and fleet on one time axis, up to now. */
  getSeries(rangeMs: number, maxPoints: number): SystemSeries {
    const toMs = this.parts.timers.wallMs();
    const fromMs = toMs - rangeMs;
    const { columns, ...rest } = this.history.series(fromMs, toMs, maxPoints);
    const samples = this.history.samples(fromMs, toMs);
    const { cpuPercent, latencyMedianMs } = samples.columns;
    const { cpu, latency } = coincidenceOf({ atMs: samples.atMs, cpuPercent, latencyMs: latencyMedianMs }, this.parts.fleet.maxLatencyMs());
    return { fromMs, toMs, ...rest, columns: { ...columns }, cpuBusy: cpu === null ? null : { ...cpu }, fleetSlow: latency === null ? null : { ...latency } };
  }

  /** Writes the report so that it is whole or not at all. FILE_WRITE_FAILED. */
  async exportReport(path: string): Promise<Result<{ readonly path: string; readonly bytes: number }>> {
    const { timers, fleet, appVersion } = this.parts;
    const report = systemReport({
      atMs: timers.wallMs(),
      appVersion,
      nodeIds: fleet.nodeIds(),
      stats: this.getSystemStats(),
      summary: this.getPerformanceSummary(),
      compressions: this.log.history(),
      history: this.history.newest(REPORT_ROWS),
      traffic: this.traffic,
    });
    const text = `${JSON.stringify(report, null, 2)}\n`;
    const written = await writeFileAtomically(path, text);
    return written.ok ? ok({ path, bytes: Buffer.byteLength(text) }) : written;
  }

  /** Told of every row of the history: wall time, and a value for each column that has one. */
  onRow(listener: (atMs: number, row: MachineRow) => void): Dispose {
    this.rowListeners.add(listener);
    return () => this.rowListeners.delete(listener);
  }

  /** Told once a second. */
  onView(listener: (view: SystemView) => void): Dispose {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private take(stats: SystemStats): void {
    const { network } = stats;
    if (network.state === "known") {
      const total = (of: "sentBytes" | "receivedBytes"): number => network.value.reduce((sum, each) => sum + each[of], 0);
      this.traffic.push({ atMs: stats.atMs, sentBytes: total("sentBytes"), receivedBytes: total("receivedBytes") });
      if (this.traffic.length > REPORT_ROWS) this.traffic.shift();
    }
    const row = { ...columnsOf(stats), ...this.latencyColumns() };
    this.history.push(stats.atMs, row);
    for (const listener of this.rowListeners) listener(stats.atMs, row);
    if (this.listeners.size === 0) return;
    const view = this.viewOf(stats);
    for (const listener of this.listeners) listener(view);
  }

  private latencyColumns(): Pick<Record<SystemColumn, number>, "latencyP10Ms" | "latencyMedianMs" | "latencyP90Ms"> {
    const { p10Ms, medianMs, p90Ms } = this.latency.take(this.parts.timers.monotonicMs());
    return { latencyP10Ms: p10Ms, latencyMedianMs: medianMs, latencyP90Ms: p90Ms };
  }

  private viewOf(stats: SystemStats): SystemView {
    const { shown, hidden } = this.parts.fleet.diagnostics();
    return { stats, diagnostics: [...shown], hiddenDiagnostics: hidden };
  }
}

/** What is known and young enough; null else. */
function current<Value>(reading: Reading<Value>, nowMs: number): Value | null {
  return reading.state === "known" && nowMs - reading.atMs <= CURRENT_FOR_MS ? reading.value : null;
}

/** A sample as a row of the history; what is not known has no value. */
function columnsOf(stats: SystemStats): Partial<Record<SystemColumn, number>> {
  const now = <Value>(reading: Reading<Value>): Value | null => current(reading, stats.atMs);
  const memory = now(stats.memory);
  const disk = now(stats.disk);
  const diskIo = now(stats.diskIo);
  const wires = now(stats.network)?.filter(({ isLoopback }) => !isLoopback) ?? [];
  const moved = (of: "receivedBytesPerS" | "sentBytesPerS"): number => (wires.length === 0 ? Number.NaN : sum(wires.map((each) => each[of])));
  const processes = now(stats.processes);
  const gpu = now(stats.gpus)?.[0];
  const used = gpu?.memoryUsedBytes ?? null;
  const total = gpu?.memoryTotalBytes ?? null;
  return {
    cpuPercent: now(stats.cpu)?.percent ?? Number.NaN,
    appCpuPercent: processes === null ? Number.NaN : percentOf(sum(processes.map(({ cpuPercent }) => cpuPercent ?? 0)), 100 * stats.host.cores),
    memoryPercent: memory === null ? Number.NaN : percentOf(memory.totalBytes - memory.availableBytes, memory.totalBytes),
    diskPercent: disk === null ? Number.NaN : percentOf(disk.totalBytes - disk.freeBytes, disk.totalBytes),
    diskReadBytesPerS: diskIo?.readBytesPerS ?? Number.NaN,
    diskWrittenBytesPerS: diskIo?.writtenBytesPerS ?? Number.NaN,
    networkReceivedBytesPerS: moved("receivedBytesPerS"),
    networkSentBytesPerS: moved("sentBytesPerS"),
    temperatureC: now(stats.temperatures)?.[0]?.celsius ?? Number.NaN,
    gpuPercent: gpu?.percent ?? Number.NaN,
    gpuMemoryPercent: used === null || total === null ? Number.NaN : percentOf(used, total),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, each) => total + each, 0);
}
