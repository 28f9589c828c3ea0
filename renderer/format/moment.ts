import type { ClockKind } from "./time";

/**
 * Moments as they are typed: 24 hours, the year first, whatever the desktop's language: "2026-11-24 14:05", with seconds
 * where they are wanted.
 */

const TYPED = /^\s*(\d{4})-(\d{1,2})-(\d{1,2})[ T]+(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?\s*$/;

/** Year, month (1 to 12), day, hour, minute, second. */
type Parts = readonly [number, number, number, number, number, number];

function partsOf(atMs: number, clock: ClockKind): Parts {
  const at = new Date(atMs);
  return clock === "utc"
    ? [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate(), at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()]
    : [at.getFullYear(), at.getMonth() + 1, at.getDate(), at.getHours(), at.getMinutes(), at.getSeconds()];
}

function msOf([year, month, day, hour, minute, second]: Parts, clock: ClockKind): number {
  return clock === "utc" ? Date.UTC(year, month - 1, day, hour, minute, second) : new Date(year, month - 1, day, hour, minute, second).getTime();
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** A moment as a field has it, to the minute or to the second below it. */
export function momentText(atMs: number, clock: ClockKind, withSeconds = false): string {
  const [year, month, day, hour, minute, second] = partsOf(atMs, clock);
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}${withSeconds ? `:${two(second)}` : ""}`;
}

/** The moment that was typed, Unix ms; NaN for what is none, such as 31 February, or an hour that the clock leaves out in spring. */
export function momentOf(text: string, clock: ClockKind): number {
  const typed = TYPED.exec(text);
  if (typed === null) return NaN;
  const [year = NaN, month = NaN, day = NaN, hour = NaN, minute = NaN, second = NaN] = typed.slice(1).map((part: string | undefined) => Number(part ?? "0"));
  const parts: Parts = [year, month, day, hour, minute, second];
  const atMs = msOf(parts, clock);
  const again = partsOf(atMs, clock);
  return again.every((part, index) => part === parts[index]) ? atMs : NaN;
}

/** Where the parts of a text end: year, month, day, hour, minute. */
const ENDS = [4, 7, 10, 13, 16] as const;

/** Which part the caret is in: 0 year, 1 month, 2 day, 3 hour, 4 minute, 5 second. */
export function partAt(text: string, caret: number): number {
  const index = ENDS.findIndex((end) => caret <= end);
  if (index >= 0) return index;
  return text.length > 16 ? 5 : 4;
}

/** The same text with one part a step later or earlier, over the ends of days and months; null where it is no moment. */
export function steppedText(text: string, part: number, by: 1 | -1, clock: ClockKind): string | null {
  const atMs = momentOf(text, clock);
  if (Number.isNaN(atMs)) return null;
  const next = partsOf(atMs, clock).map((value, index) => (index === part ? value + by : value)) as unknown as [number, number, number, number, number, number];
  if (part <= 1) next[2] = Math.min(next[2], daysOf(next[0], next[1]));
  return momentText(msOf(next, clock), clock, (TYPED.exec(text)?.[6] ?? "") !== "");
}

function daysOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Which clock the fields mean: "UTC", or "local time of this machine, Europe/Berlin, UTC+01:00" at that moment. */
export function zoneText(atMs: number, clock: ClockKind): string {
  if (clock === "utc") return "UTC";
  const minutes = -new Date(Number.isNaN(atMs) ? 0 : atMs).getTimezoneOffset();
  const size = Math.abs(minutes);
  const offset = `UTC${minutes < 0 ? "\u2212" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (minutes === 0 && (name === "" || name === "UTC")) return "local time of this machine, which is UTC";
  return `local time of this machine, ${name === "" ? offset : `${name}, ${offset}`}`;
}
