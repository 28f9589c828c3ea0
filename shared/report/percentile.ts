/**
 * The exact nearest-rank percentile of more values than memory holds, in two passes: the first counts values by the
 * leading bits of their doubles, which order as the numbers do; the second keeps only the values of the one bucket
 * that the rank falls into.
 */

const VIEW = new DataView(new ArrayBuffer(8));
/** Sign, exponent and 12 bits of the fraction: a bucket is at most 1/4 096 of its values wide. */
const DROPPED_BITS = 8;

/** Where a finite number's bucket stands among all. */
function bucketOf(value: number): number {
  VIEW.setFloat64(0, value);
  const high = VIEW.getUint32(0);
  const ordered = high & 0x8000_0000 ? ~high >>> 0 : (high | 0x8000_0000) >>> 0;
  return ordered >>> DROPPED_BITS;
}

/** Which bucket holds a rank, and which rank it is in there, from 1. */
interface Target {
  readonly bucket: number;
  readonly rank: number;
}

/** One percentile of one stream of finite numbers. */
export class Percentile {
  private readonly counts = new Map<number, number>();
  private count = 0;
  private target: Target | null = null;
  private readonly kept = new Map<number, number>();

  /** `share` in (0, 1], e.g. 0.95. */
  constructor(private readonly share: number) {}

  /** First pass: every value once. */
  survey(value: number): void {
    const bucket = bucketOf(value);
    this.counts.set(bucket, (this.counts.get(bucket) ?? 0) + 1);
    this.count += 1;
  }

  /** Between the passes. */
  settle(): void {
    let rank = Math.max(1, Math.ceil(this.share * this.count));
    for (const bucket of [...this.counts.keys()].sort((left, right) => left - right)) {
      const inside = this.counts.get(bucket) ?? 0;
      if (rank <= inside) {
        this.target = { bucket, rank };
        break;
      }
      rank -= inside;
    }
    this.counts.clear();
  }

  /** Second pass: the same values. */
  collect(value: number): void {
    if (this.target?.bucket !== bucketOf(value)) return;
    this.kept.set(value, (this.kept.get(value) ?? 0) + 1);
  }

  /** The smallest value with at least the share of all at or below it; null of none. */
  value(): number | null {
    if (this.target === null) return null;
    let { rank } = this.target;
    const values = [...this.kept.keys()].sort((left, right) => left - right);
    for (const value of values) {
      rank -= this.kept.get(value) ?? 0;
      if (rank <= 0) return value;
    }
    return values.at(-1) ?? null;
  }
}
