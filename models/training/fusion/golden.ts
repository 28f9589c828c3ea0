/**
 * Writes a version's golden frames: containers of a short stream with the SHA-256 of what each decodes to. Usage:
 * golden MODELS_FOLDER VERSION. The manifest takes the file in at the next export.
 */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeStreamFrame } from "../../../electron/edge/codec/stream-codec";
import type { CodedSymbols } from "../../../electron/edge/codec/stream-features";
import type { StreamReference } from "../../../electron/edge/codec/stream-state";
import { createSensorRig } from "../../../electron/edge/sensors/rig";
import { openModel } from "../../../electron/inference/onnx-session";
import { readModel } from "../../../electron/registry/registry";

const SEED = 300_900;
const FRAMES = 4;
const SIZE = { width: 96, height: 64 } as const;

const [modelsFolder = "", version = ""] = process.argv.slice(2);

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function main(): Promise<void> {
  const model = await readModel(modelsFolder, version);
  if (!model.ok) throw new Error(model.error.message);
  const opened = await openModel(model.value);
  if (!opened.ok) throw new Error(opened.error.message);
  const rig = createSensorRig({ seed: SEED, vertical: "drone", camera: SIZE });
  let reference: StreamReference | null = null;
  const frames: unknown[] = [];
  for (let index = 0; index < FRAMES; index++) {
    let symbols = new Int32Array(0);
    const observe = (coded: CodedSymbols): void => {
      symbols = Int32Array.from(coded.symbols);
    };
    const encoded = await encodeStreamFrame(opened.value, rig.sample(index), 3, reference, () => 0, { temporal: true, fusion: true, observe });
    if (!encoded.ok) throw new Error(encoded.error.message);
    const { compressed, decoded, kind } = encoded.value;
    reference = encoded.value.reference;
    frames.push({
      kind,
      container: Buffer.from(compressed.bytes).toString("base64"),
      // Symbols are the same on every machine; a picture is wherever the synthesis computes the same.
      symbolsSha256: sha256(new Uint8Array(symbols.buffer)),
      pictureSha256: sha256(decoded.camera.rgb),
    });
  }
  writeFileSync(join(modelsFolder, version, "golden.json"), `${JSON.stringify({ schemaVersion: 1, version, frames })}\n`);
  await opened.value.close();
}

void main();
