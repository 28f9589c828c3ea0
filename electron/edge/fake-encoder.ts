import type { ModelVersion } from "../../shared/fleet/ids";
import { fail, ok, type Result } from "../../shared/result";
import type { Timers } from "../../shared/time";
import type { EncodedFrame, FrameEncoder } from "./encoder";

/** A frame of a test: a few bytes that say which it is. */
export interface FakeFrame {
  readonly nodeIndex: number;
  readonly frameIndex: number;
  readonly noise: number;
}

/** An encoder in virtual time, with faults that a test sets. */
export interface FakeEncoder extends FrameEncoder<FakeFrame> {
  /** Every load and encode, in order. */
  readonly calls: string[];
  /** While true every call is answered with INFERENCE_DOWN. */
  isDown: boolean;
  /** How long one run of an encode takes. */
  encodeMs: number;
  /** How long a load takes. */
  loadMs: number;
  /** Versions that cannot be loaded, with the code of the reason. */
  readonly broken: Map<string, "HASH_MISMATCH" | "MODEL_LOAD_FAILED" | "UNKNOWN_VERSION">;
  /** Loads and encodes under way now. */
  inFlight(): number;
}

const RAW_BYTES = 8_000;

/**
 * Deterministic stand-in for the inference process: the same frame, version and level give the same
 * bytes. A version's size follows from its text, so that a swap shows in the metrics. Runs one encode at
 * a time, as one core does.
 */
export function fakeEncoder(timers: Timers): FakeEncoder {
  const calls: string[] = [];
  let inFlight = 0;
  let freeAtMs = 0;

  function later<Value>(ms: number, value: () => Value): Promise<Value> {
    inFlight += 1;
    return new Promise((resolve) => {
      timers.after(ms, () => {
        inFlight -= 1;
        resolve(value());
      });
    });
  }

  const encoder: FakeEncoder = {
    calls,
    isDown: false,
    encodeMs: 10,
    loadMs: 100,
    broken: new Map(),
    inFlight: () => inFlight,
    async load(version): Promise<Result<null>> {
      calls.push(`load ${version}`);
      if (encoder.isDown) return fail("INFERENCE_DOWN", "The inference process is down.");
      return later(encoder.loadMs, () => {
        const code = encoder.broken.get(version);
        return code === undefined ? ok(null) : fail(code, `${version} is broken.`);
      });
    },
    async encode(frame, version: ModelVersion, level, repeats): Promise<Result<EncodedFrame>> {
      calls.push(`encode ${String(frame.nodeIndex)}/${String(frame.frameIndex)} ${version} x${String(repeats)}`);
      if (encoder.isDown) return fail("INFERENCE_DOWN", "The inference process is down.");
      const latencyMs = encoder.encodeMs * repeats;
      freeAtMs = Math.max(freeAtMs, timers.monotonicMs()) + latencyMs;
      return later(freeAtMs - timers.monotonicMs(), () => {
        if (encoder.isDown) return fail("INFERENCE_DOWN", "The inference process went down.");
        const bytesOut = 1_000 + 100 * (version.charCodeAt(2) - 48) + Math.round(frame.noise) + (frame.frameIndex % 7);
        const payload = Uint8Array.from({ length: bytesOut }, (_, at) => (at * 31 + frame.frameIndex) & 255);
        const qualityScore = 0.9 - 0.1 * level - Math.min(0.5, frame.noise / 200);
        return ok({
          payload,
          bytesIn: RAW_BYTES,
          latencyMs,
          qualityScore,
          modalities: [{ modality: "camera", bytesIn: RAW_BYTES, bytesOut, qualityScore }],
        });
      });
    },
  };
  return encoder;
}

/** The sensors that go with {@link fakeEncoder}. */
export function fakeRig(nodeIndex: number): {
  sample(frameIndex: number): FakeFrame;
  setCameraNoise(sigma: number): void;
} {
  let noise = 0;
  return {
    sample: (frameIndex) => ({ nodeIndex, frameIndex, noise }),
    setCameraNoise(sigma) {
      noise = sigma;
    },
  };
}
