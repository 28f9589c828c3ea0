import { msSsim } from "../../shared/codec/ms-ssim";
import { fail, type Result } from "../../shared/result";
import { decodeFrame, encodeFrame } from "../edge/codec/frame-codec";
import { createSensorRig } from "../edge/sensors/rig";
import { openModel, type OpenModel } from "../inference/onnx-session";
import { listModels, readModel, type RegistryEntry } from "../registry/registry";
import { modelsFolderOf, parseArguments, refuse } from "./arguments";
import type { CommandIo, ExitCode } from "./command";
import { HELD_OUT_FIRST_SEED, quantile } from "./measure";
import { compare, COMPARE_USAGE } from "./models-compare";

const HELP = `usage: ./lydlr models [--json] [--models DIR]
       ./lydlr models verify [VERSION] [--json] [--models DIR]
       ./lydlr models benchmark VERSION [--frames N] [--json] [--models DIR]
       ${COMPARE_USAGE}

Lists the registry, verifies files against their manifests, measures a version on this machine, or two
versions on the same frames.

  --frames N    sensor frames to measure each level with (20)
  --images DIR  pictures (png, jpg) to compare on; by default scenes that no training has seen
  --size SIZE   how many of those scenes (standard)
  --json        JSON Lines
  --models DIR  the models folder
`;

function entryLine(entry: RegistryEntry): Readonly<Record<string, unknown>> {
  const { version, aliases, model } = entry;
  if (!model.ok) return { type: "model", version, verified: false, code: model.error.code, message: model.error.message, aliases };
  const { family, drill, description, defaultLevel, levels } = model.manifest;
  const hash = model.manifestSha256;
  return { type: "model", version, family, hash, verified: true, drill, description, levels: levels.map((each) => each.level), defaultLevel, aliases };
}

function entryText(entry: RegistryEntry): string {
  const { version, model, aliases } = entry;
  if (!model.ok) return `${version.padEnd(12)} NOT VERIFIED  ${model.error.code}: ${model.error.message}\n`;
  const marks = [...aliases, ...(model.manifest.drill ? ["drill"] : [])].join(", ");
  return `${version.padEnd(12)} verified      ${model.manifestSha256.slice(0, 12)}  ${model.manifest.family}  ${marks}\n`;
}

async function list(folder: string, wanted: string | undefined, isJson: boolean, io: CommandIo): Promise<ExitCode> {
  const entries = await listModels(folder);
  if (!entries.ok) return refuse(io, entries.error);
  const chosen = wanted === undefined ? entries.value : entries.value.filter((entry) => entry.version === wanted);
  if (wanted !== undefined && chosen.length === 0) {
    const missing = await readModel(folder, wanted);
    return missing.ok ? 0 : refuse(io, missing.error);
  }
  for (const entry of chosen) io.stdout(isJson ? `${JSON.stringify(entryLine(entry))}\n` : entryText(entry));
  for (const entry of chosen) if (!entry.model.ok) io.stderr(`${entry.model.error.code}: ${entry.version}: ${entry.model.error.message}\n`);
  return chosen.every((entry) => entry.model.ok) ? 0 : 1;
}

interface Measured {
  readonly encodeMs: number[];
  readonly decodeMs: number[];
  readonly ratio: number[];
  readonly quality: number[];
}

async function measureLevel(session: OpenModel, level: number, frames: number): Promise<Result<Measured>> {
  const measured: Measured = { encodeMs: [], decodeMs: [], ratio: [], quality: [] };
  const now = (): number => performance.now();
  for (let index = 0; index < frames; index++) {
    const frame = createSensorRig({ seed: HELD_OUT_FIRST_SEED + (index % 8), vertical: index % 2 === 0 ? "drone" : "iot" }).sample(7 * index);
    const encoded = await encodeFrame(session, frame, level, now);
    if (!encoded.ok) return encoded;
    const startMs = now();
    const decoded = await decodeFrame(session, encoded.value.bytes);
    if (!decoded.ok) return decoded;
    measured.decodeMs.push(now() - startMs);
    measured.encodeMs.push(encoded.value.encodeMs);
    measured.ratio.push(encoded.value.bytesIn / encoded.value.bytes.length);
    measured.quality.push(msSsim(frame.camera, decoded.value.camera));
  }
  return { ok: true, value: measured };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

async function benchmark(folder: string, version: string, frames: number, isJson: boolean, io: CommandIo): Promise<ExitCode> {
  const model = await readModel(folder, version);
  if (!model.ok) return refuse(io, model.error);
  const opened = await openModel(model.value);
  if (!opened.ok) return refuse(io, opened.error);
  const session = opened.value;
  try {
    // The first frames run code that is not compiled yet and memory that is not there yet.
    await measureLevel(session, session.defaultLevel, 4);
    for (const { level } of session.entropy.levels) {
      const result = await measureLevel(session, level, frames);
      if (!result.ok) return refuse(io, result.error);
      const { encodeMs, decodeMs, ratio, quality } = result.value;
      const line = {
        type: "benchmark",
        version,
        level,
        isDefault: level === session.defaultLevel,
        frames,
        ratio: mean(ratio),
        msSsim: mean(quality),
        encodeP50Ms: quantile(encodeMs, 0.5),
        encodeP95Ms: quantile(encodeMs, 0.95),
        decodeP50Ms: quantile(decodeMs, 0.5),
        decodeP95Ms: quantile(decodeMs, 0.95),
      };
      const text = `${version} level ${String(level)}${line.isDefault ? " (default)" : ""}: ratio ${line.ratio.toFixed(1)}, MS-SSIM ${line.msSsim.toFixed(4)}, encode ${line.encodeP50Ms.toFixed(1)} ms (p95 ${line.encodeP95Ms.toFixed(1)}), decode ${line.decodeP50Ms.toFixed(1)} ms (p95 ${line.decodeP95Ms.toFixed(1)})\n`;
      io.stdout(isJson ? `${JSON.stringify(line)}\n` : text);
    }
    return 0;
  } finally {
    await session.close();
  }
}

/** `./lydlr models`: the registry, its verification and a version's measurements. */
export async function run(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  const parsed = parseArguments(args, { models: { type: "string" }, json: { type: "boolean" }, frames: { type: "string" }, images: { type: "string" }, size: { type: "string" } });
  if (!parsed.ok) return refuse(io, parsed.error);
  const { positionals, values } = parsed.value;
  if (values["help"] === true) {
    io.stdout(HELP);
    return 0;
  }
  const [action = "list", version, ...rest] = positionals;
  if (action === "compare") return compare(positionals.slice(1), values, io);
  const folder = modelsFolderOf(values);
  const isJson = values["json"] === true;
  const frames = values["frames"] === undefined ? 20 : Number(values["frames"]);
  if (rest.length === 0 && action === "list" && version === undefined) return list(folder, undefined, isJson, io);
  if (rest.length === 0 && action === "verify") return list(folder, version, isJson, io);
  if (rest.length === 0 && action === "benchmark" && version !== undefined && Number.isInteger(frames) && frames >= 1 && frames <= 10000) {
    return benchmark(folder, version, frames, isJson, io);
  }
  return refuse(io, fail("BAD_USAGE", "see ./lydlr models --help.").error);
}
