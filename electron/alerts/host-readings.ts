import type { HostReadings } from "../../shared/alerts/world";
import type { Reading, SystemStats } from "../../shared/contract/system";

/** What rules look at of this machine: a reading that is not known now is unknown to them, never 0. */
export function hostReadingsOf({ cpu, memory, disk }: Pick<SystemStats, "cpu" | "memory" | "disk">): HostReadings {
  return {
    cpuPercent: known(cpu, ({ percent }) => percent),
    memoryPercent: known(memory, ({ totalBytes, availableBytes }) => usedPercent(totalBytes, availableBytes)),
    diskPercent: known(disk, ({ totalBytes, freeBytes }) => usedPercent(totalBytes, freeBytes)),
  };
}

function known<Value>(reading: Reading<Value>, pick: (value: Value) => number | null): number | null {
  return reading.state === "known" ? pick(reading.value) : null;
}

function usedPercent(total: number, free: number): number | null {
  return total > 0 ? 100 * (1 - Math.min(free, total) / total) : null;
}
