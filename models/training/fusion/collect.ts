/**
 * Records what the product's own coder codes on scenes of the training seeds, for tables.py to count: symbols
 * and the magnitudes before them, vectors with the motion that they should follow, loudness with speed, and where
 * the adaptive probabilities of the other sensors end. Usage: collect MODELS_FOLDER VERSION OUT_FOLDER [SCENES]
 */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { MOTION_BLOCK, VECTOR_UNITS } from "../../../shared/codec/motion";
import { slowEstimates, type BitContexts } from "../../../shared/codec/bit-coder";
import type { SignalStart } from "../../../shared/codec/stream-model";
import type { CodedSymbols } from "../../../electron/edge/codec/stream-features";
import { encodeStreamFrame } from "../../../electron/edge/codec/stream-codec";
import type { StreamReference } from "../../../electron/edge/codec/stream-state";
import { createSensorRig } from "../../../electron/edge/sensors/rig";
import { SENSOR_PROFILES } from "../../../electron/edge/sensors/profile";
import { openModel } from "../../../electron/inference/onnx-session";
import { readModel } from "../../../electron/registry/registry";

const FIRST_SEED = 100_000;
const SEED_STRIDE = 7;
const FRAMES = 6;

const [modelsFolder = "", version = "", out = "", scenes = "40"] = process.argv.slice(2);

function before(coded: CodedSymbols, latents: number): Int16Array {
  const area = coded.symbols.length / latents;
  const result = new Int16Array(coded.symbols.length);
  if (coded.before === null) return result;
  for (let at = 0; at < area; at++) {
    const was = coded.before.moved[at] ?? 0;
    for (let channel = 0; channel < latents; channel++) result[channel * area + at] = coded.before.magnitudes.byChannel[was * latents + channel] ?? 0;
  }
  return result;
}

async function main(): Promise<void> {
  const model = await readModel(modelsFolder, version);
  if (!model.ok) throw new Error(model.error.message);
  const opened = await openModel(model.value);
  if (!opened.ok) throw new Error(opened.error.message);
  const session = opened.value;
  mkdirSync(out, { recursive: true });
  const file = openSync(join(out, "symbols.bin"), "w");
  const frames: unknown[] = [];
  const motion: number[][] = [];
  const loudness: number[][] = [];
  const sums = new Map<SignalStart, { readonly total: Float64Array; readonly count: Float64Array }>();
  const add = (name: SignalStart, contexts: BitContexts): void => {
    const slow = slowEstimates(contexts);
    const sum = sums.get(name) ?? { total: new Float64Array(slow.length), count: new Float64Array(slow.length) };
    sums.set(name, sum);
    slow.forEach((value, i) => {
      if (value === (model.ok && model.value.entropy.schemaVersion === 2 ? model.value.entropy.starts[name][i] : 0)) return;
      sum.total[i] = (sum.total[i] ?? 0) + value;
      sum.count[i] = (sum.count[i] ?? 0) + 1;
    });
  };
  const { levels } = session.entropy;
  for (let scene = 0; scene < Number(scenes); scene++) {
    const vertical = scene % 3 === 2 ? "iot" : "drone";
    const rig = createSensorRig({ seed: FIRST_SEED + SEED_STRIDE * scene, vertical });
    for (const [levelIndex, { level }] of levels.entries()) {
      let reference: StreamReference | null = null;
      for (let k = 0; k < FRAMES; k++) {
        const frame = rig.sample(((61 * scene) % 900) + 10 * levelIndex + k);
        let seen: CodedSymbols | null = null;
        const observe = (coded: CodedSymbols): void => {
          seen = coded;
        };
        const encoded = await encodeStreamFrame(session, frame, level, reference, () => 0, { temporal: true, fusion: true, observe });
        if (!encoded.ok) throw new Error(encoded.error.message);
        reference = encoded.value.reference;
        const coded = seen as CodedSymbols | null;
        if (coded === null) throw new Error("nothing was coded");
        frames.push([encoded.value.kind, levelIndex]);
        writeSync(file, Int16Array.from(coded.symbols));
        writeSync(file, before(coded, session.entropy.latents));
        const imuTurn = (frame.imu[5] ?? 0) * 1000;
        const turn = frame.twist === null ? imuTurn : (frame.twist[5] ?? 0) * 1000;
        const ahead = (frame.twist?.[0] ?? 0) * 1000;
        if (coded.field !== null && levelIndex === 2) {
          const { blockColumns, vectors } = coded.field;
          const { width, height } = frame.camera;
          const depthOf = (x: number): number => {
            let depth = 12_000;
            let distance = Number.POSITIVE_INFINITY;
            for (let i = 0; i < frame.lidar.length; i += 3) {
              const [px = 0, py = 0] = [frame.lidar[i], frame.lidar[i + 1]];
              const away = px > 0.2 ? Math.abs(py / px / 1.4 - x / width) : 9;
              if (away < distance) {
                distance = away;
                depth = 1000 * px;
              }
            }
            return depth;
          };
          for (let at = 0; at < vectors.length; at += 2) {
            const x = ((at / 2) % blockColumns) * MOTION_BLOCK + MOTION_BLOCK / 2 - width / 2;
            const y = Math.floor(at / 2 / blockColumns) * MOTION_BLOCK + MOTION_BLOCK / 2 - height / 2;
            if (Math.abs(y) > height / 8) continue;
            motion.push([width, x, y, (vectors[at] ?? 0) / VECTOR_UNITS, (vectors[at + 1] ?? 0) / VECTOR_UNITS, turn, ahead, 1000 / SENSOR_PROFILES[vertical].rateHz, depthOf(x)]);
          }
        }
        if (frame.twist !== null && levelIndex === 0) {
          const rms = Math.sqrt(frame.audio.reduce((sum, value) => sum + value * value, 0) / frame.audio.length);
          loudness.push([1000 * Math.hypot(frame.twist[0] ?? 0, frame.twist[1] ?? 0), rms]);
        }
      }
      if (reference === null) continue;
      const { contexts } = reference.signals;
      for (const name of Object.keys(contexts) as SignalStart[]) add(name, contexts[name]);
    }
  }
  closeSync(file);
  const starts: Record<string, number[]> = {};
  for (const [name, { total, count }] of sums) {
    starts[name] = Array.from(total, (value, i) => Math.max(400, Math.min(65136, count[i] === 0 ? 32768 : Math.round(value / (count[i] ?? 1)))));
  }
  writeFileSync(join(out, "index.json"), JSON.stringify({ levels: levels.length, frames, motion, loudness, starts }));
  await session.close();
}

void main();
