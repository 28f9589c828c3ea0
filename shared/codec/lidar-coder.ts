import { cosine, sine, TURN } from "../trigonometry";
import { codeNumber, NUMBER_CONTEXTS, type BitCoder, type BitContexts } from "./bit-coder";

/**
 * A lidar's scan as rays: each point is a range along a bearing and a slope. Bearings and slopes hardly ever
 * change, so ranges are what is coded, each beyond what the scan before, moved by the node's motion, tells.
 * Only exact operations (IEEE 754's four, the square root, sines made of them) are used, and what they give
 * is added to what is coded: no probability depends on them.
 */
export interface Scan {
  /** Whole units of {@link BEARING_UNITS} a turn, 0 and up. */
  readonly bearings: Int32Array;
  /** Height for a range of one, times {@link SLOPE_UNITS}. */
  readonly slopes: Int32Array;
  /** Millimetres; NO_RETURN for a ray that met nothing. */
  readonly ranges: Int32Array;
}

/** Bearings a turn: half a unit is 1 mm at 20 m. */
export const BEARING_UNITS = 65536;
/** Slopes of one. */
export const SLOPE_UNITS = 4096;
/** The range of a ray without return. */
export const NO_RETURN = -1;
/** The longest range, mm. */
const MAX_RANGE = 4_000_000;
const MAX_SLOPE = 1 << 20;
/** Steps of ranges by level, mm; the noise of a lidar of this class is 10 mm (one sigma). */
const RANGE_STEPS = [10, 16, 20, 28, 40] as const;
const KINDS = 8;
const FOUND = 0;
const FIRST_RANGE = 1;
const BEARING = 2;
const SLOPE = 3;
/** Ranges with a scan before, by how rough that was around the ray: four kinds. */
const MOVED_RANGE = 4;
/** Neighbours that differ by less than this, mm, lie on the floor or the ceiling, which a ring meets in a circle. */
const CIRCLE_MM = 60;
/** Neighbours that differ by more than 1/16 and by more than 1/4 are rough, and very rough. */
const ROUGH = 16;
const VERY_ROUGH = 4;
/** A corner that would lie further than this beyond the line between its walls' points is none. */
const CORNER_REACH = 1.5;

/** Contexts of a scan. */
export const LIDAR_CONTEXTS = KINDS * NUMBER_CONTEXTS;
/** The most points of a scan: what the frame's 16-bit count of values holds. */
export const MAX_POINTS = 21845;

/** The largest error of a range at a level, mm. */
export function rangeStepMm(levelIndex: number): number {
  return RANGE_STEPS[Math.min(levelIndex, RANGE_STEPS.length - 1)] ?? 40;
}

/** Turns points (x ahead, y left, z up, in m) into rays. A point that is no number is a ray without return. */
export function scanOf(points: Float32Array): Scan {
  const count = Math.floor(points.length / 3);
  const bearings = new Int32Array(count);
  const slopes = new Int32Array(count);
  const ranges = new Int32Array(count).fill(NO_RETURN);
  for (let i = 0; i < count; i++) {
    const x = points[3 * i] ?? 0;
    const y = points[3 * i + 1] ?? 0;
    const z = points[3 * i + 2] ?? 0;
    const range = Math.sqrt(x * x + y * y);
    if (!Number.isFinite(range + z)) continue;
    const turn = Math.round((Math.atan2(y, x) / TURN) * BEARING_UNITS);
    bearings[i] = ((turn % BEARING_UNITS) + BEARING_UNITS) % BEARING_UNITS;
    // Straight up and down have no bearing: they are rays of a steep slope over a range of one step.
    const flat = Math.max(range, 0.001);
    slopes[i] = Math.max(-MAX_SLOPE, Math.min(MAX_SLOPE, Math.round((z / flat) * SLOPE_UNITS)));
    ranges[i] = Math.min(MAX_RANGE, Math.round(flat * 1000));
  }
  return { bearings, slopes, ranges };
}

/** The points of rays, in m; a ray without return gives three times infinity. */
export function pointsOf(scan: Scan): Float32Array<ArrayBuffer> {
  const points = new Float32Array(3 * scan.ranges.length).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < scan.ranges.length; i++) {
    const range = scan.ranges[i] ?? NO_RETURN;
    if (range === NO_RETURN) continue;
    const angle = ((scan.bearings[i] ?? 0) / BEARING_UNITS) * TURN;
    points[3 * i] = (range / 1000) * cosine(angle);
    points[3 * i + 1] = (range / 1000) * sine(angle);
    points[3 * i + 2] = ((range / 1000) * (scan.slopes[i] ?? 0)) / SLOPE_UNITS;
  }
  return points;
}

