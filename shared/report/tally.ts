import { Percentile } from "./percentile";

/** What n values say; all but n is null where there is none. */
export interface TalliedFigures {
  readonly n: number;
  readonly mean: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** Nearest rank: the smallest value with at least 95 % of all at or below it. */
  readonly p95: number | null;
}

const P95 = 0.95;

/** The figures of one stream of finite numbers, which are given twice: no value is kept. */
export class Tally {
  private n = 0;
  private sum = 0;
  /** What the sum lost to rounding (A. Neumaier, 1974). */
  private lost = 0;
  private min = Infinity;
  private max = -Infinity;
  private readonly p95 = new Percentile(P95);

  /** First pass. */
  survey(reported: number): void {
    // Minus zero is written as 0.
    const value = reported + 0;
    const sum = this.sum + value;
    this.lost += Math.abs(this.sum) >= Math.abs(value) ? this.sum - sum + value : value - sum + this.sum;
    this.sum = sum;
    this.n += 1;
    this.min = Math.min(this.min, value);
    this.max = Math.max(this.max, value);
    this.p95.survey(value);
  }

  /** Between the passes. */
  settle(): void {
    this.p95.settle();
  }

  /** Second pass: the same values. */
  collect(reported: number): void {
    this.p95.collect(reported + 0);
  }

  /** What both passes say. */
  figures(): TalliedFigures {
    if (this.n === 0) return { n: 0, mean: null, min: null, max: null, p95: null };
    return { n: this.n, mean: (this.sum + this.lost) / this.n, min: this.min, max: this.max, p95: this.p95.value() };
  }
}
