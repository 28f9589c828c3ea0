import { msSsim, psnrDb } from "../../shared/codec/ms-ssim";
import type { CameraImage } from "../../shared/codec/sensor-frame";
import type { ComparedFrame, ComparedVersion, Comparison, FrameSource, LevelPoint, ReferencePoint, Side } from "../../shared/contract/comparison";
import { fail, ok, type Result } from "../../shared/result";
import type { DecodedFrame, MonotonicMs } from "../edge/codec/frame-codec";
import type { ModelSession } from "../edge/codec/picture-codec";
import type { ComparedInput, Scene, SceneFrame } from "./frame-sets";
import { createModalityTally, type ModalityTally } from "./modality-tally";
import type { ReferenceCodec } from "./reference-codecs";
import { cameraBytesOf, openStream, pictureOf, type CodecStream, type EncodedInput } from "./streams";

/** One of the two versions, opened. */
export interface Contender {
  readonly session: ModelSession;
  readonly family: string;
  readonly hash: string;
  readonly drill: boolean;
}

/** What is measured, with what, and who hears about it. */
export interface MeasureParts {
  readonly a: Contender;
  readonly b: Contender;
  readonly source: FrameSource;
  /** At least one, each with at least one frame. */
  readonly scenes: readonly Scene[];
  /** Null leaves JPEG and WebP out. */
  readonly references: Result<readonly ReferenceCodec[], "NOT_AVAILABLE">;
  /** Processor time of this process, ms: an encode that waits for a core is not a slower encode. */
  readonly processorMs: MonotonicMs;
  /** Wall time, ms. */
  readonly wallMs: MonotonicMs;
  onProgress(done: number, total: number, doing: string): void;
  /** Awaited between two steps: other work may have its turn. */
  turn(): Promise<void>;
}

const SIDES: readonly Side[] = ["a", "b"];
/** Encodes of each version whose time is taken, at least; more frames give more. */
const LEAST_LATENCIES = 120;
/** Rounds of latency on few frames, at most. */
const MOST_ROUNDS = 12;
/** Encodes before anything is measured: the first run code that is not compiled yet. */
const WARM_UP = 6;

interface Entry extends Contender {
  readonly levels: readonly number[];
  readonly tally: ModalityTally;
  readonly encodeMs: Float64Array<ArrayBuffer>;
}

type BySide<Value> = Readonly<Record<Side, Value>>;

interface Run {
  readonly parts: MeasureParts;
  readonly entries: BySide<Entry>;
  readonly frameCount: number;
  readonly rounds: number;
  /** Steps done; one is a level of a version, a reference codec, or a round of latency on one frame. */
  done: number;
  readonly total: number;
  /** Wall time of all encodes that were timed, ms. */
  timedWallMs: number;
}

function startRun(parts: MeasureParts): Run {
  const frameCount = parts.scenes.reduce((sum, scene) => sum + scene.frames.length, 0);
  const rounds = Math.min(MOST_ROUNDS, Math.max(1, Math.ceil(LEAST_LATENCIES / frameCount)));
  const entry = (contender: Contender): Entry => ({
    ...contender,
    levels: contender.session.entropy.levels.map((each) => each.level),
    tally: createModalityTally(),
    encodeMs: new Float64Array(frameCount * rounds),
  });
  const entries = { a: entry(parts.a), b: entry(parts.b) };
  const perFrame = entries.a.levels.length + entries.b.levels.length + (parts.references.ok ? parts.references.value.length : 0) + rounds;
  return { parts, entries, frameCount, rounds, done: 0, timedWallMs: 0, total: frameCount * perFrame };
}

async function step(run: Run, doing: string): Promise<void> {
  run.done += 1;
  run.parts.onProgress(run.done, run.total, doing);
  await run.parts.turn();
}

/** Measures one decoded frame against its original. */
export function pointOf(level: number, original: CameraImage, encoded: EncodedInput, decoded: DecodedFrame): LevelPoint {
  const psnr = psnrDb(original, decoded.camera);
  return {
    level,
    cameraBytes: cameraBytesOf(encoded),
    totalBytes: encoded.bytes.length,
    psnrDb: Number.isFinite(psnr) ? psnr : null,
    msSsim: msSsim(original, decoded.camera),
  };
}

async function measurePoint(entry: Entry, stream: CodecStream, level: number, input: ComparedInput): Promise<Result<LevelPoint>> {
  const encoded = await stream.encode(input);
  if (!encoded.ok) return encoded;
  const decoded = await stream.decode(encoded.value.bytes);
  if (!decoded.ok) return decoded;
  entry.tally.add(level, input, encoded.value, decoded.value);
  return ok(pointOf(level, pictureOf(input), encoded.value, decoded.value));
}

async function measureReference(reference: ReferenceCodec, image: CameraImage): Promise<readonly ReferencePoint[]> {
  const points: ReferencePoint[] = [];
  for (const quality of reference.qualities) {
    const bytes = await reference.encode(image, quality);
    const decoded = await reference.decode(bytes, image);
    points.push({ codec: reference.codec, quality, bytes: bytes.length, msSsim: msSsim(image, decoded) });
  }
  return points;
}

