import { describe, expect, it } from "vitest";
import type { SystemStats } from "../contract/system";
import { machineStatus } from "./machine-status";

const absent = { state: "absent" } as const;
const known = <Value>(value: Value): { readonly state: "known"; readonly atMs: number; readonly value: Value } => ({ state: "known", atMs: 0, value });

const STATS: SystemStats = {
  atMs: 0,
  host: { hostname: "orin-7", platform: "linux 5.15 arm64", processor: "Cortex-A78AE", cores: 6, memoryBytes: 8e9 },
  uptimeMs: 1_000,
  cpu: known({ percent: 41.23, perCore: [41.23], load: [2.5, 2, 1] as [number, number, number] }),
  memory: known({ totalBytes: 8e9, availableBytes: 3e9, swapTotalBytes: 0, swapUsedBytes: 0 }),
  disk: known({ path: "/", totalBytes: 64e9, freeBytes: 20e9 }),
  diskIo: absent,
  network: absent,
  gpus: absent,
  temperatures: known([{ name: "cpu", celsius: 61.25 }]),
  battery: absent,
  processes: known([
    { pid: 1, kind: "edge", cpuPercent: 20, memoryBytes: 100e6 },
    { pid: 2, kind: "inference", cpuPercent: null, memoryBytes: 300e6 },
  ]),
  sampler: { periodMs: 1_000, cpuPercent: null },
};

const keysOf = (stats: SystemStats): Record<string, string> => Object.fromEntries(machineStatus("node_7", stats).values.map(({ key, value }) => [key, value]));

describe("what an edge machine tells", () => {
  it("is what was measured, under keys that name their unit", () => {
    expect(machineStatus("node_7", STATS)).toMatchObject({ level: "ok", name: "node_7: machine", hardwareId: "orin-7", message: "within limits" });
    expect(keysOf(STATS)).toEqual({
      platform: "linux 5.15 arm64",
      cpu_count: "6",
      cpu_percent: "41.2",
      load_1: "2.50",
      memory_total_bytes: "8000000000",
      memory_used_bytes: "5000000000",
      disk_total_bytes: "64000000000",
      disk_free_bytes: "20000000000",
      temperature_celsius: "61.3",
      process_cpu_percent: "20.0",
      process_memory_bytes: "400000000",
    });
  });

  it("has no key for what it does not have or could not read", () => {
    const failed = { state: "failed", code: "SYSTEM_READ_FAILED", sentence: "gone" } as const;
    const keys = Object.keys(keysOf({ ...STATS, cpu: failed, temperatures: absent, memory: { state: "pending" }, processes: failed }));
    expect(keys).toEqual(["platform", "cpu_count", "disk_total_bytes", "disk_free_bytes"]);
  });

  it("warns while less than a twentieth of memory or disk is free", () => {
    const full = known({ path: "/", totalBytes: 64e9, freeBytes: 1e9 });
    const short = known({ totalBytes: 8e9, availableBytes: 1e8, swapTotalBytes: 0, swapUsedBytes: 0 });
    expect(machineStatus("node_7", { ...STATS, disk: full })).toMatchObject({ level: "warn", message: "less than 5 % of the disk is free" });
    expect(machineStatus("node_7", { ...STATS, disk: full, memory: short }).message).toBe("less than 5 % of the memory and the disk is free");
  });
});
