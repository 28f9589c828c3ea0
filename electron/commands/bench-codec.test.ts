import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "./bench-codec";
import { bjontegaardRatePercent, msSsimDb, quantile } from "./measure";

const MODELS = join(__dirname, "..", "..", "models");

async function capture(args: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let out = "";
  let err = "";
  const code = await run(args, { stdout: (text) => (out += text), stderr: (text) => (err += text) });
  return { code, out, err };
}

describe("Bjontegaard's rate difference", () => {
  const anchor = [10, 20, 40, 80].map((rate, i) => ({ rate, quality: 30 + 3 * i }));

  it("is zero for a codec against itself", () => {
    expect(bjontegaardRatePercent(anchor, anchor)).toBeCloseTo(0, 9);
  });

  it("is minus 25 % for a codec that takes a quarter less at every quality", () => {
    expect(bjontegaardRatePercent(anchor, anchor.map(({ rate, quality }) => ({ rate: 0.75 * rate, quality })))).toBeCloseTo(-25, 6);
  });

  it("looks only at qualities that both reach, and is null where there are none", () => {
    const upper = anchor.slice(2).map(({ rate, quality }) => ({ rate: 2 * rate, quality }));
    expect(bjontegaardRatePercent(anchor, upper)).toBeCloseTo(100, 0);
    expect(bjontegaardRatePercent(anchor, anchor.map(({ rate, quality }) => ({ rate, quality: quality - 20 })))).toBeNull();
  });

  it("is measured on MS-SSIM in dB, and quantiles lie between their neighbours", () => {
    expect(msSsimDb(0.9)).toBeCloseTo(10, 9);
    expect(msSsimDb(1)).toBe(60);
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([1, 2, 3, 4, 5], 0.95)).toBeCloseTo(4.8, 9);
  });
});

describe("bench codec", () => {
  it("prints a line for each codec and level of a picture, then one summary for each codec", async () => {
    const { code, out } = await capture(["--json", "--frames", "1", "--models", MODELS]);
    expect(code).toBe(0);
    const lines = out.trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
    const rd = lines.filter((line) => line["type"] === "rd");
    expect(rd.length).toBe(7 + 7 + 4 * 5);
    expect(Object.keys(rd[0] ?? {})).toEqual(
      "type image codec version level width height bytesIn bytesOut ratio psnrDb msSsim encodeMs decodeMs".split(" "),
    );
    const summaries = lines.filter((line) => line["type"] === "summary");
    expect(summaries.map((line) => `${String(line["type"])} ${String(line["codec"])}`)).toEqual([
      "summary jpeg",
      "summary webp",
      "summary lydlr",
      "summary lydlr",
      "summary lydlr",
      "summary lydlr",
    ]);
    const rate = (version: string): number => Number(summaries.find((line) => line["version"] === version)?.["bdRateMsSsimPercent"]);
    expect(rate("1.1.0")).toBeLessThan(rate("1.0.0"));
    expect(rate("1.0.0")).toBeLessThan(0);
    expect(rate("2.0.0")).toBeLessThan(0);
    const sensors = lines.filter((line) => line["type"] === "modality" && line["vertical"] === "drone" && line["level"] === 3);
    expect(sensors.map((line) => line["modality"])).toEqual(["camera", "lidar", "imu", "audio", "twist"]);
    const encodes = lines.filter((line) => line["type"] === "encode");
    expect(encodes.map((line) => line["level"])).toEqual([1, 2, 3, 4, 5]);
  }, 240_000);

  it("refuses options and folders that are wrong", async () => {
    expect((await capture(["--frames", "0"])).code).toBe(2);
    expect((await capture(["extra"])).code).toBe(2);
    const empty = await mkdtemp(join(tmpdir(), "bench-"));
    expect((await capture(["--images", empty])).err).toContain("FILE_READ_FAILED");
    await writeFile(join(empty, "a.png"), "no picture");
    expect((await capture(["--images", empty])).err).toContain("BAD_IMAGE");
    await rm(empty, { recursive: true });
  });
});
