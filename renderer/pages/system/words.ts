import type { AppProcessView, DiagnosticView, HostFacts, Reading, SystemStats } from "../../../shared/contract/system";
import { LOST_AFTER_MS, STALE_AFTER_MS } from "../../../shared/fleet/liveness";
import type { GlyphName } from "../../design";
import { formatNumber } from "../../format/number";

/** Bytes in GB with one decimal. */
export function gigabytes(bytes: number): string {
  const value = bytes / 1e9;
  return formatNumber(value, value >= 100 ? 0 : 1);
}

/** Bytes in whole MB. */
export function megabytes(bytes: number): string {
  return formatNumber(bytes / 1e6, 0);
}

/** A percentage: whole from 10 on. */
export function percentText(percent: number): string {
  return formatNumber(percent, percent >= 9.95 ? 0 : 1);
}

/** A rate as people say it of disks: "812 B/s", "1.2 MB/s". */
export function bytesPerS(rate: number): string {
  if (rate >= 999_500) return `${formatNumber(rate / 1e6, rate >= 99.5e6 ? 0 : 1)} MB/s`;
  return rate >= 999.5 ? `${formatNumber(rate / 1e3, 0)} kB/s` : `${formatNumber(rate, 0)} B/s`;
}

/** A rate as people say it of networks, with its number apart from its unit. */
export function bitRate(rate: number): { readonly value: string; readonly unit: string } {
  const bits = 8 * rate;
  if (bits >= 999_500) return { value: formatNumber(bits / 1e6, bits >= 99.5e6 ? 0 : 1), unit: "Mbit/s" };
  return bits >= 999.5 ? { value: formatNumber(bits / 1e3, 0), unit: "kbit/s" } : { value: formatNumber(bits, 0), unit: "bit/s" };
}

/** What stands where a value is not known. */
export function missingWords(reading: Reading<unknown>): string {
  switch (reading.state) {
    case "absent":
      return "none found";
    case "failed":
      return "could not be read";
    case "pending":
    case "known":
      return "not read yet";
  }
}

/** "workshop, 8 cores, 15.6 GB". */
export function hostWords({ hostname, cores, memoryBytes }: HostFacts): string {
  return `${hostname}, ${cores} ${cores === 1 ? "core" : "cores"}, ${gigabytes(memoryBytes)} GB`;
}

/** What sampling costs: "sampled every 1 s at 0.3 % of a core". */
export function samplerWords({ sampler }: SystemStats): string {
  const every = `sampled every ${formatNumber(sampler.periodMs / 1_000, 0)} s`;
  return sampler.cpuPercent === null ? every : `${every} at ${formatNumber(sampler.cpuPercent, sampler.cpuPercent < 0.1 ? 2 : 1)} % of a core`;
}

const PROCESS_WORDS: ReadonlyMap<string, readonly [name: string, what: string]> = new Map([
  ["window", ["Window", "what you see"]],
  ["main", ["Main", "engine, journal, requests"]],
  ["inference", ["Inference", "ONNX Runtime, supervised"]],
  ["ros2", ["ROS 2", "the graph, supervised"]],
  ["ros2-standby", ["ROS 2 standby", "takes over, supervised"]],
  ["gpu", ["GPU process", "draws the window"]],
  ["network", ["Network service", "Chromium's"]],
  ["zygote", ["Zygote", "Chromium's, starts others"]],
]);
const PROCESS_ORDER = [...PROCESS_WORDS.keys()];

/** What a process is: its name and, quieter, what it does. */
export function processWords(kind: string, embeddedNodes: number): readonly [name: string, what: string] {
  if (kind === "main" && embeddedNodes > 0) return ["Main", `engine, ${embeddedNodes} embedded ${embeddedNodes === 1 ? "node" : "nodes"}`];
  return PROCESS_WORDS.get(kind) ?? [kind, "of this application"];
}

/** Processes in an order that stays: by what they are, then by their number. */
export function sortedProcesses(processes: readonly AppProcessView[]): readonly AppProcessView[] {
  const rank = ({ kind }: AppProcessView): number => (PROCESS_ORDER.includes(kind) ? PROCESS_ORDER.indexOf(kind) : PROCESS_ORDER.length);
  return processes.toSorted((one, other) => rank(one) - rank(other) || one.pid - other.pid);
}

/** A component's state as shape, word and whether a person is needed. */
export interface ComponentState {
  readonly glyph: GlyphName;
  readonly word: string;
  readonly hue: "high" | "medium" | "low" | "none";
}

const LEVELS: Readonly<Record<DiagnosticView["level"], ComponentState>> = {
  ok: { glyph: "live", word: "OK", hue: "none" },
  warn: { glyph: "drifting", word: "Warning", hue: "medium" },
  error: { glyph: "failing", word: "Error", hue: "high" },
  stale: { glyph: "stale", word: "Stale", hue: "low" },
};

/** A component as it is now: what it said last, unless that is too old to hold. */
export function componentState({ level, receivedAtMs }: DiagnosticView, nowMs: number): ComponentState {
  const ageMs = nowMs - receivedAtMs;
  if (ageMs >= LOST_AFTER_MS) return { glyph: "lost", word: "Silent", hue: "medium" };
  return ageMs >= STALE_AFTER_MS ? LEVELS.stale : LEVELS[level];
}

/** What a component measured of those things that the table has columns for; null where it did not say. */
export function measuredBy({ values }: DiagnosticView): { readonly cpuPercent: number | null; readonly memoryBytes: number | null; readonly temperatureC: number | null } {
  const number = (...keys: readonly string[]): number | null => {
    for (const key of keys) {
      const text = values.find((each) => each.key === key)?.value;
      const value = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
      if (Number.isFinite(value)) return value;
    }
    return null;
  };
  const [render, encode] = [number("render_percent"), number("encode_percent")];
  return {
    cpuPercent: number("cpu_percent") ?? (render === null && encode === null ? null : (render ?? 0) + (encode ?? 0)),
    memoryBytes: number("memory_used_bytes"),
    temperatureC: number("temperature_celsius"),
  };
}
