import type { Interval } from "../judge/statistics/always-valid";

/** Hypotheses on each side of zero. */
const HALF_CELLS = 100;
/** Never bets more than this share of what could be lost. */
const LARGEST_SHARE = 0.5;

/** What has been won by betting against each mean. */
export interface BettingTally {
  readonly up: Float64Array;
  readonly down: Float64Array;
  readonly isExcluded: Uint8Array;
  count: number;
  sum: number;
  squares: number;
}

/** No bet yet. */
export function emptyBets(): BettingTally {
  const size = 2 * HALF_CELLS + 1;
  return { up: new Float64Array(size).fill(1), down: new Float64Array(size).fill(1), isExcluded: new Uint8Array(size), count: 0, sum: 0, squares: 0.25 };
}

/**
 * One more value, -1 to 1, to the hedged-capital confidence sequence of I. Waudby-Smith and A. Ramdas, "Estimating
 * means of bounded random variables by betting", J. R. Statist. Soc. B 86 (2024), Theorem 3, moved from [0, 1] to
 * [-1, 1] so that values of the other sign give the mirrored sequence to the last bit. The bet rests on the
 * values before alone. Exact where each value has the same mean given those before.
 */
export function placeBet(bets: BettingTally, value: number, alpha: number): void {
  const round = bets.count + 1;
  const variance = bets.squares / round;
  const wanted = Math.sqrt((2 * Math.log(2 / alpha)) / (variance * round * Math.log(round + 1)));
  for (let cell = -HALF_CELLS; cell <= HALF_CELLS; cell += 1) {
    const mean = cell / HALF_CELLS;
    const index = cell + HALF_CELLS;
    const up = (bets.up[index] ?? 0) * (1 + Math.min(wanted, LARGEST_SHARE / (1 + mean)) * (value - mean));
    const down = (bets.down[index] ?? 0) * (1 - Math.min(wanted, LARGEST_SHARE / (1 - mean)) * (value - mean));
    bets.up[index] = up;
    bets.down[index] = down;
    if (0.5 * up + 0.5 * down >= 1 / alpha) bets.isExcluded[index] = 1;
  }
  bets.count = round;
  bets.sum += value;
  bets.squares += (value - bets.sum / (round + 1)) ** 2;
}

/** Between which means no bet has been won; a cell of 0.01 is added on each side. */
export function bettingInterval(bets: BettingTally): Interval {
  let low = -HALF_CELLS;
  let high = HALF_CELLS;
  while (low < high && bets.isExcluded[low + HALF_CELLS] === 1) low += 1;
  while (high > low && bets.isExcluded[high + HALF_CELLS] === 1) high -= 1;
  return { low: Math.max(-HALF_CELLS, low - 1) / HALF_CELLS, high: Math.min(HALF_CELLS, high + 1) / HALF_CELLS };
}
