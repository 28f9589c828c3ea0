import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeFileAtomically, type OpenFile } from "../reports/atomic-file";
import { TestBench } from "./bench-fixture";

/** A real file that stops taking bytes halfway; what is done at each step is told. */
function failingHalfway(steps: string[], look: () => void): OpenFile {
  return async (path) => {
    const file = await open(path, "wx");
    return {
      writeFile: async (data) => {
        const bytes = typeof data === "string" ? Buffer.from(data) : Buffer.from(data);
        await file.writeFile(bytes.subarray(0, bytes.length / 2));
        steps.push("half of it written");
        look();
        throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      },
      sync: () => file.sync(),
      close: () => file.close(),
    };
  };
}

describe("the export of a test", () => {
  const bench = new TestBench();
  let folder = "";
  let report = "";
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "lydlr-export-"));
    await bench.start();
    await bench.run(13);
    await bench.operations.setupAbTest("node_0", "node_1", "1.0.0", "1.1.0", { blockMs: 5_000, washOutMs: 1_000, longestMs: 50_000 });
    await bench.run(8);
    const made = bench.operations.abTests.report("ab-0001");
    report = made.ok ? made.value : "";
  });
  afterEach(async () => {
    await bench.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("is whole under its name, or what was there before: also while it is written, and where the disk fills up", async () => {
    const path = join(folder, "ab-0001.json");
    writeFileSync(path, "the report of yesterday");
    const steps: string[] = [];
    const whatAKillLeaves: string[] = [];
    const failed = await writeFileAtomically(path, report, failingHalfway(steps, () => whatAKillLeaves.push(readFileSync(path, "utf8"))));
    expect(steps).toEqual(["half of it written"]);
    expect(whatAKillLeaves, "killed at that moment").toEqual(["the report of yesterday"]);
    expect(failed).toMatchObject({ error: { code: "FILE_WRITE_FAILED", message: expect.stringContaining("the disk is full") as string } });
    expect(readFileSync(path, "utf8")).toBe("the report of yesterday");
    expect(readdirSync(folder), "nothing half stays beside it").toEqual(["ab-0001.json"]);
    expect(await writeFileAtomically(path, report)).toEqual({ ok: true, value: undefined });
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ kind: "ab-test", testId: "ab-0001" });
    expect(readdirSync(folder)).toEqual(["ab-0001.json"]);
  });
});
