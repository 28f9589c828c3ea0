import type { CameraImage } from "./sensor-frame";

/**
 * Luma of every fourth pixel of a picture: every second of every second row, shifted by one in every other of
 * these rows. Blocks are compared by these.
 */
export interface LumaSamples {
  readonly columns: number;
  readonly rows: number;
  /** Bytes from one row to the next: the columns, continued by the last one to a multiple of four. */
  readonly stride: number;
  readonly values: Uint8Array;
}

/**
 * Luma of a picture continued beyond its border by repeating its edge, its even columns and its odd ones each in
 * a plane of its own: every second pixel of a row lies in bytes that follow each other, wherever it begins.
 */
export interface SplitLuma {
  readonly margin: number;
  /** Bytes of a row of one of the two planes. */
  readonly stride: number;
  /** Where the odd columns begin. */
  readonly oddAt: number;
  readonly values: Uint8Array;
}

/** Samples of a picture; of odd sides the last row or column is left out. */
export function lumaSamples({ width, height, rgb }: CameraImage): LumaSamples {
  const columns = width >> 1;
  const rows = height >> 1;
  const stride = (columns + 3) & -4;
  const values = new Uint8Array(stride * rows);
  for (let row = 0; row < rows; row++) {
    let from = 3 * (2 * row * width + (row & 1));
    let to = row * stride;
    for (const end = to + columns; to < end; to++) {
      values[to] = (77 * (rgb[from] ?? 0) + 150 * (rgb[from + 1] ?? 0) + 29 * (rgb[from + 2] ?? 0)) >> 8;
      from += 6;
    }
    values.fill(values[to - 1] ?? 0, to, (row + 1) * stride);
  }
  return { columns, rows, stride, values };
}

/**
 * The split luma of a picture.
 *
 * @param margin how many pixels it is continued by at each side; even.
 */
export function splitLuma({ width, height, rgb }: CameraImage, margin: number): SplitLuma {
  const half = margin >> 1;
  // Beside the margins there is room for the word that is read at the end of a row.
  const stride = ((width + 1) >> 1) + margin + 4;
  const oddAt = stride * (height + 2 * margin);
  const values = new Uint8Array(2 * oddAt);
  for (let y = 0; y < height; y++) {
    const row = (y + margin) * stride;
    let from = 3 * y * width;
    let even = row + half;
    for (const end = from + 3 * width; from < end; from += 6) {
      values[even] = (77 * (rgb[from] ?? 0) + 150 * (rgb[from + 1] ?? 0) + 29 * (rgb[from + 2] ?? 0)) >> 8;
      // Behind the last column of an odd number there is none: it is repeated below.
      if (from + 3 < end) values[oddAt + even] = (77 * (rgb[from + 3] ?? 0) + 150 * (rgb[from + 4] ?? 0) + 29 * (rgb[from + 5] ?? 0)) >> 8;
      even++;
    }
    const first = values[row + half] ?? 0;
    const odd = oddAt + row + half + (width >> 1);
    const last = values[(width & 1) === 0 ? odd - 1 : even - 1] ?? 0;
    values.fill(first, row, row + half);
    values.fill(first, oddAt + row, oddAt + row + half);
    values.fill(last, even, row + stride);
    values.fill(last, odd, oddAt + row + stride);
  }
  for (const plane of [0, oddAt]) {
    const top = plane + margin * stride;
    const bottom = plane + (margin + height - 1) * stride;
    for (let y = 0; y < margin; y++) {
      values.copyWithin(plane + y * stride, top, top + stride);
      values.copyWithin(bottom + (y + 1) * stride, bottom, bottom + stride);
    }
  }
  return { margin, stride, oddAt, values };
}

/** The samples of a picture whose split luma is known. */
export function samplesOfSplit({ margin, stride: from, oddAt, values: split }: SplitLuma, { columns, rows, stride }: LumaSamples): Uint8Array {
  const values = new Uint8Array(stride * rows);
  for (let row = 0; row < rows; row++) {
    const at = (row & 1) * oddAt + (margin + 2 * row) * from + (margin >> 1);
    values.set(split.subarray(at, at + columns), row * stride);
  }
  return values;
}
