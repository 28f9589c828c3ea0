/** Sums of the samples of one metric of one node in one block, or in several: all that inference needs of them. */
export interface SampleSums {
  count: number;
  sum: number;
  square: number;
  /** Neighbours within a block: how many, the sums of their earlier and later ones, of both multiplied. */
  pairs: number;
  earlier: number;
  later: number;
  product: number;
}

/** Sums of nothing. */
export function emptySums(): SampleSums {
  return { count: 0, sum: 0, square: 0, pairs: 0, earlier: 0, later: 0, product: 0 };
}

/**
 * Adds one sample.
 *
 * @param before the sample right before it in the same block; NaN if there is none, or one is missing between.
 */
export function addSample(sums: SampleSums, value: number, before: number): void {
  sums.count += 1;
  sums.sum += value;
  sums.square += value * value;
  if (Number.isNaN(before)) return;
  sums.pairs += 1;
  sums.earlier += before;
  sums.later += value;
  sums.product += before * value;
}

/** Adds the sums of a block to those of a cell. */
export function addSums(into: SampleSums, block: SampleSums): void {
  into.count += block.count;
  into.sum += block.sum;
  into.square += block.square;
  into.pairs += block.pairs;
  into.earlier += block.earlier;
  into.later += block.later;
  into.product += block.product;
}

/** The variance that a node's noise gives to the mean of one block, and how well it is known. */
export interface BlockNoise {
  /** Variance of a block's mean. */
  readonly variance: number;
  /** Standard error of `variance`. */
  readonly error: number;
  /** Autocorrelation of neighbouring samples, corrected for its bias. */
  readonly rho: number;
  /** Variance of one sample. */
  readonly sampleVariance: number;
}

const LARGEST_RHO = 0.995;
/** Noise is not believed to be smaller than this share of the metric's size. */
const LEAST_RELATIVE_SD = 1e-6;

/** Variance of the mean of `count` samples of a first-order autoregression, in variances of one sample. */
export function meanVariance(count: number, rho: number): number {
  const sum = count * (1 + rho) - (2 * rho * (1 - rho ** count)) / (1 - rho);
  return sum / ((1 - rho) * count * count);
}

/**
 * Estimates a node's noise as a first-order autoregression from the samples of its two cells, each about its own
 * mean. The mean of a cell is estimated, so both moments come out too small; that is put right to first order
 * (F. H. C. Marriott and J. A. Pope, Biometrika 41, 1954).
 *
 * @param samplesPerBlock above 1, may be a fraction; `cells` with at least 8 samples in all.
 */
export function estimateNoise(cells: readonly [SampleSums, SampleSums], samplesPerBlock: number): BlockNoise {
  const [first, second] = cells;
  const count = first.count + second.count;
  const pairs = Math.max(1, first.pairs + second.pairs);
  const variance = (squaresAbout(first) + squaresAbout(second)) / count;
  const size = Math.abs(first.sum + second.sum) / count;
  const least = (LEAST_RELATIVE_SD * size) ** 2;
  const raw = variance > least ? (productsAbout(first) + productsAbout(second)) / pairs / variance : 0;
  const rho = Math.min(LARGEST_RHO, Math.max(0, raw + (2 + 4 * Math.max(0, raw)) / count));
  const lost = (2 * samplesPerBlock * meanVariance(samplesPerBlock, rho)) / count;
  const sampleVariance = Math.max(least, variance / (1 - Math.min(0.5, lost)), Number.MIN_VALUE);
  const blockVariance = sampleVariance * meanVariance(samplesPerBlock, rho);
  const relative = Math.sqrt((2 + (4 * (1 + rho)) / (1 - rho)) / count);
  return { variance: blockVariance, error: blockVariance * relative, rho, sampleVariance };
}

function squaresAbout(cell: SampleSums): number {
  if (cell.count === 0) return 0;
  return Math.max(0, cell.square - (cell.sum * cell.sum) / cell.count);
}

function productsAbout(cell: SampleSums): number {
  if (cell.count === 0) return 0;
  const mean = cell.sum / cell.count;
  return cell.product - mean * (cell.earlier + cell.later) + cell.pairs * mean * mean;
}
