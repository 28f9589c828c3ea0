/**
 * How a test tells the version from the node. crossover: two nodes exchange versions in blocks. parallel: both run
 * a common version first, then one version each. replicated: three or more nodes an arm, none swaps.
 */
export const DESIGNS = ["crossover", "parallel", "replicated"] as const;
/** One of {@link DESIGNS}. */
export type Design = (typeof DESIGNS)[number];

/** The nodes of each arm and what they allow. */
export interface Arms {
  readonly nodesA: readonly string[];
  readonly nodesB: readonly string[];
  /** Every node can load both versions in turn. */
  readonly canSwap: boolean;
  /** There is time for both nodes to run a common version first. */
  readonly canCalibrate: boolean;
}
