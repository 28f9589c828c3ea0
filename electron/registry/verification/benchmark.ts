import { msSsim } from "../../../shared/codec/ms-ssim";
import type { ModelBenchmark } from "../../../shared/contract/models";
import { ok, type Result } from "../../../shared/result";
import { HELD_OUT_FIRST_SEED, quantile } from "../../commands/measure";
import { decodeFrame, encodeFrame, type MonotonicMs } from "../../edge/codec/frame-codec";
import type { ModelSession } from "../../edge/codec/picture-codec";
import { createSensorRig } from "../../edge/sensors/rig";

/** Halls that frames are taken from in turn, half of them flown through. */
const HALLS = 8;
/** Frames between two samples, so that they do not resemble each other. */
const STRIDE = 7;
/** The first frames run code that is not compiled yet and memory that is not there yet. */
const WARM_UP_FRAMES = 4;

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Measures one level on frames that no training has seen: whole sensor frames, encoded, decoded from the
 * bytes alone and compared. The session should have run before (see {@link warmUp}).
 */
export async function benchmarkLevel(session: ModelSession, level: number, frames: number, nowMs: MonotonicMs): Promise<Result<ModelBenchmark>> {
  const encodeMs: number[] = [];
  const decodeMs: number[] = [];
  const ratio: number[] = [];
  const quality: number[] = [];
  for (let index = 0; index < frames; index++) {
    const rig = createSensorRig({ seed: HELD_OUT_FIRST_SEED + (index % HALLS), vertical: index % 2 === 0 ? "drone" : "iot" });
    const frame = rig.sample(STRIDE * index);
    const encoded = await encodeFrame(session, frame, level, nowMs);
    if (!encoded.ok) return encoded;
    const startMs = nowMs();
    const decoded = await decodeFrame(session, encoded.value.bytes);
    if (!decoded.ok) return decoded;
    decodeMs.push(nowMs() - startMs);
    encodeMs.push(encoded.value.encodeMs);
    ratio.push(encoded.value.bytesIn / encoded.value.bytes.length);
    quality.push(msSsim(frame.camera, decoded.value.camera));
  }
  return ok({
    level,
    isDefault: level === session.defaultLevel,
    frames,
    ratio: mean(ratio),
    msSsim: mean(quality),
    encodeP50Ms: quantile(encodeMs, 0.5),
    encodeP95Ms: quantile(encodeMs, 0.95),
    decodeP50Ms: quantile(decodeMs, 0.5),
    decodeP95Ms: quantile(decodeMs, 0.95),
  });
}

/** Runs a session until its times are those of later frames. */
export async function warmUp(session: ModelSession, nowMs: MonotonicMs): Promise<Result<null>> {
  const run = await benchmarkLevel(session, session.defaultLevel, WARM_UP_FRAMES, nowMs);
  return run.ok ? ok(null) : run;
}
