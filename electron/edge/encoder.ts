import type { ModelVersion } from "../../shared/fleet/ids";
import type { Result } from "../../shared/result";
import type { EdgeModality } from "../../shared/wire/edge-messages";

/** One sensor frame, compressed and measured. */
export interface EncodedFrame {
  /** The whole compressed frame, all modalities: the bytes that are put out. */
  readonly payload: Uint8Array;
  /** Bytes of the raw sensor frame. */
  readonly bytesIn: number;
  /** Wall time of the encode in ms, > 0. */
  readonly latencyMs: number;
  /** Quality of the decoded camera frame against the original, 0 to 1. */
  readonly qualityScore: number;
  readonly modalities: readonly EdgeModality[];
}

/** What an edge node needs from whatever runs its models. */
export interface FrameEncoder<Frame> {
  /**
   * Loads a version beside those that are loaded; loading twice is harmless.
   * @returns UNKNOWN_VERSION, HASH_MISMATCH, BAD_MANIFEST or MODEL_LOAD_FAILED for a version that cannot
   * be used, INFERENCE_DOWN when it can be tried again later.
   */
  load(version: ModelVersion): Promise<Result<unknown>>;
  /**
   * Compresses a frame, decodes it again and compares.
   * @param level 0 to 1; higher is more aggressive.
   * @param repeats How often the encode is run, for a slow CPU; the latency is that of all runs.
   * @param stream Whose frames they are: each leans on the one before of the same stream.
   */
  encode(frame: Frame, version: ModelVersion, level: number, repeats: number, stream: string): Promise<Result<EncodedFrame>>;
}
