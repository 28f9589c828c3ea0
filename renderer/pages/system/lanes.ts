import type { SystemColumn, SystemSeries } from "../../../shared/contract/system";
import { scaleFromZero } from "../../charts/plot";
import type { Scale } from "../../charts/scales";
import { formatNumber } from "../../format/number";
import { percentText } from "./words";

/** One line of a lane. */
export interface LaneLine {
  readonly column: SystemColumn;
  /** What it is, beside its value. */
  readonly label: string;
  readonly isDashed: boolean;
}

/** One quantity on the shared time axis. */
export interface Lane {
  readonly key: "cpu" | "latency" | "memory" | "network" | "disk" | "temperature" | "gpu";
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly LaneLine[];
  /** Two columns between which an area is filled, and what it is. */
  readonly band: { readonly low: SystemColumn; readonly high: SystemColumn; readonly label: string } | null;
  /** What a column's number is divided by to be in the lane's unit. */
  readonly per: number;
  /** The axis while nothing lies above it, in the lane's unit; a percentage has this one always. */
  readonly least: Scale;
  readonly isFixed: boolean;
  readonly text: (value: number) => string;
}

const twoFigures = (value: number): string => formatNumber(value, value >= 99.5 ? 0 : value >= 9.95 ? 1 : 2);
const percentLane = { band: null, per: 1, least: { min: 0, max: 100 }, isFixed: true, unit: "%", text: (value: number) => percentText(value) } as const;

/** Machine and fleet. */
export const CPU_LANE: Lane = {
  ...percentLane,
  key: "cpu",
  title: "CPU",
  lines: [
    { column: "cpuPercent", label: "all programs", isDashed: false },
    { column: "appCpuPercent", label: "this app", isDashed: true },
  ],
};
export const LATENCY_LANE: Lane = {
  key: "latency",
  title: "Fleet latency",
  unit: "ms",
  lines: [{ column: "latencyMedianMs", label: "median", isDashed: false }],
  band: { low: "latencyP10Ms", high: "latencyP90Ms", label: "band: p10, p90" },
  per: 1,
  least: { min: 0, max: 60 },
  isFixed: false,
  text: (value) => formatNumber(value, value >= 99.5 ? 0 : 1),
};

/** What else the machine does, beside that. */
export const OTHER_LANES: readonly Lane[] = [
  { ...percentLane, key: "memory", title: "Memory", lines: [{ column: "memoryPercent", label: "used", isDashed: false }] },
  {
    key: "network",
    title: "Network",
    unit: "Mbit/s",
    lines: [
      { column: "networkReceivedBytesPerS", label: "received", isDashed: false },
      { column: "networkSentBytesPerS", label: "sent", isDashed: true },
    ],
    band: null,
    per: 125_000,
    least: { min: 0, max: 0.1 },
    isFixed: false,
    text: twoFigures,
  },
  {
    key: "disk",
    title: "Disk",
    unit: "MB/s",
    lines: [
      { column: "diskReadBytesPerS", label: "read", isDashed: false },
      { column: "diskWrittenBytesPerS", label: "written", isDashed: true },
    ],
    band: null,
    per: 1e6,
    least: { min: 0, max: 1 },
    isFixed: false,
    text: twoFigures,
  },
  { key: "temperature", title: "Temperature", unit: "°C", lines: [{ column: "temperatureC", label: "hottest", isDashed: false }], band: null, per: 1, least: { min: 0, max: 100 }, isFixed: false, text: (value) => formatNumber(value, 0) },
  {
    ...percentLane,
    key: "gpu",
    title: "GPU",
    lines: [
      { column: "gpuPercent", label: "busy", isDashed: false },
      { column: "gpuMemoryPercent", label: "memory", isDashed: true },
    ],
  },
];

/** Whether anything was measured of a lane in what is shown. */
export function hasValues(lane: Lane, series: SystemSeries): boolean {
  return lane.lines.some(({ column }) => series.columns[column].some((value) => !Number.isNaN(value)));
}

/** The axis of a lane with room for all of its values, and for its limit. */
export function laneScale(lane: Lane, series: SystemSeries, limit: number | null): Scale {
  if (lane.isFixed) return lane.least;
  const columns = [...lane.lines.map(({ column }) => column), ...(lane.band === null ? [] : [lane.band.high])];
  let most = Math.max(lane.least.max, (limit ?? 0) * 1.2);
  for (const column of columns) for (const value of series.columns[column]) if (value / lane.per > most) most = value / lane.per;
  return most <= lane.least.max ? lane.least : scaleFromZero([most]);
}

/** The row nearest to a time of which a lane knows something; null where it stands in a gap. */
export function rowAt(series: SystemSeries, atMs: number): number | null {
  let nearest: number | null = null;
  for (let index = 0; index < series.atMs.length; index += 1) {
    const distance = Math.abs((series.atMs[index] ?? Infinity) - atMs);
    if (nearest === null || distance < Math.abs((series.atMs[nearest] ?? Infinity) - atMs)) nearest = index;
  }
  return nearest;
}

/** A lane's values in one row, in its unit; null for what was not known. */
export function valuesAt(lane: Lane, series: SystemSeries, row: number | null): readonly (number | null)[] {
  return lane.lines.map(({ column }) => {
    const value = row === null ? Number.NaN : (series.columns[column][row] ?? Number.NaN);
    return Number.isNaN(value) ? null : value / lane.per;
  });
}

/** The newest row; null where there is none. */
export function newestRow(series: SystemSeries): number | null {
  return series.atMs.length === 0 ? null : series.atMs.length - 1;
}

/** A lane's line as a path through known values, broken at every gap. */
export function linePath(lane: Lane, column: SystemColumn, series: SystemSeries, xOf: (atMs: number) => number, yOf: (value: number) => number): string {
  const values = series.columns[column];
  let path = "";
  let isPenDown = false;
  for (let index = 0; index < values.length; index += 1) {
    const value = (values[index] ?? Number.NaN) / lane.per;
    if (Number.isNaN(value)) {
      isPenDown = false;
      continue;
    }
    path += `${isPenDown ? "L" : "M"}${tenths(xOf(series.atMs[index] ?? 0))} ${tenths(yOf(value))}`;
    isPenDown = true;
  }
  return path;
}

/** The area between two columns, one closed shape for each stretch without a gap. */
export function bandPath(lane: Lane, series: SystemSeries, xOf: (atMs: number) => number, yOf: (value: number) => number): string {
  if (lane.band === null) return "";
  const [low, high] = [series.columns[lane.band.low], series.columns[lane.band.high]];
  let path = "";
  let top: string[] = [];
  let bottom: string[] = [];
  const close = (): void => {
    if (top.length > 1) path += `M${top.join("L")}L${bottom.toReversed().join("L")}Z`;
    [top, bottom] = [[], []];
  };
  for (let index = 0; index < high.length; index += 1) {
    const [least, most] = [(low[index] ?? Number.NaN) / lane.per, (high[index] ?? Number.NaN) / lane.per];
    if (Number.isNaN(least) || Number.isNaN(most)) {
      close();
      continue;
    }
    const x = tenths(xOf(series.atMs[index] ?? 0));
    top.push(`${x} ${tenths(yOf(most))}`);
    bottom.push(`${x} ${tenths(yOf(least))}`);
  }
  close();
  return path;
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
