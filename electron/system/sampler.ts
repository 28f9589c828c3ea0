import type { AppProcessView, SystemStats } from "../../shared/contract/system";
import { ok } from "../../shared/result";
import { coreShares, ratePerS } from "../../shared/system/counters";
import type { Dispose, Timers } from "../../shared/time";
import { startMetronome } from "../operations/metronome";
import { Gauge } from "./gauge";
import type { InterfaceCounters, OwnProcess, ProcessCounters, Quantity, SystemPort } from "./port";

/** Between two samples, ms. */
export const SAMPLE_MS = 1_000;
/** What changes slowly is read seldom, ms. */
const SLOW_MS = { temperatures: 5_000, disk: 10_000, gpus: 10_000, battery: 30_000 } as const;
/** Samples that the cost of sampling is taken over, and the fewest of which it is told. */
const COST_SAMPLES = 60;
const LEAST_COST_SAMPLES = 10;

/** What samples a machine. */
export interface SamplerParts {
  readonly timers: Timers;
  readonly port: SystemPort;
  /** The folder whose disk is watched. */
  readonly dataDir: string;
  /** The processes of this application that run now. */
  processes(): readonly OwnProcess[];
  /** Processor time that this process has used, ms. */
  cpuMs(): number;
  /** Told of every sample. */
  onSample(stats: SystemStats): void;
}

/** A machine that is sampled once a second. */
export interface Sampler {
  /** What is known now; before the first sample everything is pending. */
  stats(): SystemStats;
  stop: Dispose;
}

/** Samples a machine once a second, each quantity at the pace that it is worth. */
export function startSampler(parts: SamplerParts): Sampler {
  const { timers, port } = parts;
  const startedMs = timers.monotonicMs();
  const host = port.host();
  const gauges = gaugesOf(parts);
  const all: readonly { readIfDue(): Promise<void> }[] = Object.values(gauges);
  const costs: number[] = [];
  let isStopped = false;

  function statsNow(): SystemStats {
    return {
      atMs: timers.wallMs(),
      host,
      uptimeMs: timers.monotonicMs() - startedMs,
      cpu: gauges.cpu.current(),
      memory: gauges.memory.current(),
      disk: gauges.disk.current(),
      diskIo: gauges.diskIo.current(),
      network: gauges.network.current(),
      gpus: gauges.gpus.current(),
      temperatures: gauges.temperatures.current(),
      battery: gauges.battery.current(),
      processes: gauges.processes.current(),
      sampler: { periodMs: SAMPLE_MS, cpuPercent: costPercent(costs) },
    };
  }

  function sample(): void {
    const beganMs = parts.cpuMs();
    for (const gauge of all) void gauge.readIfDue();
    const readMs = parts.cpuMs() - beganMs;
    // Files are read by then; what starts a program comes with a later sample.
    timers.after(0, () => {
      if (isStopped) return;
      const tellingMs = parts.cpuMs();
      parts.onSample(statsNow());
      costs.push(readMs + parts.cpuMs() - tellingMs);
      if (costs.length > COST_SAMPLES) costs.shift();
    });
  }

  sample();
  const stopBeats = startMetronome(timers, SAMPLE_MS, sample);
  return {
    stats: statsNow,
    stop() {
      isStopped = true;
      stopBeats();
    },
  };
}

function costPercent(costsMs: readonly number[]): number | null {
  if (costsMs.length < LEAST_COST_SAMPLES) return null;
  const meanMs = costsMs.reduce((sum, each) => sum + each, 0) / costsMs.length;
  return (Math.max(0, meanMs) / SAMPLE_MS) * 100;
}

