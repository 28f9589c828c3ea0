import type { ComparedFrame, Comparison, LevelPoint, ReferenceCodecName, Side } from "../contract/comparison";
import { quantile } from "../quantiles";
import { p95Difference, type Interval } from "./latency";
import { bjontegaardLogRate, msSsimDb, percentOfLog, type RatePoint } from "./rate-distortion";
import { meanHalfWidth } from "./student";

/** A level of a version over all frames. */
export interface CurvePoint {
  readonly level: number;
  /** Mean bytes of a picture. */
  readonly bytes: number;
  /** Bytes of all pictures before coding over those after. */
  readonly ratio: number;
  readonly msSsim: number;
  /** Mean over frames; null where no frame has one. */
  readonly psnrDb: number | null;
}

/** A setting of a reference codec over all frames. */
export interface ReferenceCurvePoint {
  readonly quality: number;
  readonly bytes: number;
  readonly msSsim: number;
}

/** By how many percent bytes differ at equal quality, with its 95 % interval over independent scenes. */
export interface RateDifference extends Interval {
  readonly scenes: number;
}

/** A rate difference, or why there is none. */
export type RateFinding =
  | { readonly found: true; readonly difference: RateDifference }
  | { readonly found: false; readonly why: "too-few-scenes" | "no-common-quality"; readonly scenes: number };

/** p50 and p95 of the processor time of a version's encodes at its default level, ms. */
export interface LatencySummary {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly count: number;
}

/** What follows from a comparison. */
export interface ComparisonSummary {
  readonly frames: number;
  readonly scenes: number;
  readonly curves: Readonly<Record<Side, readonly CurvePoint[]>>;
  readonly references: readonly { readonly codec: ReferenceCodecName; readonly points: readonly ReferenceCurvePoint[] }[];
  /** `b` against `a` on MS-SSIM and on PSNR: below 0, `b` needs fewer bytes. */
  readonly rate: { readonly msSsim: RateFinding; readonly psnr: RateFinding };
  /** Each version against each reference codec, on MS-SSIM. */
  readonly againstReferences: readonly ({ readonly codec: ReferenceCodecName } & Readonly<Record<Side, RateFinding>>)[];
  readonly latency: Readonly<Record<Side, LatencySummary>> & { readonly p95Difference: Interval | null };
}

