import type { Comparison, ShownFrame } from "../../shared/contract/comparison";
import { fail, ok, type Result } from "../../shared/result";
import type { MonotonicMs } from "../edge/codec/frame-codec";
import type { ModelSession } from "../edge/codec/picture-codec";
import type { ModelPlaces, VerifiedModel } from "../registry/registry";
import { folderScenes, heldOutScenes, type Scene } from "./frame-sets";
import { measureComparison, type Contender, type MeasureParts } from "./measure";
import type { ComparedFrames, ComparisonJob } from "./protocol";
import type { ReferenceCodec } from "./reference-codecs";
import { createViewer } from "./viewer";

/** A version that was opened and must be closed. */
export type OpenedModel = ModelSession & { close(): Promise<void> };

/** What a bench needs from its surroundings; tests put fakes in their places. */
export interface BenchParts {
  readModel(places: ModelPlaces, version: string): Promise<Result<VerifiedModel>>;
  openModel(model: VerifiedModel): Promise<Result<OpenedModel>>;
  loadReferences(): Promise<Result<readonly ReferenceCodec[], "NOT_AVAILABLE">>;
  readonly processorMs: MonotonicMs;
  readonly wallMs: MonotonicMs;
}

/** Two opened versions and the frames that they are compared on. */
export interface ComparisonBench {
  measure(progress: Pick<MeasureParts, "onProgress" | "turn">): Promise<Result<Comparison>>;
  show(frame: number, levelA: number, levelB: number): Promise<Result<ShownFrame>>;
  close(): Promise<void>;
}

interface Opened {
  readonly contender: Contender;
  close(): Promise<void>;
}

async function openVersion(parts: BenchParts, places: ModelPlaces, version: string): Promise<Result<Opened>> {
  const model = await parts.readModel(places, version);
  if (!model.ok) return model;
  const session = await parts.openModel(model.value);
  if (!session.ok) return session;
  const { manifest, manifestSha256 } = model.value;
  const contender = { session: session.value, family: manifest.family, hash: manifestSha256, drill: manifest.drill };
  return ok({ contender, close: () => session.value.close() });
}

async function scenesOf(frames: ComparedFrames): Promise<Result<readonly Scene[]>> {
  return frames.source === "held-out" ? ok(heldOutScenes(frames.size)) : folderScenes(frames.folder);
}

/** What the runtime throws while it runs a model is a fault of the model or of memory, not a bug of ours. */
async function caught<Value>(work: () => Promise<Result<Value>>): Promise<Result<Value>> {
  try {
    return await work();
  } catch (thrown) {
    const reason = thrown instanceof Error ? (thrown.message.split("\n")[0] ?? "") : String(thrown);
    return fail("MODEL_LOAD_FAILED", `A model failed while it ran: ${reason.slice(0, 200)}`);
  }
}

/**
 * Verifies and opens both versions and looks up the frames.
 *
 * @returns what the registry or the runtime says of a version that cannot be used, FILE_READ_FAILED for a
 * folder without pictures, BAD_REQUEST for a version against itself.
 */
export async function openBench(job: ComparisonJob, parts: BenchParts): Promise<Result<ComparisonBench>> {
  const { versionA, versionB } = job;
  if (versionA === versionB) return fail("BAD_REQUEST", `${versionA} cannot be compared with itself; choose two versions.`);
  const scenes = await scenesOf(job.frames);
  if (!scenes.ok) return scenes;
  const a = await openVersion(parts, job.places, versionA);
  if (!a.ok) return a;
  const b = await openVersion(parts, job.places, versionB);
  if (!b.ok) {
    await a.value.close();
    return b;
  }
  const { processorMs, wallMs } = parts;
  const sessions = { a: a.value.contender.session, b: b.value.contender.session };
  const viewer = createViewer(sessions, scenes.value, processorMs);
  return ok({
    measure: ({ onProgress, turn }) =>
      caught(async () => {
        const references = await parts.loadReferences();
        const { source } = job.frames;
        return measureComparison({ a: a.value.contender, b: b.value.contender, source, scenes: scenes.value, references, processorMs, wallMs, onProgress, turn });
      }),
    show: (frame, levelA, levelB) => caught(() => viewer.show(frame, levelA, levelB)),
    close: async () => {
      await a.value.close();
      await b.value.close();
    },
  });
}
