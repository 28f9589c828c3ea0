/** Sums of values and of neighbouring ones. */
export interface Moments {
  count: number;
  sum: number;
  square: number;
  /** Neighbours within a block: how many, the sums of their earlier and later ones, of both multiplied. */
  pairs: number;
  earlier: number;
  later: number;
  product: number;
}

/** Sums of the samples of one metric of one node in one block, or in several: all that inference needs of them. */
export interface SampleSums extends Moments {
  /** The same of the means of {@link BATCH} samples in a row. */
  readonly batches: Moments;
  /** The batch that is not full yet. */
  openCount: number;
  openSum: number;
  /** Mean of the batch right before it; NaN if there is none. */
  lastBatch: number;
}

/** Samples in a batch: 2 s. */
export const BATCH = 4;

function emptyMoments(): Moments {
  return { count: 0, sum: 0, square: 0, pairs: 0, earlier: 0, later: 0, product: 0 };
}

/** Sums of nothing. */
export function emptySums(): SampleSums {
  return { ...emptyMoments(), batches: emptyMoments(), openCount: 0, openSum: 0, lastBatch: Number.NaN };
}

/**
 * Adds one sample.
 *
 * @param before the sample right before it in the same block; NaN if there is none, or one is missing between.
 */
export function addSample(sums: SampleSums, value: number, before: number): void {
  addValue(sums, value, before);
  if (Number.isNaN(before)) {
    sums.openCount = 0;
    sums.openSum = 0;
    sums.lastBatch = Number.NaN;
  }
  sums.openCount += 1;
  sums.openSum += value;
  if (sums.openCount < BATCH) return;
  const mean = sums.openSum / BATCH;
  addValue(sums.batches, mean, sums.lastBatch);
  sums.lastBatch = mean;
  sums.openCount = 0;
  sums.openSum = 0;
}

function addValue(into: Moments, value: number, before: number): void {
  into.count += 1;
  into.sum += value;
  into.square += value * value;
  if (Number.isNaN(before)) return;
  into.pairs += 1;
  into.earlier += before;
  into.later += value;
  into.product += before * value;
}

/** Adds the sums of a block to those of a cell. */
export function addSums(into: SampleSums, block: SampleSums): void {
  addMoments(into, block);
  addMoments(into.batches, block.batches);
}

function addMoments(into: Moments, block: Moments): void {
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
  /** The same if the block were a piece of a far longer mean: the long-run variance over the block's length. */
  readonly longRun: number;
  /** Standard error of `variance` that has to be added, as a share of it. */
  readonly relativeError: number;
  /** Autocorrelation of neighbouring values, corrected for its bias. */
  readonly rho: number;
  /** Variance of one value. */
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

/** Fewer batches say nothing of their noise. */
const LEAST_BATCHES = 16;

/**
 * The noise of a node's block means, as its samples explain it or as its batches do, whichever is more. Noise with
 * a quick and a slow part is no first-order autoregression: its samples forget quickly and its batches do not.
 *
 * @param samplesPerBlock above 1, may be a fraction; `cells` with at least 8 samples in all.
 */
export function estimateNoise(cells: readonly [SampleSums, SampleSums], samplesPerBlock: number): BlockNoise {
  const [first, second] = cells;
  const fine = autoregression(first, second, samplesPerBlock);
  if (first.batches.count + second.batches.count < LEAST_BATCHES || samplesPerBlock < 2 * BATCH) return fine;
  const coarse = autoregression(first.batches, second.batches, samplesPerBlock / BATCH);
  if (coarse.variance <= fine.variance * (1 + fine.relativeError)) return fine;
  // The larger of two estimates is cautious already: no error is added to it.
  return { ...coarse, relativeError: 0, rho: fine.rho, sampleVariance: fine.sampleVariance };
}

/**
 * A first-order autoregression from the values of two cells, each about its own mean. The mean of a cell is
 * estimated, so both moments come out too small; that is put right to first order (F. H. C. Marriott and
 * J. A. Pope, Biometrika 41, 1954).
 */
function autoregression(first: Moments, second: Moments, perBlock: number): BlockNoise {
  const count = first.count + second.count;
  const pairs = Math.max(1, first.pairs + second.pairs);
  const variance = (squaresAbout(first) + squaresAbout(second)) / count;
  const size = Math.abs(first.sum + second.sum) / count;
  const least = (LEAST_RELATIVE_SD * size) ** 2;
  const raw = variance > least ? (productsAbout(first) + productsAbout(second)) / pairs / variance : 0;
  const rho = Math.min(LARGEST_RHO, Math.max(0, raw + (2 + 4 * Math.max(0, raw)) / count));
  const lost = (2 * perBlock * meanVariance(perBlock, rho)) / count;
  const sampleVariance = Math.max(least, variance / (1 - Math.min(0.5, lost)), Number.MIN_VALUE);
  const longRun = ((sampleVariance / perBlock) * (1 + rho)) / (1 - rho);
  const relativeError = Math.sqrt((2 + (4 * (1 + rho)) / (1 - rho)) / count);
  return { variance: sampleVariance * meanVariance(perBlock, rho), longRun, relativeError, rho, sampleVariance };
}

function squaresAbout(cell: Moments): number {
  if (cell.count === 0) return 0;
  return Math.max(0, cell.square - (cell.sum * cell.sum) / cell.count);
}

function productsAbout(cell: Moments): number {
  if (cell.count === 0) return 0;
  const mean = cell.sum / cell.count;
  return cell.product - mean * (cell.earlier + cell.later) + cell.pairs * mean * mean;
}