/** Fewer independent scenes than this say nothing about others. */
export const LEAST_SCENES = 3;
/** PSNR of equal pictures, for curves that need a number. */
const EQUAL_PSNR_DB = 100;

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function groupBy<Value, Key>(values: readonly Value[], keyOf: (value: Value) => Key): ReadonlyMap<Key, readonly Value[]> {
  const groups = new Map<Key, Value[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}

/** Mean bytes and quality of each level over some frames. */
function levelMeans(frames: readonly ComparedFrame[], side: Side, qualityOf: (points: readonly LevelPoint[]) => number): readonly RatePoint[] {
  const byLevel = groupBy(
    frames.flatMap((frame) => frame[side]),
    (point) => point.level,
  );
  return [...byLevel.values()].map((points) => ({ rate: meanOf(points.map((point) => point.cameraBytes)), quality: qualityOf(points) }));
}

function onMsSsim(points: readonly { readonly msSsim: number }[]): number {
  return msSsimDb(meanOf(points.map((point) => point.msSsim)));
}

function onPsnr(points: readonly LevelPoint[]): number {
  return meanOf(points.map((point) => point.psnrDb ?? EQUAL_PSNR_DB));
}

function referenceMeans(frames: readonly ComparedFrame[], codec: ReferenceCodecName): readonly RatePoint[] {
  const points = frames.flatMap((frame) => frame.references).filter((point) => point.codec === codec);
  const byQuality = groupBy(points, (point) => point.quality);
  return [...byQuality.values()].map((group) => ({ rate: meanOf(group.map((point) => point.bytes)), quality: onMsSsim(group) }));
}

/** The rate difference over scenes: frames of one scene resemble each other, so a scene counts once. */
function rateFinding(
  scenes: readonly (readonly ComparedFrame[])[],
  anchor: (frames: readonly ComparedFrame[]) => readonly RatePoint[],
  tested: (frames: readonly ComparedFrame[]) => readonly RatePoint[],
): RateFinding {
  if (scenes.length < LEAST_SCENES) return { found: false, why: "too-few-scenes", scenes: scenes.length };
  const logRates = scenes.map((frames) => bjontegaardLogRate(anchor(frames), tested(frames))).filter((logRate) => logRate !== null);
  if (logRates.length < LEAST_SCENES) return { found: false, why: "no-common-quality", scenes: logRates.length };
  const mean = meanOf(logRates);
  const half = meanHalfWidth(logRates);
  return {
    found: true,
    difference: { value: percentOfLog(mean), low: percentOfLog(mean - half), high: percentOfLog(mean + half), scenes: logRates.length },
  };
}

function curveOf(frames: readonly ComparedFrame[], side: Side): readonly CurvePoint[] {
  const bytesIn = frames.reduce((sum, frame) => sum + frame.cameraBytesIn, 0);
  const byLevel = groupBy(
    frames.flatMap((frame) => frame[side]),
    (point) => point.level,
  );
  return [...byLevel].map(([level, points]) => {
    const bytes = meanOf(points.map((point) => point.cameraBytes));
    const psnrs = points.map((point) => point.psnrDb).filter((psnr) => psnr !== null);
    return {
      level,
      bytes,
      ratio: bytesIn / frames.length / bytes,
      msSsim: meanOf(points.map((point) => point.msSsim)),
      psnrDb: psnrs.length === 0 ? null : meanOf(psnrs),
    };
  });
}

function referenceCurve(frames: readonly ComparedFrame[], codec: ReferenceCodecName): readonly ReferenceCurvePoint[] {
  const points = frames.flatMap((frame) => frame.references).filter((point) => point.codec === codec);
  return [...groupBy(points, (point) => point.quality)].map(([quality, group]) => ({
    quality,
    bytes: meanOf(group.map((point) => point.bytes)),
    msSsim: meanOf(group.map((point) => point.msSsim)),
  }));
}

function latencyOf(encodeMs: readonly number[]): LatencySummary {
  return { p50Ms: quantile(encodeMs, 0.5), p95Ms: quantile(encodeMs, 0.95), count: encodeMs.length };
}

/** Draws the conclusions from what was measured. */
export function summarise(comparison: Comparison): ComparisonSummary {
  const { frames } = comparison;
  const scenes = [...groupBy(frames, (frame) => frame.scene).values()];
  const sideOnMsSsim = (side: Side) => (some: readonly ComparedFrame[]) => levelMeans(some, side, onMsSsim);
  const codecs = [...new Set(frames.flatMap((frame) => frame.references.map((point) => point.codec)))];
  const [a, b] = [[...comparison.a.encodeMs], [...comparison.b.encodeMs]];
  return {
    frames: frames.length,
    scenes: scenes.length,
    curves: { a: curveOf(frames, "a"), b: curveOf(frames, "b") },
    references: codecs.map((codec) => ({ codec, points: referenceCurve(frames, codec) })),
    rate: {
      msSsim: rateFinding(scenes, sideOnMsSsim("a"), sideOnMsSsim("b")),
      psnr: rateFinding(
        scenes,
        (some) => levelMeans(some, "a", onPsnr),
        (some) => levelMeans(some, "b", onPsnr),
      ),
    },
    againstReferences: codecs.map((codec) => ({
      codec,
      a: rateFinding(scenes, (some) => referenceMeans(some, codec), sideOnMsSsim("a")),
      b: rateFinding(scenes, (some) => referenceMeans(some, codec), sideOnMsSsim("b")),
    })),
    latency: { a: latencyOf(a), b: latencyOf(b), p95Difference: p95Difference(a, b, frames.length) },
  };
}

/** The same comparison with both versions exchanged. */
export function exchangeSides(comparison: Comparison): Comparison {
  return { ...comparison, a: comparison.b, b: comparison.a, frames: comparison.frames.map((frame) => ({ ...frame, a: frame.b, b: frame.a })) };
}
