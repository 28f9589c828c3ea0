import { fastNormal, type Margin } from "../../judge/simulation/noise";
import type { Random } from "../../random";
import type { CriticalCurve } from "../critical";
import { addBlock, emptyTally, estimateEffect, type BlockKind } from "../effect";
import { addSample, emptySums, type SampleSums } from "../noise";
import { CALIBRATION_BLOCKS, curveFor, firstLook } from "../looks";

/** Two nodes under test whose noise is known. */
export interface SimulatedTest {
  readonly design: "crossover" | "parallel";
  readonly margin: Margin;
  /** Autocorrelation of neighbouring samples, as normal scores. */
  readonly rho: number;
  /** How much nodes differ, in standard deviations of one sample. */
  readonly nodeSd: number;
  /** B minus A, in standard deviations of one sample. */
  readonly effectSd: number;
  /** Blocks until the test ends, calibration not counted. */
  readonly blocks: number;
  readonly samplesPerBlock: number;
  /** Samples after each swap that are drawn and ignored; the noise runs on meanwhile. */
  readonly washOutSamples: number;
  readonly alpha: number;
}

/** Where the interval first excluded zero. Null: nowhere. */
export interface SimulatedVerdict {
  readonly winner: "A" | "B";
  /** Blocks run until then, calibration included. */
  readonly block: number;
}

/** The critical curve that a simulated test is judged with. */
export function curveOf(test: Pick<SimulatedTest, "design" | "blocks" | "alpha">): CriticalCurve {
  return curveFor(test.design, test.blocks, test.alpha);
}

/**
 * Runs one test to its end or first winner. The interval changes when a block ends and at no sample between, so
 * looking at each sample is looking at each block.
 */
export function simulateTest(test: SimulatedTest, curve: CriticalCurve, random: Random): SimulatedVerdict | null {
  const { margin, design } = test;
  const isSwapped = design === "crossover";
  const normal = fastNormal(random);
  const scores = [normal(), normal()];
  const offsets = [normal() * test.nodeSd * margin.sd, normal() * test.nodeSd * margin.sd];
  const innovation = Math.sqrt(1 - test.rho * test.rho);
  const tally = emptyTally();
  const calibration = isSwapped ? 0 : CALIBRATION_BLOCKS;
  const startsWithB = random.nextInt(2) === 1;

  function runBlock(node: 0 | 1, hasEffect: boolean, isFresh: boolean): SampleSums {
    const sums = emptySums();
    let score = scores[node] ?? 0;
    let before = Number.NaN;
    const shift = (offsets[node] ?? 0) + (hasEffect ? test.effectSd * margin.sd : 0);
    for (let index = 0; index < test.samplesPerBlock; index += 1) {
      score = test.rho * score + innovation * normal();
      if (isFresh && index < test.washOutSamples) continue;
      const value = margin.valueAt(score) + shift;
      addSample(sums, value, before);
      before = value;
    }
    scores[node] = score;
    return sums;
  }

  for (let block = 0; block < calibration + test.blocks; block += 1) {
    const isCalibrating = block < calibration;
    const kind: BlockKind = isSwapped ? ((block + (startsWithB ? 1 : 0)) % 2 === 0 ? 0 : 1) : isCalibrating ? 0 : 1;
    const isSwap = isSwapped || block === 0 || block === calibration;
    const first = runBlock(0, isSwapped && kind === 1, isSwap);
    const second = runBlock(1, !isCalibrating && (!isSwapped || kind === 0), isSwap);
    addBlock(tally, kind, first, second);
    if (block + 1 - calibration < firstLook(design)) continue;
    const estimate = estimateEffect(tally, isSwapped, curve);
    if (estimate === null || Math.abs(estimate.effect) <= estimate.critical * estimate.standardError) continue;
    return { winner: estimate.effect > 0 ? "B" : "A", block: block + 1 };
  }
  return null;
}
