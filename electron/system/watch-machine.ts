import type { ProcessView } from "../../shared/contract/snapshot";
import type { Timers } from "../../shared/time";
import type { Operations } from "../operations/operations";
import { fleetLimitsOf } from "../operations/policy-desk";
import { systemPort } from "./linux-port";
import { ownCpuMs } from "./own-cpu";
import type { OwnProcess } from "./port";
import { SystemMonitor } from "./system-monitor";

/** What is watched together with a fleet. */
export interface MachineParts {
  readonly timers: Timers;
  readonly operations: Operations;
  readonly dataDir: string;
  readonly appVersion: string | null;
  /** Processes that the engine supervises. */
  supervised(): readonly ProcessView[];
  /** Every process of the application, where the runtime knows of more than the engine does. */
  runtimeProcesses?(): readonly OwnProcess[];
}

/** Watches this machine beside a fleet: every sample of a node is a compression of its history. */
export function watchMachine(parts: MachineParts): SystemMonitor {
  const { timers, operations } = parts;
  const monitor = new SystemMonitor({
    timers,
    port: systemPort(),
    dataDir: parts.dataDir,
    appVersion: parts.appVersion,
    processes: () => parts.runtimeProcesses?.() ?? engineProcesses(parts.supervised()),
    cpuMs: ownCpuMs,
    fleet: {
      nodeIds: () => operations.nodeIds(),
      maxLatencyMs: () => fleetLimitsOf(operations.policy.current().policy).maxLatencyMs,
      diagnostics: () => operations.diagnostics(),
    },
  });
  operations.onSample((_fleet, { compressionRatio, latencyMs, nodeId }) => {
    monitor.recordCompression(compressionRatio, latencyMs, nodeId);
  });
  return monitor;
}

/** This process and those that it supervises. */
function engineProcesses(supervised: readonly ProcessView[]): readonly OwnProcess[] {
  return [{ pid: process.pid, kind: "main" }, ...supervised.flatMap(({ name, pid }) => (pid === null ? [] : [{ pid, kind: name }]))];
}
