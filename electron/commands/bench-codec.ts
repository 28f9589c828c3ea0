import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { msSsim, psnrDb } from "../../shared/codec/ms-ssim";
import type { CameraImage } from "../../shared/codec/sensor-frame";
import { fail, ok, type Result } from "../../shared/result";
import { loadReferenceCodecs, type ReferenceCodec } from "../comparison/reference-codecs";
import { decodeFrame, encodePictureFile } from "../edge/codec/frame-codec";
import { readPicture, writeBytes } from "../edge/codec/picture-files";
import { createSensorRig } from "../edge/sensors/rig";
import { openModel, type OpenModel } from "../inference/onnx-session";
import { listModels, readModel } from "../registry/registry";
import { modelsFolderOf, parseArguments, refuse } from "./arguments";
import { run as runAblation } from "./bench-ablation";
import { measureEncodeTimes, measureStreams } from "./bench-streams";
import type { CommandIo, ExitCode } from "./command";
import { bjontegaardRatePercent, HELD_OUT_FIRST_SEED, msSsimDb, quantile, rateAtQuality, type RatePoint } from "./measure";
import { rateDistortionSvg, type PlotCurve } from "./rd-plot";

const HELP = `usage: ./lydlr bench codec [--images DIR] [--models DIR] [--frames N] [--json]
       ./lydlr bench codec --times [--models DIR] [--frames N] [--json]

Encodes every picture with each model and level, and with JPEG and WebP, in one run: one line each,
then one summary line for each codec with its Bjontegaard rate difference to JPEG.

  --images DIR  pictures (png, jpg); by default camera frames of scenes that no training has seen
  --models DIR  the models folder
  --frames N    how many of those frames (16)
  --times       only the time of the whole encode of 640x480 frames, at each level
  --json        JSON Lines
`;

const DEFAULT_FRAMES = 16;

interface NamedImage {
  readonly name: string;
  readonly image: CameraImage;
}

/** One measured point: a picture, a codec, a level. */
interface RdLine {
  readonly type: "rd";
  readonly image: string;
  readonly codec: string;
  readonly version: string;
  readonly level: number;
  readonly width: number;
  readonly height: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly ratio: number;
  readonly psnrDb: number | null;
  readonly msSsim: number;
  readonly encodeMs: number;
  readonly decodeMs: number;
}

/** A codec at work: bytes for a picture and a level, and the picture back. */
interface Candidate {
  readonly codec: string;
  readonly version: string;
  readonly levels: readonly number[];
  readonly defaultLevel: number | null;
  readonly drill: boolean;
  encode(image: CameraImage, level: number): Promise<Result<Uint8Array>>;
  decode(bytes: Uint8Array, image: CameraImage): Promise<Result<CameraImage>>;
}

async function folderImages(folder: string): Promise<Result<readonly NamedImage[]>> {
  let names: readonly string[];
  try {
    names = (await readdir(folder)).filter((name) => /\.(png|jpe?g)$/i.test(name)).sort();
  } catch {
    return fail("FILE_READ_FAILED", `The folder ${folder} could not be read.`);
  }
  if (names.length === 0) return fail("FILE_READ_FAILED", `The folder ${folder} holds no png or jpg.`);
  const images: NamedImage[] = [];
  for (const name of names) {
    const image = await readPicture(join(folder, name));
    if (!image.ok) return image;
    images.push({ name, image: image.value });
  }
  return ok(images);
}

/** Camera frames of drones and iot nodes in halls that no training has seen. */
function heldOutImages(count: number): readonly NamedImage[] {
  return Array.from({ length: count }, (_, index) => {
    const seed = HELD_OUT_FIRST_SEED + index;
    const vertical = index % 3 === 2 ? "iot" : "drone";
    const frameIndex = 13 * index;
    const { camera } = createSensorRig({ seed, vertical }).sample(frameIndex);
    return { name: `held-out-${String(seed)}-${vertical}-${String(frameIndex)}`, image: camera };
  });
}

function modelCandidate(session: OpenModel, drill: boolean): Candidate {
  return {
    codec: "lydlr",
    version: session.version,
    levels: session.entropy.levels.map((each) => each.level),
    defaultLevel: session.defaultLevel,
    drill,
    encode: (image, level) => encodePictureFile(session, image, level),
    decode: async (bytes) => {
      const decoded = await decodeFrame(session, bytes);
      return decoded.ok ? ok(decoded.value.camera) : decoded;
    },
  };
}

/** JPEG and WebP, as the comparison of models measures them too. */
function referenceCandidate({ codec, libraryVersion, qualities, encode, decode }: ReferenceCodec): Candidate {
  return {
    codec,
    version: libraryVersion,
    levels: qualities,
    defaultLevel: null,
    drill: false,
    encode: async (image, quality) => ok(await encode(image, quality)),
    decode: async (bytes, image) => ok(await decode(bytes, image)),
  };
}

