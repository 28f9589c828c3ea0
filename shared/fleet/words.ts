/** U+2212: a minus that is as wide as a plus. */
const MINUS = "\u2212";

/** Writes a number with a fixed count of decimals and a real minus sign. */
export function fixed(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** Writes a duration for a sentence: `9.4 s`, `42 s`, `4 min 12 s`, `3 h 12 min`. Rounds down: never older than true. */
export function duration(durationMs: number): string {
  const seconds = Math.max(0, durationMs) / 1000;
  if (seconds < 10) return `${fixed(Math.floor(seconds * 10) / 10, 1)} s`;
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Writes a count with its noun: `1 sample`, `12 samples`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
