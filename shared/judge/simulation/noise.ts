import type { Random } from "../../random";
import type { LimitedMetric } from "../limits";
import { normalCdf, normalPdf } from "../statistics/normal";

/** The margins that simulated metrics can have. */
export const DISTRIBUTIONS = ["normal", "lognormal", "beta"] as const;
/** One of {@link DISTRIBUTIONS}. */
export type Distribution = (typeof DISTRIBUTIONS)[number];

/** A metric's margin as the value at each standard normal score, with its mean and standard deviation. */
export interface Margin {
  valueAt(score: number): number;
  readonly mean: number;
  readonly sd: number;
}

const FARTHEST = 8;
const CELLS = 4096;

/** Tabulates a rising function of the score; between the points it is straight, which is exact to 1e-5 of an sd. */
function tabulate(rising: (score: number) => number): Margin {
  const table = Float64Array.from({ length: CELLS + 1 }, (_, index) => rising(-FARTHEST + (2 * FARTHEST * index) / CELLS));
  const step = (2 * FARTHEST) / CELLS;
  let mean = 0;
  let square = 0;
  for (const [index, value] of table.entries()) {
    const weight = step * normalPdf(-FARTHEST + step * index);
    mean += weight * value;
    square += weight * value * value;
  }
  return {
    valueAt(score) {
      const place = Math.min(CELLS - 1e-9, Math.max(0, (score + FARTHEST) / step));
      const cell = Math.floor(place);
      const below = table[cell] ?? 0;
      return below + (place - cell) * ((table[cell + 1] ?? below) - below);
    },
    mean,
    sd: Math.sqrt(square - mean * mean),
  };
}

/** The quantile function of a beta distribution at normal scores, by adding up its density. */
function betaAtScore(a: number, b: number): (score: number) => number {
  const points = 20_000;
  const sums = new Float64Array(points + 1);
  for (let index = 0; index < points; index += 1) {
    const x = (index + 0.5) / points;
    sums[index + 1] = (sums[index] ?? 0) + Math.exp((a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x));
  }
  const total = sums[points] ?? 1;
  return (score) => {
    const wanted = normalCdf(score) * total;
    let low = 0;
    let high = points;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) <= wanted) low = middle;
      else high = middle;
    }
    const below = sums[low] ?? 0;
    return (low + (wanted - below) / ((sums[high] ?? below) - below || 1)) / points;
  };
}

/**
 * Healthy metrics, each 2.8 standard deviations or more inside its default limit. normal: compression 6.0
 * (6 %), latency 38 ms (10 %), quality 0.80 (4 %). lognormal: long tails to the worse side of latency and
 * quality. beta: bounded, latency skewed to the worse side, quality too.
 */
export function marginsOf(distribution: Distribution): Readonly<Record<LimitedMetric, Margin>> {
  switch (distribution) {
    case "normal":
      return {
        compressionRatio: tabulate((z) => 6 * (1 + 0.06 * z)),
        latencyMs: tabulate((z) => 38 * (1 + 0.1 * z)),
        qualityScore: tabulate((z) => 0.8 * (1 + 0.04 * z)),
      };
    case "lognormal":
      return {
        compressionRatio: tabulate((z) => 8 * Math.exp(0.15 * z)),
        latencyMs: tabulate((z) => 20 * Math.exp(0.25 * z)),
        qualityScore: tabulate((z) => 1 - 0.1 * Math.exp(-0.3 * z)),
      };
    case "beta": {
      const ratio = betaAtScore(10, 10);
      const latency = betaAtScore(3, 12);
      const quality = betaAtScore(45, 5);
      return {
        compressionRatio: tabulate((z) => 4 + 8 * ratio(z)),
        latencyMs: tabulate((z) => 10 + 60 * latency(z)),
        qualityScore: tabulate((z) => quality(z)),
      };
    }
  }
}

/** Scores of a first-order autoregression with standard normal margins, one a call. */
export function scoreStream(random: Random, rho: number): () => number {
  const innovation = Math.sqrt(1 - rho * rho);
  let score = random.normal();
  return () => {
    const given = score;
    score = rho * score + innovation * random.normal();
    return given;
  };
}

/**
 * Standard normal numbers for simulations of billions, several times as fast as {@link Random.normal}: sums of
 * a table's entries would be too short in the tails, so this is the ziggurat of G. Marsaglia and W. W. Tsang (2000)
 * with 256 layers, on the stream's own integers.
 */
export function fastNormal(random: Random): () => number {
  const { widths, heights, accept } = zigguratTables();
  return () => {
    for (;;) {
      const bits = random.nextUint32();
      const layer = bits & 255;
      // The sign and the place within the layer come from other bits than the layer's number.
      const signed = ((bits >>> 8) - 8388608) | 0;
      const x = signed * (widths[layer] ?? 0);
      if (Math.abs(signed) < (accept[layer] ?? 0)) return x;
      if (layer === 0) return tailNormal(random, signed < 0);
      const low = heights[layer] ?? 0;
      const high = heights[layer + 1] ?? 1;
      if (low + random.next() * (high - low) < Math.exp(-0.5 * x * x)) return x;
    }
  };
}

const ZIGGURAT_EDGE = 3.6541528853610088;
const ZIGGURAT_AREA = 0.00492867323399;

function tailNormal(random: Random, isNegative: boolean): number {
  for (;;) {
    const x = -Math.log(1 - random.next()) / ZIGGURAT_EDGE;
    const y = -Math.log(1 - random.next());
    if (2 * y > x * x) return isNegative ? -(ZIGGURAT_EDGE + x) : ZIGGURAT_EDGE + x;
  }
}

interface Ziggurat {
  readonly widths: Float64Array;
  readonly heights: Float64Array;
  readonly accept: Float64Array;
}

let tables: Ziggurat | null = null;

function zigguratTables(): Ziggurat {
  if (tables !== null) return tables;
  const scale = 8388608;
  const edges = new Float64Array(257);
  const height = (x: number): number => Math.exp(-0.5 * x * x);
  edges[0] = ZIGGURAT_AREA / height(ZIGGURAT_EDGE);
  edges[1] = ZIGGURAT_EDGE;
  for (let layer = 2; layer < 256; layer += 1) {
    const before = edges[layer - 1] ?? 0;
    edges[layer] = Math.sqrt(-2 * Math.log(ZIGGURAT_AREA / before + height(before)));
  }
  edges[256] = 0;
  const edge = (layer: number): number => edges[layer] ?? 0;
  tables = {
    widths: Float64Array.from({ length: 256 }, (_, layer) => edge(layer) / scale),
    heights: Float64Array.from({ length: 257 }, (_, layer) => height(edge(layer))),
    accept: Float64Array.from({ length: 256 }, (_, layer) => (edge(layer + 1) / edge(layer)) * scale),
  };
  return tables;
}
