import { join } from "node:path";
import type { SensorFrame } from "../../shared/codec/sensor-frame";
import { parseModelVersion, type ModelVersion } from "../../shared/fleet/ids";
import { ok, type Result } from "../../shared/result";
import { createSensorRig, HEALTHY_CAMERA_NOISE_SIGMA, MAX_CAMERA_NOISE_SIGMA } from "../edge/sensors/rig";
import { createInferenceClient } from "../inference/client";
import { INFERENCE_ENVIRONMENT } from "../inference/process-memory";
import { createEmbeddedLink } from "../link/embedded/embedded-link";
import { forkedProcess } from "../supervision/forked-process";
import { supervise } from "../supervision/supervisor";
import { systemTimers } from "../time/system-timers";
import { FIRST_VERSION, RAMP_MS, RAMP_TO, startStageEngine, type FaultStage, type VersionManner } from "./fault-stage";

/** As many as two slow processors keep at their rates. */
const NODES = 4;
const DRILL = "1.2.0";
const DRILLS: ReadonlySet<VersionManner> = new Set<VersionManner>(["low-quality", "slow", "large"]);

/**
 * The embedded fleet as the application has it: real sensors, encoder, processes and clock. A version of a fault is the
 * first model under another name, a drill is the model 1.2.0; a ramp takes its share off the quality that was measured.
 * A common cause is noise in every camera.
 * @param modelsDir where the models are.
 */
export async function openRealStage(modelsDir: string): Promise<Result<FaultStage>> {
  const initial = parseModelVersion(FIRST_VERSION);
  const drill = parseModelVersion(DRILL);
  if (!initial.ok) return initial;
  if (!drill.ok) return drill;
  const timers = systemTimers;
  const supervised = supervise({ name: "inference", spawn: forkedProcess, entry: join(__dirname, "inference-host.cjs"), env: INFERENCE_ENVIRONMENT, timers });
  const client = createInferenceClient(supervised.port, modelsDir);
  const manners = new Map<string, VersionManner>();
  const begun = new Map<string, number>();
  const mannerOf = (version: string): VersionManner => manners.get(version) ?? "well";
  const modelOf = (version: string): ModelVersion => (DRILLS.has(mannerOf(version)) ? drill.value : initial.value);
  /** What is left of the quality of a version that only one node runs. */
  const qualityTimes = (version: string): number => {
    if (mannerOf(version) !== "ramp") return 1;
    const nowMs = timers.monotonicMs();
    const sinceMs = begun.get(version) ?? nowMs;
    begun.set(version, sinceMs);
    return 1 - (1 - RAMP_TO) * Math.min(1, (nowMs - sinceMs) / RAMP_MS);
  };
  const link = createEmbeddedLink<SensorFrame>({
    nodes: NODES,
    seed: 7,
    timers,
    inference: {
      load: (wanted) => client.load(modelOf(wanted)),
      async encode(frame, wanted, level, repeats, stream) {
        const encoded = await client.encode(frame, modelOf(wanted), level, repeats, stream);
        return encoded.ok ? ok({ ...encoded.value, qualityScore: encoded.value.qualityScore * qualityTimes(wanted) }) : encoded;
      },
      onUp: (listener) => supervised.port.onUp(listener),
      onDown: (listener) => supervised.port.onDown(listener),
    },
    initialVersion: initial.value,
    compressionLevel: 0.5,
    healthyNoiseSigma: HEALTHY_CAMERA_NOISE_SIGMA,
    createRig: ({ seed, vertical }) => createSensorRig({ seed, vertical }),
  });
  const engine = await startStageEngine(link, timers, { roles: { latencyMs: "muted" } });
  const nodeIds = Array.from({ length: NODES }, (_, index) => `node_${index}`);
  return ok({
    ...engine,
    name: `embedded fleet of ${NODES} nodes, real encoder and clock`,
    pace: { learnMs: 270_000, watchMs: 40_000, lingerMs: 4_000, restMs: 15_000, relearnMs: 75_000 },
    nodeIds,
    nowMs: () => timers.wallMs(),
    set: (nodeId, fault, level) => void link.faults.set(nodeId, fault, level),
    allOff: () => void link.faults.allOff(),
    setWeather(isBad) {
      for (const nodeId of nodeIds) link.faults.set(nodeId, "noisy-camera", isBad ? MAX_CAMERA_NOISE_SIGMA : 0);
    },
    pass: (ms) =>
      new Promise((resolve) => {
        setTimeout(resolve, ms);
      }),
    deploy(nodeId, version, manner) {
      manners.set(version, manner);
      return engine.deploy(nodeId, version);
    },
    async close() {
      await engine.close();
      client.close();
      await supervised.stop();
    },
  });
}
