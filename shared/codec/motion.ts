import type { CameraImage } from "./sensor-frame";

/**
 * Block motion between two pictures: where in the one before a block of the present one was. The vectors are
 * coded, so that encoder and decoder move the same blocks whatever found the vectors.
 */
export interface MotionField {
  readonly blockColumns: number;
  readonly blockRows: number;
  /**
   * dx, dy of each block, row by row, in 1/VECTOR_UNITS of a pixel: the block at (x, y) is predicted by the
   * reference at (x + dx, y + dy).
   */
  readonly vectors: Int16Array;
}

/** Side of a block in pixels. */
export const MOTION_BLOCK = 16;
/** Parts of a pixel that a vector counts. */
export const VECTOR_UNITS = 4;
/** The largest component of a vector, either way, in parts of a pixel. */
export const MAX_VECTOR = 127 * VECTOR_UNITS;
/** How far beyond its border a reference is continued, in pixels, by repeating its edge. */
const MARGIN = 32;
/** A vector away from what its neighbours predict must save this much of difference a part of a pixel. */
const DISTANCE_COST = 3;
/** The coarse picture for the motion of the whole has one pixel for this many squared. */
const COARSE = 8;
const COARSE_RANGE_X = 8;
const COARSE_RANGE_Y = 4;
/** The first step of a walk, in parts of a pixel. */
const FIRST_STEP = 16;

/** A field without motion for a picture of the given size. */
export function stillField(width: number, height: number): MotionField {
  const blockColumns = Math.ceil(width / MOTION_BLOCK);
  const blockRows = Math.ceil(height / MOTION_BLOCK);
  return { blockColumns, blockRows, vectors: new Int16Array(2 * blockColumns * blockRows) };
}

interface Plane {
  readonly width: number;
  readonly height: number;
  readonly values: Uint8Array;
}

/** Luma with `margin` pixels of repeated edge around it. */
function lumaPlane({ width, height, rgb }: CameraImage, margin: number): Plane {
  const stride = width + 2 * margin;
  const values = new Uint8Array(stride * (height + 2 * margin));
  for (let y = 0; y < height; y++) {
    const row = (y + margin) * stride;
    let to = row + margin;
    for (let from = 3 * y * width, end = from + 3 * width; from < end; from += 3) {
      values[to++] = (77 * (rgb[from] ?? 0) + 150 * (rgb[from + 1] ?? 0) + 29 * (rgb[from + 2] ?? 0)) >> 8;
    }
    values.fill(values[row + margin] ?? 0, row, row + margin);
    values.fill(values[to - 1] ?? 0, to, to + margin);
  }
  const first = values.slice(margin * stride, (margin + 1) * stride);
  const last = values.slice((margin + height - 1) * stride, (margin + height) * stride);
  for (let y = 0; y < margin; y++) {
    values.set(first, y * stride);
    values.set(last, (margin + height + y) * stride);
  }
  return { width: stride, height: height + 2 * margin, values };
}

/** Means over squares of COARSE x COARSE inside the margin. */
function coarsePlane(plane: Plane, margin: number): Plane {
  const width = Math.floor((plane.width - 2 * margin) / COARSE);
  const height = Math.floor((plane.height - 2 * margin) / COARSE);
  const values = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let v = 0; v < COARSE; v += 2) {
        const from = (margin + y * COARSE + v) * plane.width + margin + x * COARSE;
        for (let u = 0; u < COARSE; u += 2) sum += plane.values[from + u] ?? 0;
      }
      values[y * width + x] = sum >> 4;
    }
  }
  return { width, height, values };
}