function gaugesOf({ timers, port, dataDir, processes }: SamplerParts) {
  const pace = (quantity: Quantity) => ({ timers, isCostly: port.costly.has(quantity) });
  return {
    cpu: new Gauge({
      name: "The processor",
      ...pace("cores"),
      everyMs: SAMPLE_MS,
      read: () => port.cores(),
      derive: (raw, before) => {
        const perCore = before === null ? null : coreShares(before.raw, raw);
        if (perCore === null) return null;
        const load = port.load();
        return { percent: perCore.reduce((sum, each) => sum + each, 0) / perCore.length, perCore: [...perCore], load: load === null ? null : [...load] as [number, number, number] };
      },
    }),
    memory: new Gauge({ name: "Memory", ...pace("memory"), everyMs: SAMPLE_MS, read: () => port.memory(), derive: (raw) => raw }),
    disk: new Gauge({ name: "The disk", ...pace("disk"), everyMs: SLOW_MS.disk, read: () => port.disk(dataDir), derive: (raw) => ({ path: dataDir, ...raw }) }),
    diskIo: new Gauge({
      name: "The disks",
      ...pace("diskIo"),
      everyMs: SAMPLE_MS,
      read: () => port.diskIo(),
      derive: (raw, before, atMs) => {
        const rate = (of: "readBytes" | "writtenBytes"): number | null =>
          ratePerS(before === null ? null : { value: before.raw[of], atMs: before.atMs }, { value: raw[of], atMs });
        const [readBytesPerS, writtenBytesPerS] = [rate("readBytes"), rate("writtenBytes")];
        return readBytesPerS === null || writtenBytesPerS === null ? null : { readBytesPerS, writtenBytesPerS };
      },
    }),
    network: new Gauge({
      name: "The network",
      ...pace("network"),
      everyMs: SAMPLE_MS,
      read: () => port.network(),
      derive: (raw, before, atMs) => (before === null ? null : interfaceRates(raw, before, atMs)),
    }),
    gpus: new Gauge({ name: "The GPU", ...pace("gpus"), everyMs: SLOW_MS.gpus, read: () => port.gpus(), derive: (raw) => [...raw] }),
    temperatures: new Gauge({ name: "Temperatures", ...pace("temperatures"), everyMs: SLOW_MS.temperatures, read: () => port.temperatures(), derive: (raw) => [...raw] }),
    battery: new Gauge({ name: "The battery", ...pace("battery"), everyMs: SLOW_MS.battery, read: () => port.battery(), derive: (raw) => raw }),
    processes: new Gauge({
      name: "The processes",
      ...pace("processes"),
      everyMs: SAMPLE_MS,
      read: async () => {
        const wanted = processes();
        const counters = await port.processes(wanted);
        return counters.ok ? ok({ wanted, counters: counters.value ?? [] }) : counters;
      },
      derive: (raw, before, atMs) => processViews(raw, before, atMs),
    }),
  };
}

function interfaceRates(raw: readonly InterfaceCounters[], before: { readonly raw: readonly InterfaceCounters[]; readonly atMs: number }, atMs: number) {
  return raw.flatMap((one) => {
    const earlier = before.raw.find(({ name }) => name === one.name);
    if (earlier === undefined) return [];
    const rate = (of: "receivedBytes" | "sentBytes"): number | null => ratePerS({ value: earlier[of], atMs: before.atMs }, { value: one[of], atMs });
    const [receivedBytesPerS, sentBytesPerS] = [rate("receivedBytes"), rate("sentBytes")];
    return receivedBytesPerS === null || sentBytesPerS === null ? [] : [{ ...one, receivedBytesPerS, sentBytesPerS }];
  });
}

interface ProcessesRead {
  readonly wanted: readonly OwnProcess[];
  readonly counters: readonly ProcessCounters[];
}

/** By the port's counters; where it has none of a process, by what whoever started it tells. */
function processViews({ wanted, counters }: ProcessesRead, before: { readonly raw: ProcessesRead; readonly atMs: number } | null, atMs: number): AppProcessView[] {
  return wanted.flatMap(({ pid, kind, told }) => {
    const now = counters.find((each) => each.pid === pid);
    if (now === undefined) return told === undefined ? [] : [{ pid, kind, cpuPercent: told.cpuPercent, memoryBytes: told.memoryBytes }];
    const earlier = before?.raw.counters.find((each) => each.pid === pid);
    const perS = ratePerS(earlier === undefined || before === null ? null : { value: earlier.cpuMs, atMs: before.atMs }, { value: now.cpuMs, atMs });
    return [{ pid, kind, cpuPercent: perS === null ? null : perS / 10, memoryBytes: now.memoryBytes }];
  });
}
