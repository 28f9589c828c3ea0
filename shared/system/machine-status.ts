import type { SystemStats } from "../contract/system";
import type { DiagnosticStatus, DiagnosticValue } from "../wire/diagnostics";

/**
 * What an edge node says of itself and of the machine that it runs on, as statuses on /diagnostics. Names follow
 * ROS ("node: task"), keys are the project's own with their unit in the name. What was not measured has no key.
 */

/** Below this share of free memory, and of free disk, a machine warns. */
const LEAST_FREE_SHARE = 0.05;

/** What an edge node measured of itself since its last report. */
export interface EdgeVitals {
  readonly nodeId: string;
  /** It runs inside of the application that watches it, on the same machine. */
  readonly isEmbedded: boolean;
  readonly modelVersion: string | null;
  readonly isInferenceUp: boolean;
  readonly framesPerS: number;
  /** Since the start. */
  readonly framesSkipped: number;
  /** Share of the time in which its frames held a core: rendering its sensors, and encoding. Percent of one core. */
  readonly renderPercent: number;
  readonly encodePercent: number;
  readonly uptimeS: number;
}

/** The status of the node itself. */
export function nodeStatus(vitals: EdgeVitals): DiagnosticStatus {
  const { nodeId, modelVersion, isInferenceUp, framesPerS } = vitals;
  const message = !isInferenceUp
    ? "the inference process is down: no frame is compressed"
    : modelVersion === null
      ? "no model is loaded"
      : `${framesPerS.toFixed(1)} frames/s with ${modelVersion}`;
  return {
    level: !isInferenceUp ? "error" : modelVersion === null ? "warn" : "ok",
    name: `${nodeId}: edge node`,
    message,
    hardwareId: vitals.isEmbedded ? "embedded" : nodeId,
    values: [
      value("embedded", String(vitals.isEmbedded)),
      ...(modelVersion === null ? [] : [value("model_version", modelVersion)]),
      value("frames_per_s", framesPerS.toFixed(2)),
      value("frames_skipped", String(vitals.framesSkipped)),
      value("render_percent", vitals.renderPercent.toFixed(2)),
      value("encode_percent", vitals.encodePercent.toFixed(2)),
      value("uptime_s", String(Math.round(vitals.uptimeS))),
    ],
  };
}

/** The status of the machine that an edge node runs on. */
export function machineStatus(nodeId: string, stats: SystemStats): DiagnosticStatus {
  const { cpu, memory, disk, temperatures, gpus, processes, host } = stats;
  const values: DiagnosticValue[] = [value("platform", host.platform), value("cpu_count", String(host.cores))];
  const short: string[] = [];
  if (cpu.state === "known") {
    values.push(value("cpu_percent", cpu.value.percent.toFixed(1)));
    if (cpu.value.load !== null) values.push(value("load_1", cpu.value.load[0].toFixed(2)));
  }
  if (memory.state === "known") {
    const { totalBytes, availableBytes } = memory.value;
    values.push(value("memory_total_bytes", String(totalBytes)), value("memory_used_bytes", String(totalBytes - availableBytes)));
    if (availableBytes < LEAST_FREE_SHARE * totalBytes) short.push("memory");
  }
  if (disk.state === "known") {
    values.push(value("disk_total_bytes", String(disk.value.totalBytes)), value("disk_free_bytes", String(disk.value.freeBytes)));
    if (disk.value.freeBytes < LEAST_FREE_SHARE * disk.value.totalBytes) short.push("disk");
  }
  const hottest = temperatures.state === "known" ? temperatures.value[0] : undefined;
  if (hottest !== undefined) values.push(value("temperature_celsius", hottest.celsius.toFixed(1)));
  const gpu = gpus.state === "known" ? gpus.value[0] : undefined;
  if (gpu !== undefined && gpu.percent !== null) values.push(value("gpu_percent", gpu.percent.toFixed(0)));
  if (processes.state === "known") {
    const cpuPercents = processes.value.map(({ cpuPercent }) => cpuPercent).filter((each) => each !== null);
    const memoryBytes = processes.value.map((process) => process.memoryBytes).filter((each) => each !== null);
    if (cpuPercents.length > 0) values.push(value("process_cpu_percent", sum(cpuPercents).toFixed(1)));
    if (memoryBytes.length > 0) values.push(value("process_memory_bytes", String(sum(memoryBytes))));
  }
  return {
    level: short.length > 0 ? "warn" : "ok",
    name: `${nodeId}: machine`,
    message: short.length > 0 ? `less than 5 % of the ${short.join(" and the ")} is free` : "within limits",
    hardwareId: host.hostname,
    values,
  };
}

function value(key: string, text: string): DiagnosticValue {
  return { key, value: text };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, each) => total + each, 0);
}