/** Streams of both versions through one scene, one for every level. */
type SceneStreams = BySide<ReadonlyMap<number, CodecStream>>;

function openScene(run: Run): SceneStreams {
  const open = ({ session, levels }: Entry): ReadonlyMap<number, CodecStream> =>
    new Map(levels.map((level) => [level, openStream(session, level, run.parts.processorMs)]));
  return { a: open(run.entries.a), b: open(run.entries.b) };
}

async function measureFrame(run: Run, scene: Scene, streams: SceneStreams, frame: SceneFrame, input: ComparedInput): Promise<Result<ComparedFrame>> {
  const points: BySide<LevelPoint[]> = { a: [], b: [] };
  for (const side of SIDES) {
    const entry = run.entries[side];
    for (const [level, stream] of streams[side]) {
      const point = await measurePoint(entry, stream, level, input);
      if (!point.ok) return fail(point.error.code, `${frame.name}, ${entry.session.version} level ${String(level)}: ${point.error.message}`);
      points[side].push(point.value);
      await step(run, frame.name);
    }
  }
  const image = pictureOf(input);
  const references: ReferencePoint[] = [];
  for (const reference of run.parts.references.ok ? run.parts.references.value : []) {
    references.push(...(await measureReference(reference, image)));
    await step(run, frame.name);
  }
  const { width, height, rgb } = image;
  return ok({ name: frame.name, scene: scene.name, width, height, cameraBytesIn: rgb.length, ...points, references });
}

/** Which side goes first: what one leaves behind must not always meet the other. */
function inTurns(turn: number): readonly Side[] {
  return turn % 2 === 0 ? SIDES : ["b", "a"];
}

/** Takes the time of encodes at the default levels, both versions in turns on the same frame. */
async function measureLatency(run: Run, inputs: readonly ComparedInput[], firstFrame: number): Promise<Result<null>> {
  const { entries, parts } = run;
  for (let round = 0; round < run.rounds; round++) {
    const open = ({ session }: Entry): CodecStream => openStream(session, session.defaultLevel, parts.processorMs);
    const streams: BySide<CodecStream> = { a: open(entries.a), b: open(entries.b) };
    for (const [index, input] of inputs.entries()) {
      for (const side of inTurns(round + index)) {
        const startMs = parts.wallMs();
        const encoded = await streams[side].encode(input);
        if (!encoded.ok) return encoded;
        run.timedWallMs += parts.wallMs() - startMs;
        entries[side].encodeMs[round * run.frameCount + firstFrame + index] = encoded.value.encodeMs;
      }
      await step(run, "encode latency, in turns");
    }
  }
  return ok(null);
}

async function readScene(scene: Scene): Promise<Result<readonly ComparedInput[]>> {
  const inputs: ComparedInput[] = [];
  for (const frame of scene.frames) {
    const input = await frame.read();
    if (!input.ok) return input;
    inputs.push(input.value);
  }
  return ok(inputs);
}

async function warmUp(run: Run, input: ComparedInput): Promise<Result<null>> {
  for (const side of SIDES) {
    const { session } = run.entries[side];
    for (let i = 0; i < WARM_UP; i++) {
      const encoded = await openStream(session, session.defaultLevel, run.parts.processorMs).encode(input);
      if (!encoded.ok) return encoded;
    }
  }
  return ok(null);
}

function versionOf({ session, family, hash, drill, levels, tally, encodeMs }: Entry): ComparedVersion {
  return {
    version: session.version,
    family,
    hash,
    drill,
    levels: [...levels],
    defaultLevel: session.defaultLevel,
    encodeMs,
    modalities: [...tally.totals()],
  };
}

/**
 * Measures two versions on the same frames: bytes and quality at every level, their modalities, and the time
 * that encodes take, in turns.
 *
 * @returns the first failure of a frame that cannot be read, encoded or decoded, with its name.
 */
export async function measureComparison(parts: MeasureParts): Promise<Result<Comparison>> {
  const run = startRun(parts);
  const frames: ComparedFrame[] = [];
  for (const scene of parts.scenes) {
    const inputs = await readScene(scene);
    if (!inputs.ok) return inputs;
    const [first] = inputs.value;
    if (frames.length === 0 && first !== undefined) {
      const warm = await warmUp(run, first);
      if (!warm.ok) return warm;
    }
    const firstFrame = frames.length;
    const streams = openScene(run);
    for (const [index, input] of inputs.value.entries()) {
      const frame = scene.frames[index];
      if (frame === undefined) continue;
      const measured = await measureFrame(run, scene, streams, frame, input);
      if (!measured.ok) return measured;
      frames.push(measured.value);
    }
    const timed = await measureLatency(run, inputs.value, firstFrame);
    if (!timed.ok) return timed;
  }
  const noReferences = parts.references.ok ? null : parts.references.error.message;
  const timedMs = [...run.entries.a.encodeMs, ...run.entries.b.encodeMs].reduce((sum, ms) => sum + ms, 0);
  const wallShare = timedMs > 0 ? run.timedWallMs / timedMs : 1;
  return ok({ source: parts.source, a: versionOf(run.entries.a), b: versionOf(run.entries.b), frames, noReferences, wallShare });
}