/** Mean difference of two coarse planes where the second, moved by (dx, dy), covers the first; times 256. */
function coarseDifference(a: Plane, b: Plane, dx: number, dy: number): number {
  let sum = 0;
  let count = 0;
  const left = Math.max(0, -dx);
  const right = Math.min(a.width, a.width - dx);
  for (let y = Math.max(0, -dy); y < Math.min(a.height, a.height - dy); y++) {
    let at = y * a.width + left;
    let from = (y + dy) * a.width + left + dx;
    for (let x = left; x < right; x++) sum += Math.abs((a.values[at++] ?? 0) - (b.values[from++] ?? 0));
    count += right - left;
  }
  return count === 0 ? Number.MAX_SAFE_INTEGER : (256 * sum) / count;
}

/** The motion of the picture as a whole, in parts of a pixel, to the nearest coarse pixel. */
function wholeMotion(current: Plane, reference: Plane): readonly [dx: number, dy: number] {
  const a = coarsePlane(current, MARGIN);
  const b = coarsePlane(reference, MARGIN);
  let best = coarseDifference(a, b, 0, 0);
  let found: readonly [number, number] = [0, 0];
  for (let dy = -COARSE_RANGE_Y; dy <= COARSE_RANGE_Y; dy++) {
    for (let dx = -COARSE_RANGE_X; dx <= COARSE_RANGE_X; dx++) {
      const difference = coarseDifference(a, b, dx, dy) + Math.abs(dx) + Math.abs(dy);
      if (difference < best) {
        best = difference;
        found = [dx * COARSE * VECTOR_UNITS, dy * COARSE * VECTOR_UNITS];
      }
    }
  }
  return found;
}

/**
 * Looks for the motion of every block: from what its neighbours, the caller's guess and the whole picture
 * suggest, by halving steps down to a part of a pixel.
 *
 * @param guess vectors expected, laid out as in a field; what the motion of the node and its lidar say.
 */
export function estimateMotion(current: CameraImage, reference: CameraImage, guess: Int16Array | null): MotionField {
  const { width, height } = current;
  const field = stillField(width, height);
  const { blockColumns, blockRows, vectors } = field;
  const a = lumaPlane(current, MARGIN);
  const b = lumaPlane(reference, MARGIN);
  const [wholeX, wholeY] = wholeMotion(a, b);
  const search = createBlockSearch(a, b, width, height);
  for (let row = 0; row < blockRows; row++) {
    for (let column = 0; column < blockColumns; column++) {
      const at = 2 * (row * blockColumns + column);
      const [expectedX, expectedY] = expectedVector(field, row, column);
      search.begin(column * MOTION_BLOCK, row * MOTION_BLOCK, expectedX, expectedY);
      search.consider(0, 0);
      search.consider(expectedX, expectedY);
      search.consider(wholeX, wholeY);
      if (column > 0) search.consider(vectors[at - 2] ?? 0, vectors[at - 1] ?? 0);
      if (row > 0) search.consider(vectors[at - 2 * blockColumns] ?? 0, vectors[at - 2 * blockColumns + 1] ?? 0);
      if (guess !== null) search.consider(guess[at] ?? 0, guess[at + 1] ?? 0);
      const [x, y] = search.refine();
      vectors[at] = x;
      vectors[at + 1] = y;
    }
  }
  return field;
}

interface BlockSearch {
  /** Begins with a block and the vector that is expected of it. */
  begin(x: number, y: number, expectedX: number, expectedY: number): void;
  /** Takes a vector if it is better than the best so far. */
  consider(dx: number, dy: number): void;
  /** Walks downhill in halving steps from the best so far. */
  refine(): readonly [dx: number, dy: number];
}

