import type { CameraImage } from "./sensor-frame";

/**
 * Multi-scale structural similarity of luma (Z. Wang, E. P. Simoncelli, A. C. Bovik, "Multiscale structural
 * similarity for image quality assessment", Asilomar 2003): Gaussian window 11x11 with sigma 1.5, borders
 * left out, K1 = 0.01, K2 = 0.03, five scales, halved by the mean of 2x2.
 */

const WINDOW = 11;
const SIGMA = 1.5;
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;
const SCALE_WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333] as const;

const GAUSSIAN = (() => {
  const raw = Array.from({ length: WINDOW }, (_, i) => Math.exp(-((i - 5) ** 2) / (2 * SIGMA * SIGMA)));
  const sum = raw.reduce((total, value) => total + value, 0);
  return Float64Array.from(raw, (value) => value / sum);
})();
const [G0 = 0, G1 = 0, G2 = 0, G3 = 0, G4 = 0, G5 = 0] = GAUSSIAN;

interface Plane {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** Luma of a colour picture, 0..255 (ITU-R BT.601 weights); a side below 11 is extended by its last line. */
function lumaOf(image: CameraImage): Plane {
  const width = Math.max(WINDOW, image.width);
  const height = Math.max(WINDOW, image.height);
  const values = new Float32Array(width * height);
  const { rgb } = image;
  for (let y = 0; y < height; y++) {
    const row = Math.min(y, image.height - 1) * image.width;
    for (let x = 0; x < width; x++) {
      const at = 3 * (row + Math.min(x, image.width - 1));
      values[y * width + x] = 0.299 * (rgb[at] ?? 0) + 0.587 * (rgb[at + 1] ?? 0) + 0.114 * (rgb[at + 2] ?? 0);
    }
  }
  return { width, height, values };
}

function halved(plane: Plane): Plane {
  const width = plane.width >> 1;
  const height = plane.height >> 1;
  const values = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    let from = 2 * y * plane.width;
    for (let x = 0; x < width; x++) {
      const top = (plane.values[from] ?? 0) + (plane.values[from + 1] ?? 0);
      const bottom = (plane.values[from + plane.width] ?? 0) + (plane.values[from + plane.width + 1] ?? 0);
      values[y * width + x] = (top + bottom) / 4;
      from += 2;
    }
  }
  return { width, height, values };
}

/** The valid Gaussian mean of one row of column sums, at column x. */
function acrossAt(row: Float32Array, x: number): number {
  return (
    G0 * ((row[x] ?? 0) + (row[x + 10] ?? 0)) +
    G1 * ((row[x + 1] ?? 0) + (row[x + 9] ?? 0)) +
    G2 * ((row[x + 2] ?? 0) + (row[x + 8] ?? 0)) +
    G3 * ((row[x + 3] ?? 0) + (row[x + 7] ?? 0)) +
    G4 * ((row[x + 4] ?? 0) + (row[x + 6] ?? 0)) +
    G5 * (row[x + 5] ?? 0)
  );
}

/** Writes the Gaussian mean of 11 rows from row y on, for each column. */
function downFrom(plane: Float32Array, width: number, y: number, result: Float32Array): void {
  const r0 = y * width;
  const r1 = r0 + width;
  const r2 = r1 + width;
  const r3 = r2 + width;
  const r4 = r3 + width;
  const r5 = r4 + width;
  const r6 = r5 + width;
  const r7 = r6 + width;
  const r8 = r7 + width;
  const r9 = r8 + width;
  const r10 = r9 + width;
  for (let x = 0; x < width; x++) {
    result[x] =
      G0 * ((plane[r0 + x] ?? 0) + (plane[r10 + x] ?? 0)) +
      G1 * ((plane[r1 + x] ?? 0) + (plane[r9 + x] ?? 0)) +
      G2 * ((plane[r2 + x] ?? 0) + (plane[r8 + x] ?? 0)) +
      G3 * ((plane[r3 + x] ?? 0) + (plane[r7 + x] ?? 0)) +
      G4 * ((plane[r4 + x] ?? 0) + (plane[r6 + x] ?? 0)) +
      G5 * (plane[r5 + x] ?? 0);
  }
}

