import type { SensorFrame } from "../../shared/codec/sensor-frame";
import { fail, ok, type Failure, type Result } from "../../shared/result";
import { decodeFrame, encodeFrame, measureQuality, type CompressedFrame, type DecodedFrame, type MonotonicMs } from "../edge/codec/frame-codec";
import { isPictureSession, levelForCompression, type ModelSession } from "../edge/codec/picture-codec";
import { decodeStreamFrame, encodeStreamFrame, type EncodedStreamFrame } from "../edge/codec/stream-codec";
import type { StreamReference } from "../edge/codec/stream-state";
import type { ModelPlaces, VerifiedModel } from "../registry/registry";
import { parseInferenceRequest, type InferenceReply, type InferenceRequest } from "./protocol";

/** What the engine needs from its surroundings; tests put fakes in their places. */
export interface EngineParts {
  readModel(places: ModelPlaces, version: string): Promise<Result<VerifiedModel>>;
  openModel(model: VerifiedModel): Promise<Result<ModelSession & { close(): Promise<void> }>>;
  readonly nowMs: MonotonicMs;
  rssBytes(): number;
  /** Gives back what a closed model left behind. */
  reclaim(): Promise<void>;
  post(reply: InferenceReply): void;
}

/** Answers requests; frames are encoded one after another, because there is one core for them. */
export interface InferenceEngine {
  /** Takes a message. Anything malformed is answered with BAD_REQUEST where it carries a request id. */
  receive(message: unknown): void;
  /** Resolves when all that was received has been answered. */
  idle(): Promise<void>;
}

interface Opened {
  readonly session: ModelSession & { close(): Promise<void> };
  readonly manifestSha256: string;
}

/** More streams than any fleet of this product has nodes; each keeps a decoded picture. */
const MAX_STREAMS = 256;

type EncodeRequest = Extract<InferenceRequest, { kind: "encode" }>;

function requestIdOf(message: unknown): number | null {
  if (typeof message !== "object" || message === null || !("requestId" in message)) return null;
  const { requestId } = message;
  return typeof requestId === "number" && Number.isSafeInteger(requestId) && requestId >= 0 ? requestId : null;
}

/** What the runtime throws while it runs a model is a fault of the model or of memory, not of the frame. */
function runFailure(version: string, thrown: unknown): Failure {
  const reason = thrown instanceof Error ? (thrown.message.split("\n")[0] ?? "") : String(thrown);
  return { code: "MODEL_LOAD_FAILED", message: `Model ${version} failed while it ran: ${reason.slice(0, 200)}` };
}

/** A frame encoded and decoded, and what the next one of its stream may lean on. */
interface Coded {
  readonly compressed: CompressedFrame;
  readonly decoded: DecodedFrame;
  readonly reference: StreamReference | null;
  readonly latencyMs: number;
}

/** Family 1: runs an encode `repeats` times and decodes the bytes of the last run. */
async function codePicture(session: ModelSession, request: EncodeRequest, level: number, nowMs: MonotonicMs): Promise<Result<Coded>> {
  let compressed: CompressedFrame | null = null;
  let latencyMs = 0;
  for (let run = 0; run < request.repeats; run++) {
    const encoded = await encodeFrame(session, request.frame, level, nowMs);
    if (!encoded.ok) return encoded;
    compressed = encoded.value;
    latencyMs += compressed.encodeMs;
  }
  if (compressed === null) return fail("BAD_REQUEST", "An encode must run at least once.");
  const decoded = await decodeFrame(session, compressed.bytes);
  return decoded.ok ? ok({ compressed, decoded: decoded.value, reference: null, latencyMs }) : decoded;
}

/**
 * Family 2: the encoder knows the frame as every decoder will see it, because the next one leans on it. That the
 * two do not part is checked at every key frame, which is decoded from its bytes alone.
 */
async function codeStream(
  session: ModelSession,
  request: EncodeRequest,
  level: number,
  before: StreamReference | null,
  nowMs: MonotonicMs,
): Promise<Result<Coded>> {
  let last: EncodedStreamFrame | null = null;
  let latencyMs = 0;
  for (let run = 0; run < request.repeats; run++) {
    const encoded = await encodeStreamFrame(session, request.frame, level, before, nowMs);
    if (!encoded.ok) return encoded;
    last = encoded.value;
    latencyMs += last.compressed.encodeMs;
  }
  if (last === null) return fail("BAD_REQUEST", "An encode must run at least once.");
  const { compressed, kind, reference } = last;
  if (kind === "predicted") return ok({ compressed, decoded: last.decoded, reference, latencyMs });
  const decoded = await decodeStreamFrame(session, compressed.bytes, null);
  if (!decoded.ok) return decoded;
  if (decoded.value.frame.camera.rgb.some((value, i) => value !== last.decoded.camera.rgb[i])) {
    return fail("MODEL_LOAD_FAILED", `Model ${session.version} decodes another picture than it encoded.`);
  }
  return ok({ compressed, decoded: decoded.value.frame, reference, latencyMs });
}

