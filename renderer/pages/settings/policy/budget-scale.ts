/** The days at the ends of the slider and the chart. */
export const BUDGET_ENDS = { least: 1, most: 365 } as const;

/** Days that the slider and the chart mark. */
export const BUDGET_MARKS = [1, 7, 30, 90, 365] as const;

/** Where so many days lie between the ends, 0 to 1, by their logarithm; beyond them at the ends. */
export function shareOfDays(days: number): number {
  const held = Math.min(BUDGET_ENDS.most, Math.max(BUDGET_ENDS.least, days));
  return Math.log(held / BUDGET_ENDS.least) / Math.log(BUDGET_ENDS.most / BUDGET_ENDS.least);
}

/** The days at a share, to two figures: what a hand on a slider means. */
export function daysAtShare(share: number): number {
  const days = BUDGET_ENDS.least * (BUDGET_ENDS.most / BUDGET_ENDS.least) ** Math.min(1, Math.max(0, share));
  return share >= 1 ? BUDGET_ENDS.most : Number(days.toPrecision(2));
}
