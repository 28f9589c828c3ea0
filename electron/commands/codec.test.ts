import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readContainer } from "../../shared/codec/container";
import { decodeFrame, encodePictureFile } from "../edge/codec/frame-codec";
import { readPicture, writePng } from "../edge/codec/picture-files";
import { createSensorRig } from "../edge/sensors/rig";
import { openModel } from "../inference/onnx-session";
import { readModel } from "../registry/registry";
import { run as codec } from "./codec";
import { run as models } from "./models";

const ROOT = join(__dirname, "..", "..");
const MODELS = join(ROOT, "models");

/** Runs a command here and gives what it wrote. */
async function capture(command: typeof codec, args: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let out = "";
  let err = "";
  const code = await command([...args, "--models", MODELS], { stdout: (text) => (out += text), stderr: (text) => (err += text) });
  return { code, out, err };
}

describe("the codec's commands", () => {
  const { camera } = createSensorRig({ seed: 300_600, vertical: "drone" }).sample(5);
  let folder = "";
  const at = (name: string): string => join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "codec-"));
    await writePng(at("in.png"), camera);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it("write a file whose size is the bytes that the ratio counts, with version and level in it", async () => {
    const { code, out } = await capture(codec, ["encode", "1.1.0", "4", at("in.png"), at("out.lyo")]);
    expect(code).toBe(0);
    const { size } = await stat(at("out.lyo"));
    expect(out).toContain(`230400 bytes to ${String(size)}, ratio ${(230400 / size).toFixed(2)}`);
    const container = readContainer(await readFile(at("out.lyo")));
    expect(container.ok && [container.value.version, container.value.level]).toEqual(["1.1.0", 4]);
  });

  it("decode in another process to exactly the picture that the encoder's own decoder sees", async () => {
    const model = await readModel(MODELS, "1.1.0");
    const opened = model.ok ? await openModel(model.value) : model;
    if (!opened.ok) throw new Error(opened.error.message);
    const bytes = await encodePictureFile(opened.value, camera, 3);
    if (!bytes.ok) throw new Error(bytes.error.message);
    const own = await decodeFrame(opened.value, bytes.value);
    await opened.value.close();
    await writeFile(at("frame.lyo"), bytes.value);

    await build({
      stdin: {
        contents: `import { run } from "./codec";
          const io = { stdout: (text) => process.stdout.write(text), stderr: (text) => process.stderr.write(text) };
          run(process.argv.slice(2), io).then((code) => { process.exitCode = code; });`,
        resolveDir: __dirname,
        loader: "ts",
      },
      bundle: true,
      platform: "node",
      format: "cjs",
      external: ["onnxruntime-node"],
      outfile: at("codec.cjs"),
      logLevel: "silent",
    });
    const env = { ...process.env, NODE_PATH: join(ROOT, "node_modules") };
    const args = [at("codec.cjs"), "decode", at("frame.lyo"), at("frame.png"), "--models", MODELS];
    const child = spawnSync(process.execPath, args, { env, encoding: "utf8" });
    expect([child.status, child.stderr]).toEqual([0, ""]);
    const picture = await readPicture(at("frame.png"));
    expect(own.ok && picture.ok && Buffer.compare(own.value.camera.rgb, picture.value.rgb)).toBe(0);
  }, 60_000);

  it("say what is wrong with a code, and 2 for bad usage", async () => {
    await writeFile(at("broken.lyo"), "LYOC but not more");
    await writeFile(at("text.png"), "no picture");
    const cases: readonly (readonly [readonly string[], number, string])[] = [
      [[], 2, "BAD_USAGE"],
      [["encode", "1.1.0"], 2, "BAD_USAGE"],
      [["encode", "1.1.0", "3", at("in.png"), at("x"), "--wrong"], 2, "BAD_USAGE"],
      [["encode", "1.1.0", "99", at("in.png"), at("x")], 2, "BAD_USAGE"],
      [["encode", "7.7.7", "3", at("in.png"), at("x")], 1, "UNKNOWN_VERSION"],
      [["encode", "../1.1.0", "3", at("in.png"), at("x")], 1, "BAD_VERSION"],
      [["encode", "1.1.0", "3", at("none.png"), at("x")], 1, "FILE_READ_FAILED"],
      [["encode", "1.1.0", "3", at("text.png"), at("x")], 1, "BAD_IMAGE"],
      [["encode", "1.1.0", "3", at("in.png"), at("no/such/folder")], 1, "FILE_WRITE_FAILED"],
      [["decode", at("broken.lyo"), at("x")], 1, "BAD_BITSTREAM"],
    ];
    for (const [args, code, start] of cases) {
      const result = await capture(codec, args);
      expect([result.code, result.err.split(":")[0]]).toEqual([code, start]);
    }
    expect((await capture(codec, ["--help"])).out).toContain("usage:");
  }, 60_000);

  it("list, verify and measure the registry", async () => {
    const listed = await capture(models, ["--json"]);
    expect(listed.code).toBe(0);
    const lines = listed.out.trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map((line) => [line["version"], line["verified"], line["drill"], line["aliases"]])).toEqual([
      ["1.0.0", true, false, []],
      ["1.1.0", true, false, []],
      ["1.2.0", true, true, []],
      ["2.0.0", true, false, ["latest"]],
    ]);
    expect((await capture(models, ["verify", "1.0.0"])).code).toBe(0);
    expect((await capture(models, ["verify", "8.0.0"])).err).toContain("UNKNOWN_VERSION");
    expect((await capture(models, ["compare"])).code).toBe(2);
    const measured = await capture(models, ["benchmark", "1.0.0", "--frames", "2", "--json"]);
    expect(measured.code).toBe(0);
    expect(measured.out.trim().split("\n").length).toBe(5);
  }, 60_000);
});
