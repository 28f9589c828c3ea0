import { statfs } from "node:fs/promises";
import { arch, cpus, hostname, loadavg, platform, release, totalmem } from "node:os";
import * as systeminformation from "systeminformation";
import type { GpuView } from "../../shared/contract/system";
import { fail, ok } from "../../shared/result";
import type { Read, SystemPort } from "./port";

/** systeminformation gives the memory of GPUs in MiB. */
const MEBIBYTE = 1 << 20;

/** Reads; whatever is thrown is a failure with a sentence. */
export async function reading<Value>(what: string, read: () => Value | null | Promise<Value | null>): Read<Value> {
  try {
    return ok(await read());
  } catch (error) {
    return fail("SYSTEM_READ_FAILED", `${what} could not be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

/** A count of bytes that the library gives; null where it has none. */
function bytesOf(value: number | null | undefined, unit = 1): number | null {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? Math.round(value * unit) : null;
}

function numberOf(value: number | null | undefined): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** What the library says of a graphics controller. Fields that its driver does not report are absent there. */
export function gpuOf(controller: systeminformation.Systeminformation.GraphicsControllerData): GpuView {
  const percent = numberOf(controller.utilizationGpu);
  const powerW = numberOf(controller.powerDraw);
  return {
    name: controller.name ?? (`${controller.vendor} ${controller.model}`.trim() || "unnamed GPU"),
    percent: percent === null ? null : Math.max(0, percent),
    memoryUsedBytes: bytesOf(controller.memoryUsed, MEBIBYTE),
    memoryTotalBytes: bytesOf(controller.memoryTotal, MEBIBYTE),
    temperatureC: numberOf(controller.temperatureGpu),
    powerW: powerW === null ? null : Math.max(0, powerW),
  };
}

/**
 * Everything by systeminformation, on any system that it knows. Most of it starts other programs, so the sampler
 * reads it as seldom as it is expensive.
 */
export function libraryPort(): SystemPort {
  return {
    costly: new Set(["memory", "diskIo", "network", "temperatures", "gpus", "battery"]),
    host: () => {
      const cores = cpus();
      return {
        hostname: hostname(),
        platform: `${platform()} ${release()} ${arch()}`,
        processor: cores[0]?.model.trim() ?? "unknown processor",
        cores: Math.max(1, cores.length),
        memoryBytes: totalmem(),
      };
    },
    load: () => {
      // Windows keeps no averages: Node gives zeros there.
      const [one = 0, five = 0, fifteen = 0] = loadavg();
      return platform() === "win32" ? null : [one, five, fifteen];
    },
    cores: () =>
      reading("The processor", () =>
        cpus().map(({ times }) => {
          const busyMs = times.user + times.nice + times.sys + times.irq;
          return { busyMs, totalMs: busyMs + times.idle };
        }),
      ),
    memory: () =>
      reading("Memory", async () => {
        const { total, available, swaptotal, swapused } = await systeminformation.mem();
        return { totalBytes: total, availableBytes: Math.round(available), swapTotalBytes: swaptotal, swapUsedBytes: Math.max(0, Math.round(swapused)) };
      }),
    disk: (path) =>
      reading("The disk", async () => {
        const { bsize, blocks, bavail } = await statfs(path);
        return { totalBytes: bsize * blocks, freeBytes: bsize * bavail };
      }),
    diskIo: () =>
      reading("The disks", async () => {
        const { rx, wx } = await systeminformation.fsStats();
        return { readBytes: rx, writtenBytes: wx };
      }),
    network: () =>
      reading("The network", async () => {
        const all = await systeminformation.networkStats("*");
        return all.map(({ iface, rx_bytes: receivedBytes, tx_bytes: sentBytes }) => ({
          name: iface,
          isLoopback: /^(lo\d*$|loopback)/i.test(iface),
          receivedBytes,
          sentBytes,
          receivedPackets: null,
          sentPackets: null,
        }));
      }),
    temperatures: () =>
      reading("Temperatures", async () => {
        const { main, max } = await systeminformation.cpuTemperature();
        const celsius = numberOf(max) ?? numberOf(main);
        return celsius === null || celsius === 0 ? null : [{ name: "CPU", celsius }];
      }),
    gpus: () =>
      reading("The GPU", async () => {
        const { controllers } = await systeminformation.graphics();
        return controllers.length === 0 ? null : controllers.map(gpuOf);
      }),
    battery: () =>
      reading("The battery", async () => {
        const { hasBattery, percent, isCharging, timeRemaining } = await systeminformation.battery();
        if (!hasBattery) return null;
        const minutesLeft = numberOf(timeRemaining);
        return { percent, isCharging, minutesLeft: minutesLeft === null || minutesLeft < 0 ? null : minutesLeft };
      }),
    // The library lists every process of the machine by another program; of others whoever started them knows.
    processes: (wanted) =>
      reading("The processes", () => {
        const own = wanted.find(({ pid }) => pid === process.pid);
        const { user, system } = process.cpuUsage();
        return own === undefined ? [] : [{ pid: own.pid, kind: own.kind, cpuMs: (user + system) / 1_000, memoryBytes: process.memoryUsage.rss() }];
      }),
  };
}
