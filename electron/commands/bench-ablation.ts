import { join } from "node:path";
import { fail, ok, type Result } from "../../shared/result";
import type { StreamFeatures } from "../edge/codec/stream-features";
import { openModel, type OpenModel } from "../inference/onnx-session";
import { listModels, readModel } from "../registry/registry";
import { modelsFolderOf, parseArguments, refuse } from "./arguments";
import { streamAll, type StreamScenes } from "./bench-streams";
import type { CommandIo, ExitCode } from "./command";
import { bjontegaardRatePercent, msSsimDb, type RatePoint } from "./measure";

/**
 * What each part of the codec gains. Parts of the training are compared between networks trained alike, for an
 * equal and small number of steps, with and without the part (models/training/fusion/ablation); parts of the coder
 * are switched off in the version itself.
 */
interface Part {
  readonly part: string;
  readonly how: string;
  readonly base: string | null;
  readonly baseFeatures: StreamFeatures;
  readonly without: string | null;
  readonly withoutFeatures: StreamFeatures;
}

const ALL: StreamFeatures = { temporal: true, fusion: true };

const PARTS: readonly Part[] = [
  { part: "entropy model", how: "probabilities by context, or one adaptive set for each channel", base: null, baseFeatures: ALL, without: "plain", withoutFeatures: ALL },
  { part: "temporal", how: "predicted frames, or only key frames", base: null, baseFeatures: ALL, without: null, withoutFeatures: { ...ALL, temporal: false } },
  { part: "fusion", how: "sensors conditioned on the motion, or each by itself", base: null, baseFeatures: ALL, without: null, withoutFeatures: { ...ALL, fusion: false } },
  { part: "quantiser", how: "steps learned for each channel, or one step a level; both retrained", base: "long-base", baseFeatures: ALL, without: "equal-steps", withoutFeatures: ALL },
  { part: "attention", how: "windowed attention in the way back, or none; both retrained", base: "long-base", baseFeatures: ALL, without: "long-no-attention", withoutFeatures: ALL },
];

/** The folder of the networks that are only compared with each other. */
function ablationFolder(modelsFolder: string): string {
  return join(modelsFolder, "training", "fusion", "ablation");
}

async function open(folder: string, version: string): Promise<Result<OpenModel>> {
  const model = await readModel(folder, version);
  return model.ok ? openModel(model.value) : model;
}

async function newestStreamVersion(folder: string): Promise<Result<string>> {
  const entries = await listModels(folder);
  if (!entries.ok) return entries;
  const newest = entries.value.findLast(({ model }) => model.ok && model.manifest.stream !== undefined);
  return newest === undefined ? fail("UNKNOWN_VERSION", `There is no version of family 2 in ${folder}.`) : ok(newest.version);
}

/** Bytes of whole frames against MS-SSIM of the camera, one point a level. */
async function curveOf(session: OpenModel, scenes: StreamScenes, features: StreamFeatures): Promise<readonly RatePoint[]> {
  const points: RatePoint[] = [];
  for (const { level } of session.entropy.levels) {
    const measured = await streamAll(session, level, scenes, features);
    const quality = (measured.modalities.get("camera")?.quality ?? 0) / measured.frames;
    points.push({ rate: measured.bytesOut / measured.frames, quality: msSsimDb(quality) });
  }
  return points;
}

function bytesText(points: readonly RatePoint[]): string {
  return points.map(({ rate }) => rate.toFixed(0)).join(", ");
}

/** `./lydlr bench codec --ablation`: one line for each part. */
export async function run(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  const parsed = parseArguments(args, { models: { type: "string" }, scenes: { type: "string" }, frames: { type: "string" }, json: { type: "boolean" } });
  if (!parsed.ok) return refuse(io, parsed.error);
  const { values, positionals } = parsed.value;
  const [scenes, framesEach] = [Number(values["scenes"] ?? 6), Number(values["frames"] ?? 20)];
  const isCount = (count: number): boolean => Number.isInteger(count) && count >= 1 && count <= 1000;
  if (positionals.length > 0 || !isCount(scenes) || !isCount(framesEach)) return refuse(io, fail("BAD_USAGE", "see ./lydlr bench codec --help.").error);
  const folder = modelsFolderOf(values);
  const newest = await newestStreamVersion(folder);
  if (!newest.ok) return refuse(io, newest.error);
  const curves = new Map<string, readonly RatePoint[]>();
  const sessionOf = (name: string | null): Promise<Result<OpenModel>> =>
    name === null ? open(folder, newest.value) : open(ablationFolder(folder), `${newest.value}-${name}`);

  async function curve(name: string | null, features: StreamFeatures): Promise<Result<readonly RatePoint[]>> {
    const key = JSON.stringify([name, features]);
    const known = curves.get(key);
    if (known !== undefined) return ok(known);
    const session = await sessionOf(name);
    if (!session.ok) return session;
    try {
      const points = await curveOf(session.value, { scenes, framesEach, vertical: null }, features);
      curves.set(key, points);
      return ok(points);
    } finally {
      await session.value.close();
    }
  }
  for (const { part, how, base, baseFeatures, without, withoutFeatures } of PARTS) {
    const whole = await curve(base, baseFeatures);
    if (!whole.ok) return refuse(io, whole.error);
    const less = await curve(without, withoutFeatures);
    if (!less.ok) return refuse(io, less.error);
    const gain = bjontegaardRatePercent(less.value, whole.value);
    const line = { type: "ablation", part, how, version: newest.value, scenes, framesEach, bytesChangePercent: gain, bytesWith: whole.value, bytesWithout: less.value };
    const text = `${part} (${how}): ${gain === null ? "no common quality" : `${gain.toFixed(1)} % bytes at equal MS-SSIM`}; bytes a frame by level ${bytesText(whole.value)}; without ${bytesText(less.value)}\n`;
    io.stdout(values["json"] === true ? `${JSON.stringify(line)}\n` : text);
  }
  return 0;
}
