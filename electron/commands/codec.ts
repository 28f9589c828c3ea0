import { readContainer } from "../../shared/codec/container";
import type { Result } from "../../shared/result";
import { fail } from "../../shared/result";
import { decodeFrame, encodePictureFile } from "../edge/codec/frame-codec";
import { readBytes, readPicture, writeBytes, writePng } from "../edge/codec/picture-files";
import { openModel, type OpenModel } from "../inference/onnx-session";
import { readModel, type ModelPlaces } from "../registry/registry";
import { modelPlacesOf, parseArguments, refuse, type ParsedArguments } from "./arguments";
import { decodeStreamFile, encodeStreamFile, type StreamRecording } from "./codec-stream";
import type { CommandIo, ExitCode } from "./command";

const HELP = `usage: ./lydlr codec encode VERSION LEVEL IN OUT [--models DIR]
       ./lydlr codec decode IN OUT [--models DIR]
       ./lydlr codec stream encode VERSION LEVEL OUT [--frames N] [--seed N] [--vertical drone|iot] [--size WxH] [--models DIR]
       ./lydlr codec stream decode IN [--models DIR]

Compresses one picture (png, jpg) to a bitstream file, or turns one back into a png.
The file carries the model version and the level; its size is what a compression ratio counts.

\`stream encode\` does the same with every sensor of a moving node of a procedural hall, frame after frame,
and prints what each frame will decode to as a SHA-256; \`stream decode\`, in a process of its own, prints what
it does decode to, and marks what is damaged.

  LEVEL         1 (finest) to 5 (smallest), or "default"
  --frames N    how many frames (20)
  --size WxH    of the camera's picture (320x240)
  --models DIR  the models folder
`;

async function open(folder: ModelPlaces, version: string): Promise<Result<OpenModel>> {
  const model = await readModel(folder, version);
  return model.ok ? openModel(model.value) : model;
}

async function encode(folder: ModelPlaces, parts: readonly string[], io: CommandIo): Promise<ExitCode> {
  const [version = "", levelText = "", from = "", to = ""] = parts;
  const image = await readPicture(from);
  if (!image.ok) return refuse(io, image.error);
  const model = await open(folder, version);
  if (!model.ok) return refuse(io, model.error);
  const session = model.value;
  try {
    const level = levelText === "default" ? session.defaultLevel : Number(levelText);
    const bytes = await encodePictureFile(session, image.value, level);
    if (!bytes.ok) return refuse(io, { code: "BAD_USAGE", message: bytes.error.message });
    const written = await writeBytes(to, bytes.value);
    if (!written.ok) return refuse(io, written.error);
    const { width, height, rgb } = image.value;
    const ratio = (rgb.length / bytes.value.length).toFixed(2);
    io.stdout(
      `${version} level ${String(level)}: ${String(width)}x${String(height)}, ${String(rgb.length)} bytes to ${String(bytes.value.length)}, ratio ${ratio}\n`,
    );
    return 0;
  } finally {
    await session.close();
  }
}

async function decode(folder: ModelPlaces, parts: readonly string[], io: CommandIo): Promise<ExitCode> {
  const [from = "", to = ""] = parts;
  const bytes = await readBytes(from);
  if (!bytes.ok) return refuse(io, bytes.error);
  const container = readContainer(bytes.value);
  if (!container.ok) return refuse(io, container.error);
  const { version } = container.value;
  const model = await open(folder, version);
  if (!model.ok) return refuse(io, model.error);
  try {
    const decoded = await decodeFrame(model.value, bytes.value);
    if (!decoded.ok) return refuse(io, decoded.error);
    const { camera, level } = decoded.value;
    const written = await writePng(to, camera);
    if (!written.ok) return refuse(io, written.error);
    io.stdout(`${version} level ${String(level)}: ${String(camera.width)}x${String(camera.height)}\n`);
    return 0;
  } finally {
    await model.value.close();
  }
}

/** `./lydlr codec`: one picture to a bitstream file and back. */
export async function run(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  const parsed = parseArguments(args, {
    models: { type: "string" },
    frames: { type: "string" },
    seed: { type: "string" },
    vertical: { type: "string" },
    size: { type: "string" },
  });
  if (!parsed.ok) return refuse(io, parsed.error);
  const { positionals, values } = parsed.value;
  if (values["help"] === true) {
    io.stdout(HELP);
    return 0;
  }
  const [action, ...rest] = positionals;
  const folder = modelPlacesOf(values);
  if (action === "encode" && rest.length === 4) return encode(folder, rest, io);
  if (action === "decode" && rest.length === 2) return decode(folder, rest, io);
  const [direction, ...streamRest] = rest;
  if (action === "stream" && direction === "decode" && streamRest.length === 1) return decodeStreamFile(folder, streamRest[0] ?? "", io);
  if (action === "stream" && direction === "encode" && streamRest.length === 3) {
    const [version = "", level = "", to = ""] = streamRest;
    const recording = recordingOf(values);
    if (recording !== null) return encodeStreamFile(folder, version, level === "default" ? 3 : Number(level), to, recording, io);
  }
  return refuse(io, fail("BAD_USAGE", "see ./lydlr codec --help.").error);
}

/** What a stream is made of; null for values that are none. */
function recordingOf(values: ParsedArguments["values"]): StreamRecording | null {
  const [frames, seed] = [Number(values["frames"] ?? 20), Number(values["seed"] ?? 1)];
  const vertical = values["vertical"] ?? "drone";
  const size = /^(\d{1,4})x(\d{1,4})$/.exec(String(values["size"] ?? "320x240"));
  const [width, height] = [Number(size?.[1]), Number(size?.[2])];
  const isCount = (value: number, most: number): boolean => Number.isInteger(value) && value >= 1 && value <= most;
  if (!isCount(frames, 100_000) || !isCount(seed, 0xffffffff) || !isCount(width, 4096) || !isCount(height, 4096)) return null;
  return vertical === "drone" || vertical === "iot" ? { seed, frames, vertical, width, height } : null;
}
