import type { Random } from "../../random";

/** A first-order autoregression of mean 0 and variance 1 that starts in its stationary state. */
export function autoregression(random: Random, rho: number): () => number {
  const innovation = Math.sqrt(1 - rho * rho);
  let value = random.normal();
  return () => {
    const given = value;
    value = rho * value + innovation * random.normal();
    return given;
  };
}

/** Simulated samples in one piece: one or two hundredths of a second. */
const PIECE_SAMPLES = 100_000;

/** What a CUSUM is simulated on: its reference value and limit, and autocorrelated values of a mean. */
export interface SimulatedCusum {
  readonly k: number;
  readonly h: number;
  readonly rho: number;
  readonly mean: number;
  readonly runs: number;
}

/** Mean samples to the alarm of a one-sided CUSUM on autocorrelated values, by simulation, in pieces. */
export function* simulatedCusumArl(random: Random, { k, h, rho, mean, runs }: SimulatedCusum): Generator<undefined, number> {
  let sum = 0;
  let piece = 0;
  for (let run = 0; run < runs; run += 1) {
    const next = autoregression(random, rho);
    let s = 0;
    let length = 0;
    while (s < h || length === 0) {
      s = Math.max(0, s + next() + mean - k);
      length += 1;
      piece += 1;
      if (piece % PIECE_SAMPLES === 0) yield;
    }
    sum += length;
  }
  return sum / runs;
}
