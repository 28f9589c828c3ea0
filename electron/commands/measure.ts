/** What commands measure with; the mathematics is shared with the comparison that the window shows. */
export { quantile } from "../../shared/quantiles";
export { bjontegaardRatePercent, msSsimDb, rateAtQuality, type RatePoint } from "../../shared/comparison/rate-distortion";
export { HELD_OUT_FIRST_SEED } from "../comparison/frame-sets";
