import { cpus } from "node:os";
import { app, type ProcessMetric } from "electron";
import type { Clock } from "../../shared/time";
import type { OwnProcess } from "../system/port";

/** Which processes there are is asked so seldom, ms: they come and go rarely, and asking looks into each. */
const LIST_EVERY_MS = 5_000;
const KIBIBYTE = 1_024;

/** Chromium's own utilities by a word; those of this application have the name that they were started with. */
const SERVICES: ReadonlyMap<string, string> = new Map([
  ["Network Service", "network"],
  ["Storage Service", "storage"],
  ["Audio Service", "audio"],
]);

function kindOf({ type, name, serviceName }: ProcessMetric): string {
  switch (type) {
    case "Browser":
      return "main";
    case "Tab":
      return "window";
    case "Utility": {
      const called = name ?? serviceName ?? "utility";
      return SERVICES.get(called) ?? called;
    }
    default:
      return type.toLowerCase();
  }
}

/** Every process of this application, by Electron's own list of them. */
export function appProcesses(clock: Clock): () => readonly OwnProcess[] {
  const cores = Math.max(1, cpus().length);
  let listedMs = Number.NEGATIVE_INFINITY;
  let listed: readonly OwnProcess[] = [];
  return () => {
    if (clock.monotonicMs() - listedMs < LIST_EVERY_MS) return listed;
    listedMs = clock.monotonicMs();
    listed = app.getAppMetrics().map((metric) => ({
      pid: metric.pid,
      kind: kindOf(metric),
      // Electron gives the share of all cores.
      told: { cpuPercent: Math.max(0, metric.cpu.percentCPUUsage * cores), memoryBytes: metric.memory.workingSetSize * KIBIBYTE },
    }));
    return listed;
  };
}
