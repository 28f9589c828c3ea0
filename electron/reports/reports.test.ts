import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeFileAtomically } from "./atomic-file";
import { samplesCsv } from "./samples-csv";

describe("a report file", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lydlr-report-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test("is the whole text, and nothing else stays in the folder", async () => {
    const path = join(folder, "node_0.csv");
    expect(await writeFileAtomically(path, "a,b\r\n")).toEqual({ ok: true, value: undefined });
    expect(readFileSync(path, "utf8")).toBe("a,b\r\n");
    expect(readdirSync(folder)).toEqual(["node_0.csv"]);
  });

  test("on a full disk leaves the old file as it was and says why", async () => {
    const path = join(folder, "node_0.csv");
    writeFileSync(path, "old");
    const full = () =>
      Promise.resolve({
        writeFile: () => Promise.reject(Object.assign(new Error("write"), { code: "ENOSPC" })),
        sync: () => Promise.resolve(),
        close: () => Promise.resolve(),
      });
    const written = await writeFileAtomically(path, "new", full);
    expect(written).toMatchObject({ ok: false, error: { code: "FILE_WRITE_FAILED" } });
    expect(written.ok ? "" : written.error.message).toContain("the disk is full");
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["node_0.csv"]);
  });

  test("into a folder that does not exist is refused", async () => {
    expect(await writeFileAtomically(join(folder, "no", "x.csv"), "x")).toMatchObject({ error: { code: "FILE_WRITE_FAILED" } });
  });

  test("has an empty field where the node reported nothing, and UTC times", () => {
    const row = { tMs: 1_700_000_000_500, modelVersion: "1.1.0", compressionRatio: 8.5, latencyMs: 21.25, qualityScore: NaN, bandwidthKbps: 0 };
    expect(samplesCsv("node_0", [row]).split("\r\n")[1]).toBe("2023-11-14T22:13:20.500Z,1700000000500,node_0,1.1.0,8.5,21.25,,0");
  });
});
