/**
 * Piston ring diameters in mm, 40 samples of 5, of which the first 25 are in control (D. C. Montgomery,
 * Introduction to Statistical Quality Control; data set `pistonrings` of CRAN package qcc). In thousandths
 * above 73.9.
 */
const PISTON_RINGS_THOUSANDTHS: readonly (readonly number[])[] = [
  [130, 102, 119, 92, 108], [95, 92, 101, 111, 104], [88, 124, 121, 105, 102], [102, 96, 93, 115, 109], [92, 107, 115, 89, 114],
  [109, 94, 97, 85, 93], [95, 106, 94, 100, 105], [85, 103, 93, 115, 88], [108, 95, 109, 105, 104], [98, 100, 90, 107, 95],
  [94, 98, 94, 95, 90], [104, 100, 107, 100, 96], [83, 102, 98, 97, 112], [106, 67, 94, 100, 84], [112, 114, 98, 99, 107],
  [100, 84, 105, 98, 96], [94, 112, 86, 105, 107], [106, 110, 118, 103, 100], [84, 102, 103, 105, 97], [100, 110, 113, 120, 103],
  [82, 101, 115, 105, 96], [104, 99, 90, 106, 109], [110, 89, 90, 109, 114], [115, 108, 93, 100, 110], [82, 84, 95, 117, 113],
  [112, 115, 130, 86, 100], [95, 110, 90, 115, 101], [87, 99, 85, 100, 90], [108, 110, 103, 91, 106], [103, 100, 101, 86, 97],
  [94, 103, 115, 120, 104], [108, 102, 118, 95, 105], [101, 104, 90, 96, 98], [115, 100, 116, 125, 100], [130, 105, 100, 116, 112],
  [101, 90, 95, 110, 124], [115, 120, 124, 105, 119], [135, 110, 112, 115, 126], [117, 113, 136, 125, 126], [110, 105, 129, 100, 120],
];

/** The piston rings in mm. */
export const PISTON_RINGS: readonly (readonly number[])[] = PISTON_RINGS_THOUSANDTHS.map((row) => row.map((value) => 73.9 + value / 1000));

/** How many samples of {@link PISTON_RINGS} calibrate the chart. */
export const PISTON_RINGS_CALIBRATION = 25;

/** Published standard deviation of a ring within a sample, mm (CRAN package qcc). */
export const PISTON_RINGS_SD = 0.009785;

/** Table 9.1 of Montgomery: 20 values around 10, then 10 around 11. */
export const MONTGOMERY_TABLE_9_1: readonly number[] = [
  9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.2, 10.34, 9.03, 11.47, 10.51, 9.4, 10.08, 9.37, 10.62, 10.31, 8.52, 10.84,
  10.9, 9.33, 12.29, 11.5, 10.6, 11.08, 10.38, 11.62, 11.31, 10.52,
];

/** The upper sums of a tabular CUSUM: max(0, S + z - k). */
export function upperCusum(standardised: readonly number[], k: number): readonly number[] {
  let sum = 0;
  return standardised.map((z) => {
    sum = Math.max(0, sum + z - k);
    return sum;
  });
}

/** Centre of the calibrating piston rings in mm, and the standardised means of all 40 samples. */
export function pistonRingChart(): { readonly centre: number; readonly standardised: readonly number[] } {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const centre = mean(PISTON_RINGS.slice(0, PISTON_RINGS_CALIBRATION).map(mean));
  return { centre, standardised: PISTON_RINGS.map((row) => ((mean(row) - centre) * Math.sqrt(row.length)) / PISTON_RINGS_SD) };
}