/** How the node moved since the scan before: ahead and left in mm, turned to the left in mrad. */
export interface Displacement {
  readonly aheadMm: number;
  readonly leftMm: number;
  readonly turnMrad: number;
}

interface MovedScan {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** The scan before in the axes of the node as it stands now. */
function movedScan(before: Scan, { aheadMm, leftMm, turnMrad }: Displacement): MovedScan {
  const count = before.ranges.length;
  const x = new Float64Array(count).fill(Number.NaN);
  const y = new Float64Array(count).fill(Number.NaN);
  const c = cosine(turnMrad / 1000);
  const s = sine(turnMrad / 1000);
  for (let i = 0; i < count; i++) {
    const range = before.ranges[i] ?? NO_RETURN;
    if (range === NO_RETURN) continue;
    const angle = ((before.bearings[i] ?? 0) / BEARING_UNITS) * TURN;
    const px = range * cosine(angle) - aheadMm;
    const py = range * sine(angle) - leftMm;
    x[i] = px * c + py * s;
    y[i] = py * c - px * s;
  }
  return { x, y };
}

/** The ray after one in its ring. */
function nextOf(slopes: Int32Array, i: number): number {
  return i + 1 < slopes.length && slopes[i + 1] === slopes[i] ? i + 1 : slopes.indexOf(slopes[i] ?? 0);
}

/** The ray before one in its ring. */
function previousOf(slopes: Int32Array, i: number): number {
  return i > 0 && slopes[i - 1] === slopes[i] ? i - 1 : slopes.lastIndexOf(slopes[i] ?? 0);
}

/** 0 where the scan before was a circle around a ray, 1 where it was smooth, 2 where rough, 3 where very rough. */
function roughness({ ranges }: Scan, i: number): number {
  const here = ranges[i] ?? 0;
  const difference = Math.max(Math.abs((ranges[i - 1] ?? here) - here), Math.abs((ranges[i + 1] ?? here) - here));
  return difference <= CIRCLE_MM ? 0 : difference * ROUGH <= here ? 1 : difference * VERY_ROUGH <= here ? 2 : 3;
}

/** How far along a ray the line through two points lies; NaN where it does not meet it ahead. */
function alongRay(dx: number, dy: number, ax: number, ay: number, bx: number, by: number): number {
  const range = (ax * by - ay * bx) / (dx * (by - ay) - dy * (bx - ax));
  return range > 0 ? range : Number.NaN;
}

/** Where neighbours do not belong to one wall: a ray's own range, less what the node came nearer along it. */
function nearedRange(before: Scan, i: number, { aheadMm, leftMm }: Displacement): number {
  const range = before.ranges[i] ?? NO_RETURN;
  if (range === NO_RETURN) return Number.NaN;
  const angle = ((before.bearings[i] ?? 0) / BEARING_UNITS) * TURN;
  return Math.max(0, range - aheadMm * cosine(angle) - leftMm * sine(angle));
}

/**
 * Where a ray meets the line between two neighbouring points of the moved scan; NaN where none covers it.
 * Points within a ring only: neighbours whose slopes differ belong to different rings.
 */
function rangeInMoved(moved: MovedScan, slopes: Int32Array, near: number, bearing: number, slope: number): number {
  const { x, y } = moved;
  const count = x.length;
  const angle = (bearing / BEARING_UNITS) * TURN;
  const dx = cosine(angle);
  const dy = sine(angle);
  for (let k = 0; k < count; k++) {
    // From the ray's own place outwards: nearly always one of the first two.
    const i = (near + ((k & 1) === 0 ? k >> 1 : count - ((k + 1) >> 1))) % count;
    if (slopes[i] !== slope) continue;
    const next = nextOf(slopes, i);
    const ax = x[i] ?? 0;
    const ay = y[i] ?? 0;
    const bx = x[next] ?? 0;
    const by = y[next] ?? 0;
    const towardsA = dx * ay - dy * ax;
    const towardsB = dx * by - dy * bx;
    if (!(towardsA <= 0 && towardsB > 0 && dx * ax + dy * ay > 0 && dx * bx + dy * by > 0)) continue;
    const rangeA = Math.sqrt(ax * ax + ay * ay);
    const rangeB = Math.sqrt(bx * bx + by * by);
    const between = Math.max(Math.min(rangeA, rangeB), Math.min(Math.max(rangeA, rangeB), alongRay(dx, dy, ax, ay, bx, by)));
    // The walls on either side carried on: in a corner of a room the nearer of the two is seen.
    const past = previousOf(slopes, i);
    const beyond = nextOf(slopes, next);
    const wallA = alongRay(dx, dy, x[past] ?? 0, y[past] ?? 0, ax, ay);
    const wallB = alongRay(dx, dy, bx, by, x[beyond] ?? 0, y[beyond] ?? 0);
    const corner = Math.min(wallA, wallB);
    return corner >= between && corner < CORNER_REACH * between ? corner : between;
  }
  return Number.NaN;
}

/**
 * Codes a scan.
 *
 * @param scan what to encode; null when decoding.
 * @param count how many points it has, at most MAX_POINTS.
 * @param before the scan before, as it was decoded; null where there is none.
 * @param displacement how the node moved since; null to expect every ray where it was.
 * @returns the scan as it is decoded.
 */
export function codeScan(
  coder: BitCoder,
  contexts: BitContexts,
  scan: Scan | null,
  count: number,
  before: Scan | null,
  displacement: Displacement | null,
  levelIndex: number,
): Scan {
  const step = rangeStepMm(levelIndex);
  const bearings = new Int32Array(count);
  const slopes = new Int32Array(count);
  const ranges = new Int32Array(count).fill(NO_RETURN);
  const known = before !== null && before.ranges.length === count ? before : null;
  const moved = known !== null && displacement !== null ? movedScan(known, displacement) : null;
  const of = (kind: number): number => kind * NUMBER_CONTEXTS;
  let lastRange = 0;
  for (let i = 0; i < count; i++) {
    const wasThere = known === null || (known.ranges[i] ?? NO_RETURN) !== NO_RETURN ? 1 : 0;
    const isThere = coder.bit(contexts, of(FOUND) + wasThere, scan !== null && (scan.ranges[i] ?? NO_RETURN) === NO_RETURN ? 1 : 0) === 0;
    const straightOn = 2 * (bearings[i - 1] ?? 0) - (bearings[i - 2] ?? bearings[i - 1] ?? 0);
    const expectedBearing = known !== null ? (known.bearings[i] ?? 0) : straightOn;
    const expectedSlope = known !== null ? (known.slopes[i] ?? 0) : (slopes[i - 1] ?? 0);
    if (!isThere) {
      // It keeps its place, so that its neighbours still find theirs.
      bearings[i] = wrapped(expectedBearing);
      slopes[i] = expectedSlope;
      continue;
    }
    const half = BEARING_UNITS / 2;
    const turn = wrapped((scan?.bearings[i] ?? 0) - expectedBearing + half) - half;
    const bearing = wrapped(expectedBearing + codeNumber(coder, contexts, of(BEARING), turn));
    const slope = limitedSlope(expectedSlope + codeNumber(coder, contexts, of(SLOPE), (scan?.slopes[i] ?? 0) - expectedSlope));
    const fromMoved =
      known === null || moved === null || displacement === null || roughness(known, i) === 0
        ? Number.NaN
        : roughness(known, i) < 3
          ? rangeInMoved(moved, known.slopes, i, bearing, slope)
          : nearedRange(known, i, displacement);
    const held = known !== null && (known.ranges[i] ?? NO_RETURN) !== NO_RETURN ? (known.ranges[i] ?? 0) : lastRange;
    const expected = Math.round((Number.isFinite(fromMoved) ? fromMoved : held) / step);
    const wanted = Math.round((scan?.ranges[i] ?? 0) / step);
    const kind = known === null ? FIRST_RANGE : MOVED_RANGE + roughness(known, i);
    const whole = expected + codeNumber(coder, contexts, of(kind), wanted - expected);
    bearings[i] = bearing;
    slopes[i] = slope;
    ranges[i] = Math.max(0, Math.min(MAX_RANGE, whole * step));
    lastRange = ranges[i] ?? 0;
  }
  return { bearings, slopes, ranges };
}

function wrapped(bearing: number): number {
  return ((bearing % BEARING_UNITS) + BEARING_UNITS) % BEARING_UNITS;
}

function limitedSlope(slope: number): number {
  return Math.max(-MAX_SLOPE, Math.min(MAX_SLOPE, slope));
}