function createBlockSearch(a: Plane, b: Plane, width: number, height: number): BlockSearch {
  const stride = a.width;
  const av = a.values;
  const bv = b.values;
  let x = 0;
  let y = 0;
  let blockWidth = 0;
  let blockHeight = 0;
  let expectedX = 0;
  let expectedY = 0;
  let bestX = 0;
  let bestY = 0;
  let best = 0;

  /** Sum of differences over a quarter of the block's pixels, at most `limit`; whole pixels. */
  function wholeDifference(from: number, to: number, limit: number): number {
    let sum = 0;
    for (let v = 0; v < blockHeight && sum < limit; v += 2) {
      let i = from + v * stride + ((v & 2) >> 1);
      let j = to + v * stride + ((v & 2) >> 1);
      for (const end = i + blockWidth - 1; i <= end; i += 2) {
        sum += Math.abs((av[i] ?? 0) - (bv[j] ?? 0));
        j += 2;
      }
    }
    return sum;
  }
  /** The same between pixels, by the weights of the four around. */
  function partDifference(from: number, to: number, fx: number, fy: number, limit: number): number {
    const w00 = (VECTOR_UNITS - fx) * (VECTOR_UNITS - fy);
    const w01 = fx * (VECTOR_UNITS - fy);
    const w10 = (VECTOR_UNITS - fx) * fy;
    const w11 = fx * fy;
    let sum = 0;
    for (let v = 0; v < blockHeight && sum < limit; v += 2) {
      let i = from + v * stride + ((v & 2) >> 1);
      let j = to + v * stride + ((v & 2) >> 1);
      for (const end = i + blockWidth - 1; i <= end; i += 2) {
        const value = (w00 * (bv[j] ?? 0) + w01 * (bv[j + 1] ?? 0) + w10 * (bv[j + stride] ?? 0) + w11 * (bv[j + stride + 1] ?? 0) + 8) >> 4;
        sum += Math.abs((av[i] ?? 0) - value);
        j += 2;
      }
    }
    return sum;
  }
  function consider(dx: number, dy: number): void {
    if (dx > MAX_VECTOR || dy > MAX_VECTOR || dx < -MAX_VECTOR || dy < -MAX_VECTOR) return;
    const px = dx >> 2;
    const py = dy >> 2;
    if (x + px < -MARGIN || y + py < -MARGIN || x + px + blockWidth >= width + MARGIN || y + py + blockHeight >= height + MARGIN) return;
    const cost = DISTANCE_COST * (Math.abs(dx - expectedX) + Math.abs(dy - expectedY));
    if (cost >= best) return;
    const from = (MARGIN + y) * stride + MARGIN + x;
    const to = from + py * stride + px;
    const fx = dx & 3;
    const fy = dy & 3;
    const sum = cost + (fx === 0 && fy === 0 ? wholeDifference(from, to, best) : partDifference(from, to, fx, fy, best));
    if (sum >= best) return;
    best = sum;
    bestX = dx;
    bestY = dy;
  }
  return {
    begin: (atX, atY, toX, toY) => {
      x = atX;
      y = atY;
      blockWidth = Math.min(MOTION_BLOCK, width - x);
      blockHeight = Math.min(MOTION_BLOCK, height - y);
      expectedX = toX;
      expectedY = toY;
      best = Number.MAX_SAFE_INTEGER;
    },
    consider,
    refine: () => {
      for (let step = FIRST_STEP; step >= 1; step >>= 1) {
        for (let round = 0; round < 4; round++) {
          const fromX = bestX;
          const fromY = bestY;
          consider(fromX - step, fromY);
          consider(fromX + step, fromY);
          consider(fromX, fromY - step);
          consider(fromX, fromY + step);
          if (bestX === fromX && bestY === fromY) break;
        }
      }
      return [bestX, bestY];
    },
  };
}

