import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { GpuView } from "../../shared/contract/system";
import type { CoreTimes } from "../../shared/system/counters";
import { libraryPort, reading } from "./library-port";
import type { DiskCounters, InterfaceCounters, MemoryReading, OwnProcess, ProcessCounters, SystemPort } from "./port";

/** USER_HZ, which Linux fixes at 100 for all that reads /proc: 10 ms a tick. */
const TICK_MS = 10;
/** A sector of /proc/diskstats, whatever the disk's own is (Documentation/admin-guide/iostats.rst). */
const SECTOR_BYTES = 512;
const KIBIBYTE = 1_024;
/** Devices that hold no data of their own: their bytes are another disk's, or memory's. */
const NO_DISK = /^(loop|ram|zram|dm-|md|sr|fd)\d*/;

/**
 * The files of Linux where they cost less than systeminformation, which starts other programs for most of them; the
 * library itself for GPU and battery (decision 060).
 * @param root the folder that holds proc and sys; another one in tests.
 */
export function linuxPort(root = "/"): SystemPort {
  const library = libraryPort();
  const text = (...parts: readonly string[]): string => readFileSync(join(root, ...parts), "utf8");
  const names = (...parts: readonly string[]): readonly string[] => {
    try {
      return readdirSync(join(root, ...parts));
    } catch {
      return [];
    }
  };
  const optional = (...parts: readonly string[]): string | null => {
    try {
      return text(...parts).trim();
    } catch {
      return null;
    }
  };
  const files: Files = { text, names, optional };
  return {
    ...library,
    costly: new Set(["gpus"]),
    cores: () => reading("/proc/stat", () => coresOf(text("proc", "stat"))),
    memory: () => reading("/proc/meminfo", () => memoryOf(text("proc", "meminfo"))),
    diskIo: () => reading("/proc/diskstats", () => diskCountersOf(text("proc", "diskstats"), new Set(names("sys", "block")))),
    network: () => reading("/proc/net/dev", () => interfacesOf(text("proc", "net", "dev"))),
    temperatures: () => reading("/sys/class/hwmon", () => temperaturesOf(files)),
    async gpus() {
      const cards = amdCardsOf(files);
      if (cards.length === 0) return library.gpus();
      const others = await library.gpus();
      const reported = others.ok && others.value !== null ? others.value.filter(({ name }) => !/amd|radeon|advanced micro/i.test(name)) : [];
      return { ok: true, value: [...cards, ...reported] };
    },
    processes: (wanted) => reading("/proc", () => processesOf(wanted, optional)),
  };
}

interface Files {
  text(...parts: readonly string[]): string;
  names(...parts: readonly string[]): readonly string[];
  /** Trimmed; null where there is no such file. */
  optional(...parts: readonly string[]): string | null;
}

/** Lines cpu0, cpu1, ... of /proc/stat (proc(5)): guest time is part of user time. */
function coresOf(stat: string): readonly CoreTimes[] {
  return [...stat.matchAll(/^cpu\d+ (.*)$/gm)].map(([, line = ""]) => {
    const ticks = line.trim().split(/\s+/).slice(0, 8).map(Number);
    const total = ticks.reduce((sum, each) => sum + each, 0);
    const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0);
    return { busyMs: (total - idle) * TICK_MS, totalMs: total * TICK_MS };
  });
}

function memoryOf(meminfo: string): MemoryReading {
  const bytesOf = (name: string): number => {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(meminfo)?.[1];
    if (found === undefined) throw new Error(`there is no ${name}`);
    return Number(found) * KIBIBYTE;
  };
  const swapTotalBytes = bytesOf("SwapTotal");
  return { totalBytes: bytesOf("MemTotal"), availableBytes: bytesOf("MemAvailable"), swapTotalBytes, swapUsedBytes: swapTotalBytes - bytesOf("SwapFree") };
}

/** Whole disks only: a partition's bytes are its disk's too. Null where there is no disk. */
function diskCountersOf(diskstats: string, disks: ReadonlySet<string>): DiskCounters | null {
  const rows = diskstats
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , name = ""]) => disks.has(name) && !NO_DISK.test(name));
  if (rows.length === 0) return null;
  const sectors = (column: number): number => rows.reduce((sum, row) => sum + Number(row[column]), 0);
  return { readBytes: sectors(5) * SECTOR_BYTES, writtenBytes: sectors(9) * SECTOR_BYTES };
}

