import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { gpuOf, libraryPort } from "./library-port";
import { linuxPort } from "./linux-port";
import type { Read } from "./port";

/** What was read of a machine that has it. */
async function value<Value>(read: Read<Value>): Promise<Value> {
  const result = await read;
  if (!result.ok) throw new Error(result.error.message);
  if (result.value === null) throw new Error("there is none");
  return result.value;
}

const near = (one: number, other: number, share: number): boolean => Math.abs(one - other) <= share * Math.max(one, other, 1);

describe.runIf(process.platform === "linux")("the files of Linux and systeminformation", () => {
  const [files, library] = [linuxPort(), libraryPort()];

  it("give the same numbers of this machine", async () => {
    const [cores, coresBy] = [await value(files.cores()), await value(library.cores())];
    expect(cores.length).toBe(coresBy.length);
    for (const [index, core] of cores.entries()) expect(near(core.busyMs, coresBy[index]?.busyMs ?? 0, 0.02)).toBe(true);
    const [memory, memoryBy] = [await value(files.memory()), await value(library.memory())];
    expect(memory.totalBytes).toBe(memoryBy.totalBytes);
    expect(near(memory.availableBytes, memoryBy.availableBytes, 0.1)).toBe(true);
    expect(memory.swapTotalBytes).toBe(memoryBy.swapTotalBytes);
    const [network, networkBy] = [await value(files.network()), await value(library.network())];
    for (const one of network) {
      const other = networkBy.find(({ name }) => name === one.name);
      if (other !== undefined) expect(near(one.receivedBytes, other.receivedBytes, 0.05), one.name).toBe(true);
    }
    expect(await value(files.disk("/"))).toMatchObject({ totalBytes: (await value(library.disk("/"))).totalBytes });
  });

  it("read this process, and leave out one that is not there", async () => {
    const wanted = [{ pid: process.pid, kind: "main" }, { pid: 2 ** 22 + 1, kind: "gone" }];
    const [own] = await value(files.processes(wanted));
    const [ownBy] = await value(library.processes(wanted));
    expect([own?.kind, ownBy?.kind]).toEqual(["main", "main"]);
    expect(near(own?.cpuMs ?? 0, ownBy?.cpuMs ?? 0, 0.2)).toBe(true);
    // Pages of its own are less than what is resident with the libraries that others share.
    expect(own?.memoryBytes ?? 0).toBeGreaterThan(1e6);
    expect(own?.memoryBytes ?? 0).toBeLessThan(ownBy?.memoryBytes ?? 0);
    expect((await value(files.processes(wanted))).length).toBe(1);
  });
});

describe("the files of Linux", () => {
  const root = mkdtempSync(join(tmpdir(), "lydlr-machine-"));
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const port = linuxPort(root);
  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it("are a failure with a code where they are missing, never a throw", async () => {
    for (const read of [port.cores(), port.memory(), port.diskIo(), port.network()]) {
      expect(await read).toMatchObject({ ok: false, error: { code: "SYSTEM_READ_FAILED" } });
    }
    expect(await port.temperatures()).toEqual({ ok: true, value: null });
    expect(await port.processes([{ pid: 1, kind: "main" }])).toEqual({ ok: true, value: [] });
  });

  it("count a disk once, and neither its partitions nor loops, memory and mappers", async () => {
    const row = (name: string, read: number, written: number): string => `  8 0 ${name} 1 0 ${read} 0 1 0 ${written} 0 0 0 0`;
    put("proc/diskstats", [row("sda", 10, 20), row("sda1", 10, 20), row("dm-0", 10, 20), row("loop0", 5, 5), row("nvme0n1", 1, 2)].join("\n"));
    for (const disk of ["sda", "dm-0", "loop0", "nvme0n1"]) mkdirSync(join(root, "sys", "block", disk), { recursive: true });
    expect(await port.diskIo()).toEqual({ ok: true, value: { readBytes: 11 * 512, writtenBytes: 22 * 512 } });
  });

  it("count waiting for a disk as idle, and guests once", async () => {
    put("proc/stat", "cpu  1 1 1 1 1 1 1 1 1 1\ncpu0 100 0 50 800 50 0 0 0 90 0\nintr 1\n");
    expect(await port.cores()).toEqual({ ok: true, value: [{ busyMs: 1_500, totalMs: 10_000 }] });
  });

  it("leave out an interface that never carried anything", async () => {
    put("proc/net/dev", "Inter-| Receive\n face |bytes\n    lo: 7 1 0 0 0 0 0 0 7 1 0 0 0 0 0 0\n  ifb0: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
    const [lo, ...others] = await value(port.network());
    expect(others).toEqual([]);
    expect(lo).toEqual({ name: "lo", isLoopback: true, receivedBytes: 7, sentBytes: 7, receivedPackets: 1, sentPackets: 1 });
  });

  it("name temperatures, the hottest first; zones only where there are no sensors", async () => {
    put("sys/class/thermal/thermal_zone0/type", "acpitz\n");
    put("sys/class/thermal/thermal_zone0/temp", "41000\n");
    expect(await port.temperatures()).toEqual({ ok: true, value: [{ name: "acpitz", celsius: 41 }] });
    put("sys/class/hwmon/hwmon0/name", "coretemp\n");
    put("sys/class/hwmon/hwmon0/temp1_input", "52000\n");
    put("sys/class/hwmon/hwmon0/temp2_input", "61500\n");
    put("sys/class/hwmon/hwmon0/temp2_label", "Core 1\n");
    expect(await port.temperatures()).toEqual({ ok: true, value: [{ name: "coretemp, Core 1", celsius: 61.5 }, { name: "coretemp", celsius: 52 }] });
  });

  it("read a card of AMD without any program", async () => {
    const device = "sys/class/drm/card0/device";
    put(`${device}/gpu_busy_percent`, "37\n");
    put(`${device}/mem_info_vram_used`, "1000\n");
    put(`${device}/mem_info_vram_total`, "8000\n");
    put(`${device}/hwmon/hwmon3/temp1_input`, "55000\n");
    put(`${device}/hwmon/hwmon3/power1_average`, "87000000\n");
    mkdirSync(join(root, "sys/class/drm/card0-HDMI-A-1"), { recursive: true });
    const [card] = await value(port.gpus());
    expect(card).toEqual({ name: "AMD GPU card0", percent: 37, memoryUsedBytes: 1_000, memoryTotalBytes: 8_000, temperatureC: 55, powerW: 87 });
  });
});

describe("a GPU as systeminformation gives it", () => {
  it("has null for what its driver does not report, never 0", () => {
    const intel = gpuOf({ vendor: "Intel", model: "UHD 620", bus: "", vram: null, vramDynamic: true });
    expect(intel).toEqual({ name: "Intel UHD 620", percent: null, memoryUsedBytes: null, memoryTotalBytes: null, temperatureC: null, powerW: null });
    const nvidia = gpuOf({ vendor: "NVIDIA", model: "x", name: "NVIDIA RTX A2000", bus: "", vram: 6_138, vramDynamic: false, utilizationGpu: 0, memoryUsed: 512, memoryTotal: 6_138, temperatureGpu: 48, powerDraw: 11.2 });
    expect(nvidia).toEqual({ name: "NVIDIA RTX A2000", percent: 0, memoryUsedBytes: 512 * 2 ** 20, memoryTotalBytes: 6_138 * 2 ** 20, temperatureC: 48, powerW: 11.2 });
  });
});
