import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writePng } from "../edge/codec/picture-files";
import { createSensorRig } from "../edge/sensors/rig";
import { compare } from "./models-compare";

const MODELS = join(__dirname, "..", "..", "models");

async function capture(positionals: readonly string[], values: Readonly<Record<string, string | boolean>> = {}) {
  let out = "";
  let err = "";
  const code = await compare([MODELS], positionals, values, { stdout: (text) => (out += text), stderr: (text) => (err += text) });
  return { code, out, err };
}

describe("models compare", { timeout: 120_000 }, () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "compare-"));
    for (let index = 0; index < 3; index++) {
      const { camera } = createSensorRig({ seed: 300_800 + index, vertical: "drone" }).sample(20 * index);
      await writePng(join(folder, `${String(index)}.png`), camera);
    }
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it("prints a line for each picture, version and level, then what follows from them", async () => {
    const { code, out } = await capture(["1.0.0", "1.1.0"], { images: folder, json: true });
    expect(code).toBe(0);
    const lines = out.trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
    const rd = lines.filter((line) => line["type"] === "rd");
    expect(rd.length).toBe(3 * 2 * 5);
    const summary = lines.at(-1);
    expect(summary).toMatchObject({ type: "comparison", a: "1.0.0", b: "1.1.0", source: "images", verdict: "b-better", frames: 3, scenes: 3 });
    expect(summary?.["sentence"]).toMatch(/^1\.1\.0 needs \d+ % fewer bytes for the same picture \(BD-rate −/);
  });

  it("says the verdict last, in a sentence", async () => {
    const { code, out } = await capture(["1.1.0", "1.2.0"], { images: folder });
    expect(code).toBe(0);
    expect(out.trim().split("\n").at(-1)).toMatch(/^1\.1\.0 is better in both: fewer bytes and a better picture/);
  });

  it("refuses what cannot be compared, with a code and a sentence", async () => {
    expect(await capture(["1.0.0"])).toMatchObject({ code: 2, err: expect.stringContaining("BAD_USAGE") as unknown });
    expect(await capture(["1.0.0", "1.1.0"], { size: "huge" })).toMatchObject({ code: 2 });
    expect(await capture(["1.0.0", "1.0.0"])).toMatchObject({ code: 1, err: expect.stringContaining("cannot be compared with itself") as unknown });
    expect(await capture(["1.0.0", "9.9.9"])).toMatchObject({ code: 1, err: expect.stringContaining("UNKNOWN_VERSION") as unknown });
    expect(await capture(["1.0.0", "1.1.0"], { images: join(folder, "none") })).toMatchObject({ code: 1, err: expect.stringContaining("FILE_READ_FAILED") as unknown });
  });
});