async function measure(candidate: Candidate, { name, image }: NamedImage, level: number): Promise<Result<RdLine>> {
  const startMs = performance.now();
  const bytes = await candidate.encode(image, level);
  const encodedMs = performance.now();
  if (!bytes.ok) return bytes;
  const decoded = await candidate.decode(bytes.value, image);
  const decodedMs = performance.now();
  if (!decoded.ok) return decoded;
  const psnr = psnrDb(image, decoded.value);
  return ok({
    type: "rd",
    image: name,
    codec: candidate.codec,
    version: candidate.version,
    level,
    width: image.width,
    height: image.height,
    bytesIn: image.rgb.length,
    bytesOut: bytes.value.length,
    ratio: image.rgb.length / bytes.value.length,
    psnrDb: Number.isFinite(psnr) ? psnr : null,
    msSsim: msSsim(image, decoded.value),
    encodeMs: encodedMs - startMs,
    decodeMs: decodedMs - encodedMs,
  });
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The mean over pictures of the rate difference to JPEG, on one scale of quality. */
function rateDifference(lines: readonly RdLine[], jpeg: readonly RdLine[], quality: (line: RdLine) => number): number | null {
  const pointsOf = (all: readonly RdLine[], image: string): readonly RatePoint[] =>
    all.filter((line) => line.image === image).map((line) => ({ rate: line.bytesOut, quality: quality(line) }));
  const images = [...new Set(lines.map((line) => line.image))];
  const differences = images.map((image) => bjontegaardRatePercent(pointsOf(jpeg, image), pointsOf(lines, image)));
  return meanOf(differences.filter((difference) => difference !== null));
}

/** For each level the mean over pictures of the rate difference to JPEG at the very quality that the level reaches. */
function differenceByLevel(lines: readonly RdLine[], jpeg: readonly RdLine[]): Readonly<Record<string, number | null>> {
  const levels = [...new Set(lines.map((line) => line.level))];
  const entries = levels.map((level) => {
    const differences = lines
      .filter((line) => line.level === level)
      .map((line) => {
        const curve = jpeg.filter((each) => each.image === line.image).map((each) => ({ rate: each.bytesOut, quality: msSsimDb(each.msSsim) }));
        const rate = rateAtQuality(curve, msSsimDb(line.msSsim));
        return rate === null ? null : 100 * (line.bytesOut / rate - 1);
      });
    return [String(level), meanOf(differences.filter((each) => each !== null))] as const;
  });
  return Object.fromEntries(entries);
}

function summaryOf(candidate: Candidate, lines: readonly RdLine[], jpeg: readonly RdLine[]): Readonly<Record<string, unknown>> {
  const atDefault = lines.filter((line) => line.level === candidate.defaultLevel);
  const encodes = (atDefault.length > 0 ? atDefault : lines).map((line) => line.encodeMs);
  return {
    type: "summary",
    codec: candidate.codec,
    version: candidate.version,
    drill: candidate.drill,
    images: new Set(lines.map((line) => line.image)).size,
    anchor: "jpeg",
    bdRateMsSsimPercent: rateDifference(lines, jpeg, (line) => msSsimDb(line.msSsim)),
    rateByLevelPercent: differenceByLevel(lines, jpeg),
    bdRatePsnrPercent: rateDifference(lines, jpeg, (line) => line.psnrDb ?? 100),
    defaultLevel: candidate.defaultLevel,
    ratio: meanOf(atDefault.map((line) => line.ratio)),
    msSsim: meanOf(atDefault.map((line) => line.msSsim)),
    encodeP50Ms: quantile(encodes, 0.5),
    encodeP95Ms: quantile(encodes, 0.95),
  };
}

function summaryText(summary: Readonly<Record<string, unknown>>): string {
  const number = (name: string, digits: number): string => {
    const value = summary[name];
    return typeof value === "number" ? value.toFixed(digits) : "none";
  };
  const byLevel = Object.entries(summary["rateByLevelPercent"] as Readonly<Record<string, number | null>>)
    .map(([level, value]) => `${level}: ${value === null ? "none" : value.toFixed(1)}`)
    .join(", ");
  return `${String(summary["codec"])} ${String(summary["version"])} (by level ${byLevel} %): rate against JPEG at equal MS-SSIM ${number("bdRateMsSsimPercent", 1)} %, at equal PSNR ${number("bdRatePsnrPercent", 1)} %; default level: ratio ${number("ratio", 1)}, MS-SSIM ${number("msSsim", 4)}; encode ${number("encodeP50Ms", 1)} ms, p95 ${number("encodeP95Ms", 1)} ms\n`;
}

async function measureAll(
  candidates: readonly Candidate[],
  images: readonly NamedImage[],
  isJson: boolean,
  plot: string | null,
  io: CommandIo,
): Promise<ExitCode> {
  const byCandidate = new Map<Candidate, RdLine[]>(candidates.map((candidate) => [candidate, []]));
  const first = images[0];
  for (const [candidate, lines] of byCandidate) {
    // Not measured: the first encode of a process runs code that is not compiled yet.
    for (const level of candidate.levels) if (first !== undefined) await measure(candidate, first, level);
    for (const image of images) {
      for (const level of candidate.levels) {
        const line = await measure(candidate, image, level);
        if (!line.ok) return refuse(io, line.error);
        lines.push(line.value);
        if (isJson) io.stdout(`${JSON.stringify(line.value)}\n`);
      }
    }
    io.stderr(`measured ${candidate.codec} ${candidate.version}\n`);
  }
  const jpeg = [...byCandidate.entries()].find(([candidate]) => candidate.codec === "jpeg")?.[1] ?? [];
  for (const [candidate, lines] of byCandidate) {
    const summary = summaryOf(candidate, lines, jpeg);
    io.stdout(isJson ? `${JSON.stringify(summary)}\n` : summaryText(summary));
  }
  const gap = webpGap([...byCandidate.entries()]);
  if (!isJson) io.stdout(gap);
  if (plot === null) return 0;
  const written = await writeBytes(plot, new TextEncoder().encode(rateDistortionSvg(`${String(images.length)} pictures, each by itself`, curvesOf([...byCandidate.entries()]))));
  return written.ok ? 0 : refuse(io, written.error);
}

/** Mean bytes and mean quality at each level, of everything that is no drill. */
function curvesOf(all: readonly (readonly [Candidate, readonly RdLine[]])[]): readonly PlotCurve[] {
  return all
    .filter(([candidate]) => !candidate.drill)
    .map(([candidate, lines]) => ({
      name: candidate.codec === "lydlr" ? candidate.version : candidate.codec,
      points: candidate.levels.map((level) => {
        const atLevel = lines.filter((line) => line.level === level);
        return { rate: meanOf(atLevel.map((line) => line.bytesOut)) ?? 1, quality: msSsimDb(meanOf(atLevel.map((line) => line.msSsim)) ?? 0) };
      }),
    }));
}

/** How each model stands against WebP: bytes at equal MS-SSIM. */
function webpGap(all: readonly (readonly [Candidate, readonly RdLine[]])[]): string {
  const webp = all.find(([candidate]) => candidate.codec === "webp")?.[1] ?? [];
  return all
    .filter(([candidate]) => candidate.codec === "lydlr")
    .map(([candidate, lines]) => {
      const difference = rateDifference(lines, webp, (line) => msSsimDb(line.msSsim));
      return `lydlr ${candidate.version}: rate against WebP at equal MS-SSIM ${difference === null ? "none" : difference.toFixed(1)} %\n`;
    })
    .join("");
}

/** `./lydlr bench codec`: every model, JPEG and WebP on the same pictures. */
export async function run(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  if (args.includes("--ablation")) return runAblation(args.filter((each) => each !== "--ablation"), io);
  const parsed = parseArguments(args, {
    images: { type: "string" },
    models: { type: "string" },
    frames: { type: "string" },
    plot: { type: "string" },
    times: { type: "boolean" },
    json: { type: "boolean" },
  });
  if (!parsed.ok) return refuse(io, parsed.error);
  const { positionals, values } = parsed.value;
  if (values["help"] === true) {
    io.stdout(HELP);
    return 0;
  }
  const frames = values["frames"] === undefined ? DEFAULT_FRAMES : Number(values["frames"]);
  if (positionals.length > 0 || !Number.isInteger(frames) || frames < 1 || frames > 1000) {
    return refuse(io, fail("BAD_USAGE", "see ./lydlr bench codec --help.").error);
  }
  const images = typeof values["images"] === "string" ? await folderImages(values["images"]) : ok(heldOutImages(frames));
  if (!images.ok) return refuse(io, images.error);
  const references = await loadReferenceCodecs();
  if (!references.ok) return refuse(io, references.error);
  const folder = modelsFolderOf(values);
  const entries = await listModels(folder);
  if (!entries.ok) return refuse(io, entries.error);
  const sessions: OpenModel[] = [];
  try {
    const candidates = references.value.map(referenceCandidate);
    for (const { version } of entries.value) {
      const model = await readModel(folder, version);
      const opened = model.ok ? await openModel(model.value) : model;
      if (!opened.ok || !model.ok) {
        if (!opened.ok) return refuse(io, opened.error);
        continue;
      }
      sessions.push(opened.value);
      candidates.push(modelCandidate(opened.value, model.value.manifest.drill));
    }
    const isJson = values["json"] === true;
    if (values["times"] === true) {
      await measureEncodeTimes(sessions, frames, isJson, io);
      return 0;
    }
    const code = await measureAll(candidates, images.value, isJson, typeof values["plot"] === "string" ? values["plot"] : null, io);
    if (typeof values["images"] !== "string") await measureStreams(sessions, frames, isJson, io);
    return code;
  } finally {
    for (const session of sessions) await session.close();
  }
}
