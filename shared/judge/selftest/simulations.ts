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

/** A mean with its standard error. */
export interface Estimate {
  readonly mean: number;
  readonly standardError: number;
}

/** Mean samples to the alarm of a one-sided CUSUM on autocorrelated values, by simulation. */
export function simulatedCusumArl(random: Random, k: number, h: number, rho: number, mean: number, runs: number): Estimate {
  let sum = 0;
  let squares = 0;
  for (let run = 0; run < runs; run += 1) {
    const next = autoregression(random, rho);
    let s = 0;
    let length = 0;
    while (s < h || length === 0) {
      s = Math.max(0, s + next() + mean - k);
      length += 1;
    }
    sum += length;
    squares += length * length;
  }
  const average = sum / runs;
  return { mean: average, standardError: Math.sqrt((squares / runs - average * average) / runs) };
}

/** Share of z-tests at 5 % that find an effect at any look, where there is none, with a look at every pair of samples. */
export function simulatedPeeking(random: Random, looks: number, runs: number): Estimate {
  let found = 0;
  for (let run = 0; run < runs; run += 1) {
    let sum = 0;
    for (let look = 1; look <= looks; look += 1) {
      sum += random.normal();
      if (Math.abs(sum) > 1.959963984540054 * Math.sqrt(look)) {
        found += 1;
        break;
      }
    }
  }
  const share = found / runs;
  return { mean: share, standardError: Math.sqrt((share * (1 - share)) / runs) };
}
