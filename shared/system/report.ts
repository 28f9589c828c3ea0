import type { PerformanceSummary, Reading, SystemColumn, SystemStats } from "../contract/system";
import type { SeriesSlice } from "../series/series-ring";
import type { Compression } from "./performance-log";

/** Counts up whenever a reader must know. */
export const REPORT_SCHEMA_VERSION = 1;

const GIBIBYTE = 1 << 30;

/** What a report is made of. */
export interface ReportParts {
  /** Unix ms. */
  readonly atMs: number;
  readonly appVersion: string | null;
  readonly nodeIds: readonly string[];
  readonly stats: SystemStats;
  readonly summary: PerformanceSummary;
  /** Oldest first. */
  readonly compressions: readonly Compression[];
  readonly history: SeriesSlice<SystemColumn>;
  /** Bytes moved since the machine started, at each second, oldest first. */
  readonly traffic: readonly { readonly atMs: number; readonly sentBytes: number; readonly receivedBytes: number }[];
}

/**
 * The performance report as JSON: every key of the original system monitor with its meaning (snake case, times in
 * Unix seconds, memory and disk in GiB), and beside them a schema version, the host, the nodes and what it did not
 * have. What was not measured is null, or has no entry; never 0.
 *
 * GPU memory is that of the device: the original counted only what its own process had asked for.
 */
export function systemReport(parts: ReportParts): object {
  const { stats, summary, history } = parts;
  const { host } = stats;
  return {
    schema_version: REPORT_SCHEMA_VERSION,
    export_timestamp: seconds(parts.atMs),
    units: { timestamp: "Unix seconds", memory: "GiB", disk: "GiB", network: "bytes", gpu_memory: "GiB", latency: "ms" },
    application: { name: "Lydlr Ops", version: parts.appVersion },
    host: { hostname: host.hostname, platform: host.platform, processor: host.processor, cores: host.cores, memory: gibi(host.memoryBytes) },
    node_ids: parts.nodeIds,
    system_stats: systemStats(stats),
    performance_summary: performanceSummary(summary),
    compression_history: parts.compressions.map(({ compressionRatio, latencyMs, atMs, nodeId }) => ({
      compression_ratio: compressionRatio,
      latency_ms: latencyMs,
      timestamp: seconds(atMs),
      node_id: nodeId,
    })),
    latency_history: parts.compressions.map(({ latencyMs }) => latencyMs),
    cpu_history: entries(history, "cpuPercent", (percent) => ({ percent })),
    memory_history: entries(history, "memoryPercent", (percent) => ({ percent, used_gb: gibi((percent / 100) * host.memoryBytes) })),
    gpu_history: gpuHistory(stats, history),
    network_history: parts.traffic.map(({ atMs, sentBytes, receivedBytes }) => ({ bytes_sent: sentBytes, bytes_recv: receivedBytes, timestamp: seconds(atMs) })),
  };
}

function seconds(atMs: number): number {
  return atMs / 1_000;
}

function gibi(bytes: number): number {
  return Number((bytes / GIBIBYTE).toFixed(6));
}

function known<Value>(reading: Reading<Value>): Value | null {
  return reading.state === "known" ? reading.value : null;
}

/** The keys of the original's `get_system_stats`, and what it did not have. */
function systemStats(stats: SystemStats): object {
  const cpu = known(stats.cpu);
  const memory = known(stats.memory);
  const disk = known(stats.disk);
  const network = known(stats.network);
  return {
    cpu: { percent: cpu?.percent ?? null, count: stats.host.cores, per_core: cpu?.perCore ?? null, load: cpu?.load ?? null },
    memory:
      memory === null
        ? null
        : {
            total: gibi(memory.totalBytes),
            available: gibi(memory.availableBytes),
            used: gibi(memory.totalBytes - memory.availableBytes),
            percent: (1 - memory.availableBytes / memory.totalBytes) * 100,
            swap_total: gibi(memory.swapTotalBytes),
            swap_used: gibi(memory.swapUsedBytes),
          },
    disk:
      disk === null
        ? null
        : {
            path: disk.path,
            total: gibi(disk.totalBytes),
            used: gibi(disk.totalBytes - disk.freeBytes),
            free: gibi(disk.freeBytes),
            percent: (1 - disk.freeBytes / disk.totalBytes) * 100,
            io: known(stats.diskIo),
          },
    network:
      network === null
        ? null
        : {
            bytes_sent: sum(network.map(({ sentBytes }) => sentBytes)),
            bytes_recv: sum(network.map(({ receivedBytes }) => receivedBytes)),
            packets_sent: sumOrNull(network.map(({ sentPackets }) => sentPackets)),
            packets_recv: sumOrNull(network.map(({ receivedPackets }) => receivedPackets)),
            interfaces: network,
          },
    gpu: gpuStats(stats),
    temperatures: known(stats.temperatures),
    battery: known(stats.battery),
    processes: known(stats.processes),
  };
}

/** The first GPU, as the original had it; all of them beside it. */
function gpuStats({ gpus }: SystemStats): object {
  if (gpus.state === "absent") return { available: false };
  if (gpus.state !== "known") return { available: null, reason: gpus.state === "failed" ? gpus.sentence : "not read yet" };
  const [first] = gpus.value;
  if (first === undefined) return { available: false };
  const { memoryUsedBytes: used, memoryTotalBytes: total } = first;
  return {
    available: true,
    device_count: gpus.value.length,
    current_device: 0,
    memory_allocated: used === null ? null : gibi(used),
    memory_reserved: used === null ? null : gibi(used),
    memory_free: used === null || total === null ? null : gibi(total - used),
    devices: gpus.value,
  };
}

function gpuHistory({ gpus }: SystemStats, history: SeriesSlice<SystemColumn>): readonly object[] {
  const total = known(gpus)?.[0]?.memoryTotalBytes ?? null;
  if (total === null) return [];
  return entries(history, "gpuMemoryPercent", (percent) => {
    const usedGb = gibi((percent / 100) * total);
    return { memory_allocated_gb: usedGb, memory_reserved_gb: usedGb };
  });
}

/** Empty before the first compression, as the original's. */
function performanceSummary({ compressionRatio, latencyMs, kept, recorded, uptimeMs }: PerformanceSummary): object {
  if (compressionRatio === null || latencyMs === null) return {};
  return {
    compression: {
      avg_ratio: compressionRatio.mean,
      min_ratio: compressionRatio.min,
      max_ratio: compressionRatio.max,
      p95_ratio: compressionRatio.p95,
      total_samples: kept,
      recorded_samples: recorded,
    },
    latency: { avg_ms: latencyMs.mean, min_ms: latencyMs.min, max_ms: latencyMs.max, p95_ms: latencyMs.p95 },
    uptime_seconds: uptimeMs / 1_000,
  };
}

/** One entry for every second in which a column has a value. */
function entries(history: SeriesSlice<SystemColumn>, column: SystemColumn, entry: (value: number) => object): readonly object[] {
  return Array.from(history.columns[column], (value, index) => ({ value, atMs: history.atMs[index] ?? Number.NaN }))
    .filter(({ value, atMs }) => !Number.isNaN(value) && !Number.isNaN(atMs))
    .map(({ value, atMs }) => ({ ...entry(value), timestamp: seconds(atMs) }));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, each) => total + each, 0);
}

function sumOrNull(values: readonly (number | null)[]): number | null {
  const counted = values.filter((value) => value !== null);
  return counted.length === 0 ? null : sum(counted);
}
