/** Parameters of the Page-Hinkley test as the river package names them, and their defaults. */
export interface PageHinkley {
  readonly minInstances: number;
  readonly delta: number;
  readonly threshold: number;
  readonly alpha: number;
}

/** The defaults of river. They have no false-alarm meaning: the test is here to be compared with. */
export const PAGE_HINKLEY_DEFAULTS: PageHinkley = { minInstances: 30, delta: 0.005, threshold: 50, alpha: 0.9999 };

/** Indices at which a two-sided Page-Hinkley test alarms; it starts again after each (E. S. Page, 1954). */
export function pageHinkleyAlarms(values: readonly number[], { minInstances, delta, threshold, alpha }: PageHinkley): readonly number[] {
  const alarms: number[] = [];
  let count = 0;
  let mean = 0;
  let up = 0;
  let down = 0;
  let lowest = Infinity;
  let highest = -Infinity;
  for (const [index, value] of values.entries()) {
    count += 1;
    mean += (value - mean) / count;
    up = alpha * up + (value - mean - delta);
    down = alpha * down + (value - mean + delta);
    lowest = Math.min(lowest, up);
    highest = Math.max(highest, down);
    if (count < minInstances || (up - lowest <= threshold && highest - down <= threshold)) continue;
    alarms.push(index);
    [count, mean, up, down, lowest, highest] = [0, 0, 0, 0, Infinity, -Infinity];
  }
  return alarms;
}
