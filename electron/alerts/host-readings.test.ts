import { describe, expect, test } from "vitest";
import { hostReadingsOf } from "./host-readings";

const known = <Value>(value: Value): { readonly state: "known"; readonly atMs: number; readonly value: Value } => ({ state: "known", atMs: 0, value });

describe("what rules look at of this machine", () => {
  test("is the share in use of what is known", () => {
    const readings = hostReadingsOf({
      cpu: known({ percent: 42, perCore: [42], load: null }),
      memory: known({ totalBytes: 1_000, availableBytes: 250, swapTotalBytes: 0, swapUsedBytes: 0 }),
      disk: known({ path: "/", totalBytes: 400, freeBytes: 100 }),
    });
    expect(readings).toEqual({ cpuPercent: 42, memoryPercent: 75, diskPercent: 75 });
  });

  test("is unknown, and not 0, where a reading failed, is not there yet, or has no size", () => {
    const readings = hostReadingsOf({
      cpu: { state: "pending" },
      memory: { state: "failed", code: "SYSTEM_READ_FAILED", sentence: "It could not be read." },
      disk: known({ path: "/", totalBytes: 0, freeBytes: 0 }),
    });
    expect(readings).toEqual({ cpuPercent: null, memoryPercent: null, diskPercent: null });
  });
});
