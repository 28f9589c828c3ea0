import type { Limit } from "./chart-rows";

/** Texts of 11 px stand this far from their lines. */
export const LABEL_GAP_PX = 5;
/** From a line that is above its text to the foot of that text. */
const BELOW_PX = LABEL_GAP_PX + 9;
/** Two texts closer than this, foot to foot, touch. */
const LINE_PX = 13;

/** What the labels belong to, px from the top of the plot. Null where there is no such line. */
export interface LabelledLines {
  readonly top: number;
  readonly bottom: number;
  readonly limit: { readonly y: number; readonly side: Limit["side"] } | null;
  readonly baseline: { readonly top: number; readonly bottom: number } | null;
}

/** The foot of each label, px from the top; the baseline's stands at the right where no other place is free. */
export interface LabelPlaces {
  readonly limit: number;
  readonly baseline: number;
  readonly isBaselineAtRight: boolean;
}

/**
 * Where the words of the limit and of the baseline stand, so that neither covers the other nor leaves the plot. The limit's
 * stand on the side where values are allowed, or on the other where the baseline's words leave no room.
 */
export function labelPlaces({ top, bottom, limit, baseline }: LabelledLines): LabelPlaces {
  const fits = (foot: number): boolean => foot - LINE_PX >= top && foot <= bottom;
  const limits = limit === null ? [] : [limit.y + BELOW_PX, limit.y - LABEL_GAP_PX];
  if (limit?.side === "min") limits.reverse();
  const baselines = baseline === null ? [] : [baseline.bottom + BELOW_PX - 1, baseline.top - LABEL_GAP_PX].filter(fits);
  const usual = { limit: limits[0] ?? 0, baseline: baselines[0] ?? bottom - LABEL_GAP_PX };
  if (limit === null || baseline === null) return { ...usual, isBaselineAtRight: false };
  for (const limitFoot of limits) {
    if (limitFoot !== usual.limit && !fits(limitFoot)) continue;
    const free = baselines.find((foot) => Math.abs(foot - limitFoot) >= LINE_PX);
    if (free !== undefined) return { limit: limitFoot, baseline: free, isBaselineAtRight: false };
  }
  return { ...usual, isBaselineAtRight: true };
}
