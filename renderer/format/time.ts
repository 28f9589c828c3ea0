import { formatNumber } from "./number";

/** Which clock the window shows. */
export type ClockKind = "local" | "utc";

function pad(value: number): string {
  return String(value).padStart(2, "0");
}

/** Wall time as 24-hour "14:05:31". */
export function formatClock(atMs: number, clock: ClockKind): string {
  const at = new Date(atMs);
  return clock === "utc"
    ? `${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())}:${pad(at.getUTCSeconds())}`
    : `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** The day as "24 Nov". */
export function formatDay(atMs: number, clock: ClockKind): string {
  const at = new Date(atMs);
  return clock === "utc" ? `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()] ?? ""}` : `${at.getDate()} ${MONTHS[at.getMonth()] ?? ""}`;
}

/** Wall time, with its day where the stretch that it is shown with is longer than half a day. */
export function formatMoment(atMs: number, clock: ClockKind, stretchMs: number): string {
  return stretchMs > 43_200_000 ? `${formatDay(atMs, clock)} ${formatClock(atMs, clock)}` : formatClock(atMs, clock);
}

/** The full instant in UTC for tooltips and exports: "2026-03-01 14:05:31.250 UTC". */
export function formatUtcInstant(atMs: number): string {
  return `${new Date(atMs).toISOString().replace("T", " ").replace("Z", "")} UTC`;
}

/**
 * A duration in the unit that a person would use: "0.1 s", "9.4 s", "42 s", "4 min 12 s",
 * "3 h 12 min", "2 d 4 h". Negative durations, which a jumping clock gives, read "0.0 s".
 */
export function formatDuration(durationMs: number): string {
  const ms = Math.max(0, durationMs);
  if (ms < 9_950) return `${formatNumber(ms / 1_000, 1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** The age of data: "0.1 s ago". */
export function formatAge(ageMs: number): string {
  return `${formatDuration(ageMs)} ago`;
}
