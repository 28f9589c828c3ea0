import type { ComparedFrame, ComparedVersion, Comparison, LevelPoint } from "../contract/comparison";

/** What a fixture's comparison is like. */
export interface ComparisonShape {
  readonly scenes?: number;
  readonly framesPerScene?: number;
  /** Bytes of B over those of A at equal quality, by scene. */
  readonly ratioOf?: (scene: number) => number;
  /** Taken from the quality of B: 0.3 leaves no common quality. */
  readonly worseBy?: number;
  /** Processor time of an encode, ms, by its place. */
  readonly encodeA?: (index: number) => number;
  readonly encodeB?: (index: number) => number;
  readonly wallShare?: number;
  /** Bytes of JPEG over those of A at equal quality; none without. */
  readonly jpeg?: number;
}

const LEVELS = [1, 2, 3, 4, 5] as const;
const ROUNDS = 4;

function pointsOf(scene: number, bytesFactor: number, worseBy: number): LevelPoint[] {
  return LEVELS.map((level) => {
    const bytes = Math.round((8000 / 1.5 ** level) * (1 + 0.1 * scene) * bytesFactor);
    return { level, cameraBytes: bytes, totalBytes: bytes + 500, psnrDb: 38 - 2 * level, msSsim: 1 - worseBy - 0.005 * 1.6 ** level };
  });
}

function versionOf(version: string, encodeMs: Float64Array<ArrayBuffer>): ComparedVersion {
  return {
    version,
    family: "patch-autoencoder",
    hash: "0".repeat(64),
    drill: false,
    levels: [...LEVELS],
    defaultLevel: 3,
    encodeMs,
    modalities: [
      totals("camera", 1000, 50, 0, 1),
      totals("lidar", 768, 200, 0.0036, 100),
      totals("imu", 24, 8, 0, 100),
      totals("audio", 8192, 1000, 1, 1000),
    ],
  };
}

function totals(modality: "camera" | "lidar" | "imu" | "audio", bytesIn: number, bytesOut: number, squaredError: number, squaredSignal: number) {
  return { level: 3, modality, frames: 2, fewestValues: 96, mostValues: 192, values: 100, bytesIn, bytesOut, squaredError, squaredSignal };
}

/** A comparison of 1.0.0 with 1.1.0 for tests: 1.1.0 needs a fifth fewer bytes and 3 ms more unless told otherwise. */
export function comparisonFixture(shape: ComparisonShape = {}): Comparison {
  const { scenes = 6, framesPerScene = 2, ratioOf = (scene) => 0.8 + 0.01 * (scene % 3), worseBy = 0, jpeg } = shape;
  const frames = Array.from({ length: scenes * framesPerScene }, (_, index): ComparedFrame => {
    const scene = Math.floor(index / framesPerScene);
    const a = pointsOf(scene, 1, 0);
    return {
      name: `hall ${scene}, frame ${index}`,
      scene: `hall ${scene}`,
      width: 320,
      height: 240,
      cameraBytesIn: 230_400,
      a,
      b: pointsOf(scene, ratioOf(scene), worseBy),
      references:
        jpeg === undefined ? [] : a.map(({ level, cameraBytes, msSsim }) => ({ codec: "jpeg", quality: 10 * level, bytes: Math.round(jpeg * cameraBytes), msSsim })),
    };
  });
  const { encodeA = (index) => 10 + (index % 7), encodeB = (index) => 13 + (index % 7) } = shape;
  const count = frames.length * ROUNDS;
  return {
    source: "held-out",
    a: versionOf("1.0.0", Float64Array.from({ length: count }, (_, index) => encodeA(index))),
    b: versionOf("1.1.0", Float64Array.from({ length: count }, (_, index) => encodeB(index))),
    frames,
    noReferences: null,
    wallShare: shape.wallShare ?? 1,
  };
}