function middle(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/** What the blocks coded before predict for one block: the middle of left, upper and upper right. */
export function expectedVector(field: MotionField, row: number, column: number): readonly [dx: number, dy: number] {
  const { blockColumns, vectors } = field;
  const at = 2 * (row * blockColumns + column);
  if (row === 0) return column === 0 ? [0, 0] : [vectors[at - 2] ?? 0, vectors[at - 1] ?? 0];
  const up = at - 2 * blockColumns;
  const left = column === 0 ? up : at - 2;
  const upRight = column === blockColumns - 1 ? up : up + 2;
  return [
    middle(vectors[left] ?? 0, vectors[up] ?? 0, vectors[upRight] ?? 0),
    middle(vectors[left + 1] ?? 0, vectors[up + 1] ?? 0, vectors[upRight + 1] ?? 0),
  ];
}

/**
 * Moves the blocks of a reference to where a field says that they are now; between pixels by the weights of the
 * four around, rounded to whole values.
 *
 * @returns a picture of the reference's size; beyond its border a reference repeats its edge.
 */
export function compensate(reference: CameraImage, field: MotionField): CameraImage {
  const { width, height, rgb } = reference;
  const { blockColumns, blockRows, vectors } = field;
  const moved = new Uint8Array(rgb.length);
  for (let row = 0; row < blockRows; row++) {
    for (let column = 0; column < blockColumns; column++) {
      const at = 2 * (row * blockColumns + column);
      const dx = vectors[at] ?? 0;
      const dy = vectors[at + 1] ?? 0;
      const x = column * MOTION_BLOCK;
      const right = Math.min(width, x + MOTION_BLOCK);
      const bottom = Math.min(height, (row + 1) * MOTION_BLOCK);
      const isInside = x + (dx >> 2) >= 0 && right + (dx >> 2) + 1 <= width;
      for (let y = row * MOTION_BLOCK; y < bottom; y++) {
        const top = Math.max(0, Math.min(height - 1, y + (dy >> 2))) * width;
        const below = Math.max(0, Math.min(height - 1, y + (dy >> 2) + 1)) * width;
        const to = 3 * (y * width + x);
        if (isInside) moveInside(rgb, moved, 3 * (top + x + (dx >> 2)), 3 * (below + x + (dx >> 2)), to, 3 * (right - x), dx & 3, dy & 3);
        else moveAtBorder(rgb, moved, top, below, x + (dx >> 2), width, to, right - x, dx & 3, dy & 3);
      }
    }
  }
  return { width, height, rgb: moved };
}

/** One line of a block whose source lies inside the picture. */
function moveInside(rgb: Uint8Array, moved: Uint8Array, top: number, below: number, to: number, count: number, fx: number, fy: number): void {
  if (fx === 0 && fy === 0) {
    for (let i = 0; i < count; i++) moved[to + i] = rgb[top + i] ?? 0;
    return;
  }
  const w00 = (VECTOR_UNITS - fx) * (VECTOR_UNITS - fy);
  const w01 = fx * (VECTOR_UNITS - fy);
  const w10 = (VECTOR_UNITS - fx) * fy;
  const w11 = fx * fy;
  // A pixel that has no part in the mean must not be read from beyond the line's end.
  const next = fx === 0 ? 0 : 3;
  for (let i = 0; i < count; i++) {
    const t = top + i;
    const b = below + i;
    moved[to + i] = (w00 * (rgb[t] ?? 0) + w01 * (rgb[t + next] ?? 0) + w10 * (rgb[b] ?? 0) + w11 * (rgb[b + next] ?? 0) + 8) >> 4;
  }
}

/** One line of a block whose source reaches beyond the border. */
function moveAtBorder(
  rgb: Uint8Array,
  moved: Uint8Array,
  top: number,
  below: number,
  from: number,
  width: number,
  to: number,
  count: number,
  fx: number,
  fy: number,
): void {
  for (let u = 0; u < count; u++) {
    const left = 3 * Math.max(0, Math.min(width - 1, from + u));
    const right = 3 * Math.max(0, Math.min(width - 1, from + u + 1));
    for (let channel = 0; channel < 3; channel++) {
      const upper = (VECTOR_UNITS - fx) * (rgb[3 * top + left + channel] ?? 0) + fx * (rgb[3 * top + right + channel] ?? 0);
      const lower = (VECTOR_UNITS - fx) * (rgb[3 * below + left + channel] ?? 0) + fx * (rgb[3 * below + right + channel] ?? 0);
      moved[to + 3 * u + channel] = ((VECTOR_UNITS - fy) * upper + fy * lower + 8) >> 4;
    }
  }
}
