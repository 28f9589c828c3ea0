import { criticalValue, type CriticalCurve } from "./critical";
import { addSums, emptySums, estimateNoise, type BlockNoise, type SampleSums } from "./noise";
import { chiSquareRatio, studentQuantile } from "./student";

/**
 * Which of a design's two kinds of block. Crossover: 0, the first node runs A and the second B; 1, the other way
 * round. Parallel: 0, both run the common version; 1, the first runs A and the second B.
 */
export type BlockKind = 0 | 1;

/** Sums of the differences of block means, first node minus second, over the blocks of one kind. */
interface KindSums {
  blocks: number;
  sum: number;
  square: number;
}

/** What has been seen of one metric on two nodes. Grows by {@link addBlock}; nothing else changes it. */
export interface EffectTally {
  readonly kinds: readonly [KindSums, KindSums];
  /** By node, then by kind. */
  readonly cells: readonly [readonly [SampleSums, SampleSums], readonly [SampleSums, SampleSums]];
}

/** Nothing seen yet. */
export function emptyTally(): EffectTally {
  const kind = (): KindSums => ({ blocks: 0, sum: 0, square: 0 });
  return {
    kinds: [kind(), kind()],
    cells: [
      [emptySums(), emptySums()],
      [emptySums(), emptySums()],
    ],
  };
}

/** Adds a block in which both nodes have samples. */
export function addBlock(tally: EffectTally, kind: BlockKind, first: SampleSums, second: SampleSums): void {
  const difference = first.sum / first.count - second.sum / second.count;
  const sums = tally.kinds[kind];
  sums.blocks += 1;
  sums.sum += difference;
  sums.square += difference * difference;
  addSums(tally.cells[0][kind], first);
  addSums(tally.cells[1][kind], second);
}

/** An effect with its standard error and the information that it rests on. */
export interface Estimate {
  /** B minus A, in the metric's unit. */
  readonly effect: number;
  readonly standardError: number;
  /** Information in blocks: 4 n0 n1 / (n0 + n1) for swapped blocks, n0 n1 / (n0 + n1) for parallel ones. */
  readonly information: number;
  /** What the standard error is multiplied by to exclude a value; larger where the noise model is refuted. */
  readonly critical: number;
  /** Autocorrelation of neighbouring samples, the larger of the two nodes'. */
  readonly rho: number;
  /** The block differences scatter more than the samples within the blocks explain. */
  readonly isNoiseRefuted: boolean;
}

/** How many standard errors of the variance are added to it. */
const VARIANCE_CAUTION = 1;
/** A scatter of blocks that the model reaches once in a hundred looks (as a normal value) refutes the model. */
const REFUTED_AT = 2.3263;

/**
 * The effect B - A after some blocks.
 *
 * @param isSwapped the nodes exchange versions between the kinds of block.
 * @returns null while a kind has no block, or there are fewer than three.
 */
export function estimateEffect(tally: EffectTally, isSwapped: boolean, curve: CriticalCurve): Estimate | null {
  const [zero, one] = tally.kinds;
  const blocks = zero.blocks + one.blocks;
  if (zero.blocks === 0 || one.blocks === 0 || blocks < 3) return null;
  const contrast = one.sum / one.blocks - zero.sum / zero.blocks;
  const effect = isSwapped ? contrast / 2 : -contrast;
  const information = ((isSwapped ? 4 : 1) * zero.blocks * one.blocks) / blocks;
  const samples = (cells: readonly [SampleSums, SampleSums]): number => (cells[0].count + cells[1].count) / blocks;
  const first = blockNoise(tally.cells[0], samples(tally.cells[0]), isSwapped);
  const second = blockNoise(tally.cells[1], samples(tally.cells[1]), isSwapped);
  const modelled = first.variance + second.variance + VARIANCE_CAUTION * Math.hypot(first.variance * first.relativeError, second.variance * second.relativeError);
  const seen = (squaresOf(zero) + squaresOf(one)) / (blocks - 2);
  const rho = Math.max(first.rho, second.rho);
  const critical = criticalValue(curve, information);
  const isNoiseRefuted = seen > modelled * chiSquareRatio(REFUTED_AT, blocks - 2);
  if (!isNoiseRefuted) return { effect, standardError: Math.sqrt(modelled / information), information, critical, rho, isNoiseRefuted };
  return { effect, standardError: Math.sqrt(seen / information), information, critical: studentQuantile(critical, blocks - 2), rho, isNoiseRefuted };
}

/** What neighbouring blocks share cancels where they are swapped; where not, the whole long-run variance counts. */
function blockNoise(cells: readonly [SampleSums, SampleSums], samplesPerBlock: number, isSwapped: boolean): BlockNoise {
  const noise = estimateNoise(cells, samplesPerBlock);
  return isSwapped ? noise : { ...noise, variance: noise.longRun };
}

function squaresOf(kind: KindSums): number {
  return Math.max(0, kind.square - (kind.sum * kind.sum) / kind.blocks);
}