/** The reply to an encode, with every modality measured against its original. */
function encodedReply(request: EncodeRequest, level: number, coded: Coded): Extract<InferenceReply, { kind: "encoded" }> {
  const frame: SensorFrame = request.frame;
  const { bytes, bytesIn, modalityBytesIn, modalityBytesOut } = coded.compressed;
  const quality = measureQuality(frame, coded.decoded);
  const of = (modality: keyof typeof quality, name: "camera" | "lidar" | "imu" | "audio" | "motor") => ({
    modality: name,
    bytesIn: modalityBytesIn[modality],
    bytesOut: modalityBytesOut[modality],
    qualityScore: quality[modality],
  });
  const modalities = [of("camera", "camera"), of("lidar", "lidar"), of("imu", "imu"), of("audio", "audio")];
  if (frame.twist !== null) modalities.push(of("twist", "motor"));
  const { requestId } = request;
  return { kind: "encoded", requestId, payload: bytes, bytesIn, latencyMs: coded.latencyMs, qualityScore: quality.camera, level, modalities };
}

/** Starts an engine. */
export function createInferenceEngine(parts: EngineParts): InferenceEngine {
  const opened = new Map<string, Opened>();
  /** What the last frame of each stream left, the stream that spoke last at the end. */
  const references = new Map<string, StreamReference>();
  let framesEncoded = 0;
  let waiting = 0;
  let frames: Promise<void> = Promise.resolve();
  // Loads go past the frames that wait: a swap must not stop the version that runs.
  let loads: Promise<void> = Promise.resolve();

  function failed(requestId: number, failure: Failure): void {
    parts.post({ kind: "failed", requestId, code: failure.code, message: failure.message });
  }
  async function load(request: Extract<InferenceRequest, { kind: "load" }>): Promise<void> {
    const { requestId, version } = request;
    const model = await parts.readModel(request.modelsFolder, version);
    if (!model.ok) {
      failed(requestId, model.error);
      return;
    }
    const { manifestSha256 } = model.value;
    if (opened.get(version)?.manifestSha256 !== manifestSha256) {
      const session = await parts.openModel(model.value);
      if (!session.ok) {
        failed(requestId, session.error);
        return;
      }
      const before = opened.get(version);
      opened.set(version, { session: session.value, manifestSha256 });
      if (before !== undefined) await retire(before);
    }
    parts.post({ kind: "loaded", requestId, version, manifestSha256 });
  }
  /** Closes a model once the frames that wait have been through: one of them may be using it. */
  async function retire(model: Opened): Promise<void> {
    await frames;
    for (const [stream, reference] of references) if (reference.version === model.session.version) references.delete(stream);
    await model.session.close();
    await parts.reclaim();
  }
  /** Keeps what a frame left, and no more streams than a fleet may have: one that is dropped begins with a key frame. */
  function remember(stream: string, reference: StreamReference | null): void {
    references.delete(stream);
    if (reference === null) return;
    references.set(stream, reference);
    const [oldest] = references.keys();
    if (references.size > MAX_STREAMS && oldest !== undefined) references.delete(oldest);
  }
  async function encode(request: EncodeRequest): Promise<void> {
    const { requestId, version, stream } = request;
    const model = opened.get(version);
    if (model === undefined) {
      failed(requestId, { code: "UNKNOWN_VERSION", message: `Model ${version} is not loaded.` });
      return;
    }
    try {
      const { session } = model;
      const level = levelForCompression(session, request.compressionLevel);
      const result = isPictureSession(session)
        ? await codePicture(session, request, level, parts.nowMs)
        : await codeStream(session, request, level, references.get(stream) ?? null, parts.nowMs);
      if (result.ok) {
        framesEncoded++;
        remember(stream, result.value.reference);
        parts.post(encodedReply(request, level, result.value));
      } else {
        failed(requestId, result.error);
      }
    } catch (thrown) {
      failed(requestId, runFailure(version, thrown));
    }
  }
  async function unload(requestId: number, version: string): Promise<void> {
    // Frames that were asked for before still find it.
    await frames;
    const model = opened.get(version);
    opened.delete(version);
    if (model !== undefined) await retire(model);
    parts.post({ kind: "unloaded", requestId });
  }
  function answer(request: InferenceRequest): void {
    switch (request.kind) {
      case "encode":
        waiting++;
        frames = frames.then(() => encode(request)).finally(() => waiting--);
        return;
      case "load":
        loads = loads.then(() => load(request));
        return;
      case "unload":
        loads = loads.then(() => unload(request.requestId, request.version));
        return;
      case "stats": {
        const versions = [...opened.keys()];
        parts.post({ kind: "stats", requestId: request.requestId, versions, framesEncoded, waiting, rssBytes: parts.rssBytes() });
      }
    }
  }
  return {
    receive: (message) => {
      const request = parseInferenceRequest(message);
      if (request.ok) {
        answer(request.value);
        return;
      }
      const requestId = requestIdOf(message);
      if (requestId !== null) failed(requestId, request.error);
    },
    idle: async () => {
      await loads;
      await frames;
    },
  };
}