function interfacesOf(dev: string): readonly InterfaceCounters[] {
  return [...dev.matchAll(/^\s*(\S+):\s*(.*)$/gm)].flatMap(([, name = "", line = ""]) => {
    const fields = line.trim().split(/\s+/).map(Number);
    const [receivedBytes = 0, receivedPackets = 0] = fields;
    const [sentBytes = 0, sentPackets = 0] = fields.slice(8);
    // One that never carried anything says nothing to an operator.
    if (receivedPackets + sentPackets === 0) return [];
    return [{ name, isLoopback: name === "lo", receivedBytes, sentBytes, receivedPackets, sentPackets }];
  });
}

/** Sensors of /sys/class/hwmon with a name of what they measure; where there are none, thermal zones. Thousandths of a degree. */
function temperaturesOf({ names, optional }: Files): readonly { readonly name: string; readonly celsius: number }[] | null {
  const chips = names("sys", "class", "hwmon").flatMap((chip) => {
    const of = optional("sys", "class", "hwmon", chip, "name") ?? chip;
    return names("sys", "class", "hwmon", chip).flatMap((file) => {
      const sensor = /^(temp\d+)_input$/.exec(file)?.[1];
      if (sensor === undefined) return [];
      const label = optional("sys", "class", "hwmon", chip, `${sensor}_label`);
      return degrees(label === null ? of : `${of}, ${label}`, optional("sys", "class", "hwmon", chip, file));
    });
  });
  const zones = names("sys", "class", "thermal").filter((zone) => zone.startsWith("thermal_zone"));
  const found = chips.length > 0 ? chips : zones.flatMap((zone) => degrees(optional("sys", "class", "thermal", zone, "type") ?? zone, optional("sys", "class", "thermal", zone, "temp")));
  return found.length === 0 ? null : found.toSorted((one, other) => other.celsius - one.celsius);
}

function degrees(name: string, thousandths: string | null): readonly { readonly name: string; readonly celsius: number }[] {
  const celsius = Number(thousandths ?? Number.NaN) / 1_000;
  return Number.isFinite(celsius) && thousandths !== "" ? [{ name, celsius }] : [];
}

/** AMD cards by the files of amdgpu (Documentation/gpu/amdgpu/thermal.rst), which need no program. */
function amdCardsOf({ names, optional }: Files): readonly GpuView[] {
  return names("sys", "class", "drm").flatMap((card) => {
    if (!/^card\d+$/.test(card)) return [];
    const device = ["sys", "class", "drm", card, "device"] as const;
    const percent = optional(...device, "gpu_busy_percent");
    if (percent === null) return [];
    const number = (file: string): number | null => {
      const read = optional(...device, file);
      return read === null ? null : Number(read);
    };
    const sensor = names(...device, "hwmon")[0];
    const measured = (file: string, unit: number): number | null => {
      const read = sensor === undefined ? null : optional(...device, "hwmon", sensor, file);
      return read === null ? null : Number(read) / unit;
    };
    return [
      {
        name: optional(...device, "product_name") ?? `AMD GPU ${card}`,
        percent: Number(percent),
        memoryUsedBytes: number("mem_info_vram_used"),
        memoryTotalBytes: number("mem_info_vram_total"),
        temperatureC: measured("temp1_input", 1_000),
        powerW: measured("power1_average", 1_000_000),
      },
    ];
  });
}

/** Processor time of /proc/PID/stat, and the pages that are its own (RssAnon) of /proc/PID/status. */
function processesOf(wanted: readonly OwnProcess[], optional: Files["optional"]): readonly ProcessCounters[] {
  return wanted.flatMap(({ pid, kind }) => {
    const stat = optional("proc", String(pid), "stat");
    const status = optional("proc", String(pid), "status");
    const own = /^RssAnon:\s+(\d+) kB/m.exec(status ?? "")?.[1];
    // A name in brackets may hold spaces and brackets: the fields begin after the last.
    const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields === undefined || own === undefined) return [];
    const cpuMs = (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    return [{ pid, kind, cpuMs, memoryBytes: Number(own) * KIBIBYTE }];
  });
}

/** The port of this system. */
export function systemPort(platform: NodeJS.Platform = process.platform): SystemPort {
  return platform === "linux" ? linuxPort() : libraryPort();
}
