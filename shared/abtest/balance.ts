import { normalCdf } from "../judge/statistics/normal";

/** Samples of one node that counted, by the version it reported. */
export interface NodeCounts {
  readonly nodeId: string;
  readonly samplesA: number;
  readonly samplesB: number;
  readonly blocksA: number;
  readonly blocksB: number;
}

/** A sample ratio with a smaller probability is no chance (as GrowthBook has it). */
export const LEAST_RATIO_PROBABILITY = 0.001;
/** Fewer samples an arm say nothing about their ratio. */
const LEAST_SAMPLES = 8;

/**
 * How probable the counts of the arms are where both get the share that was planned: Pearson's chi-square of each
 * node's own A and B where nodes swap, of the arms' totals where they do not.
 *
 * @returns 0 to 1; 1 with fewer than 8 samples an arm on the plan.
 */
export function sampleRatioProbability(nodes: readonly NodeCounts[], isSwapped: boolean): number {
  if (!isSwapped) {
    const total = (key: "samplesA" | "samplesB" | "blocksA" | "blocksB"): number => nodes.reduce((sum, node) => sum + node[key], 0);
    return 2 * (1 - normalCdf(Math.sqrt(chiSquare(total("samplesA"), total("samplesB"), total("blocksA"), total("blocksB")))));
  }
  const chi = nodes.reduce((sum, node) => sum + chiSquare(node.samplesA, node.samplesB, node.blocksA, node.blocksB), 0);
  return Math.exp(-chi / 2);
}

function chiSquare(a: number, b: number, blocksA: number, blocksB: number): number {
  const total = a + b;
  const blocks = blocksA + blocksB;
  if (blocks === 0) return 0;
  const expectedA = (total * blocksA) / blocks;
  const expectedB = (total * blocksB) / blocks;
  if (Math.min(expectedA, expectedB) < LEAST_SAMPLES) return 0;
  return (a - expectedA) ** 2 / expectedA + (b - expectedB) ** 2 / expectedB;
}