/** Means over a scale: contrast times structure, and that times luminance. */
interface ScaleSimilarity {
  readonly contrastStructure: number;
  readonly whole: number;
}

/**
 * Works on the sum s and difference d of the two pictures: mu_a mu_b and mu_a^2 + mu_b^2 follow from their
 * means, the covariance and the sum of variances from the means of their squares, so four filters do.
 */
function compareScale(a: Plane, b: Plane): ScaleSimilarity {
  const { width, height } = a;
  const count = width * height;
  const sums = new Float32Array(count);
  const differences = new Float32Array(count);
  const sumSquares = new Float32Array(count);
  const differenceSquares = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const x = a.values[i] ?? 0;
    const y = b.values[i] ?? 0;
    sums[i] = x + y;
    differences[i] = x - y;
    sumSquares[i] = (x + y) * (x + y);
    differenceSquares[i] = (x - y) * (x - y);
  }
  const rowS = new Float32Array(width);
  const rowD = new Float32Array(width);
  const rowSS = new Float32Array(width);
  const rowDD = new Float32Array(width);
  const validWidth = width - WINDOW + 1;
  const validHeight = height - WINDOW + 1;
  let contrastSum = 0;
  let wholeSum = 0;
  for (let y = 0; y < validHeight; y++) {
    downFrom(sums, width, y, rowS);
    downFrom(differences, width, y, rowD);
    downFrom(sumSquares, width, y, rowSS);
    downFrom(differenceSquares, width, y, rowDD);
    for (let x = 0; x < validWidth; x++) {
      const s = acrossAt(rowS, x);
      const d = acrossAt(rowD, x);
      const s2 = s * s;
      const d2 = d * d;
      const varianceS = acrossAt(rowSS, x) - s2;
      const varianceD = acrossAt(rowDD, x) - d2;
      const contrast = ((varianceS - varianceD) / 2 + C2) / ((varianceS + varianceD) / 2 + C2);
      const luminance = ((s2 - d2) / 2 + C1) / ((s2 + d2) / 2 + C1);
      contrastSum += contrast;
      wholeSum += contrast * luminance;
    }
  }
  const area = validWidth * validHeight;
  return { contrastStructure: contrastSum / area, whole: wholeSum / area };
}

/**
 * MS-SSIM of two pictures of one size, 0..1; 1 for equal pictures. A negative mean at a scale counts as 0.
 * A picture too small for five scales uses as many as fit, their weights scaled to sum to 1.
 */
export function msSsim(a: CameraImage, b: CameraImage): number {
  if (a.width !== b.width || a.height !== b.height) throw new Error("pictures of different sizes cannot be compared");
  let planeA = lumaOf(a);
  let planeB = lumaOf(b);
  const smallest = Math.min(planeA.width, planeA.height);
  let scales = 1;
  while (scales < SCALE_WEIGHTS.length && smallest >> scales >= WINDOW) scales++;
  const weights = SCALE_WEIGHTS.slice(0, scales);
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0);
  let result = 1;
  weights.forEach((weight, scale) => {
    const similarity = compareScale(planeA, planeB);
    const value = scale === scales - 1 ? similarity.whole : similarity.contrastStructure;
    result *= Math.pow(Math.max(0, value), weight / weightSum);
    if (scale < scales - 1) {
      planeA = halved(planeA);
      planeB = halved(planeB);
    }
  });
  return Math.min(1, result);
}

/** Peak signal-to-noise ratio over all colour values, in dB; Infinity for equal pictures. */
export function psnrDb(a: CameraImage, b: CameraImage): number {
  let sum = 0;
  for (let i = 0; i < a.rgb.length; i++) {
    const difference = (a.rgb[i] ?? 0) - (b.rgb[i] ?? 0);
    sum += difference * difference;
  }
  return 10 * Math.log10((255 * 255 * a.rgb.length) / sum);
}
