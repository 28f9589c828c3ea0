import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ImportOutcome } from "../../../shared/contract/models";
import { shippedModels } from "../verification/bundle-fixture";
import { tarGzOf, zipOf } from "./archive-fixture";
import { SYSTEM_DISK, type ImportDisk } from "./disk";
import { importPath } from "./import-model";

/**
 * A disk that is full from its operation `fullAt` on. Of a file's writes the first is one, since how an archive falls
 * into pieces is not the same twice; where it meets the end, half of it is written.
 */
function fillingDisk(fullAt: number): ImportDisk & { readonly operations: string[] } {
  const operations: string[] = [];
  const guarded = async <Value>(name: string, work: () => Promise<Value>): Promise<Value> => {
    if (operations.push(name) > fullAt) throw Object.assign(new Error(`ENOSPC: no space left on device, ${name}`), { code: "ENOSPC" });
    return work();
  };
  return {
    operations,
    makeFolder: (path) => guarded("make folder", () => SYSTEM_DISK.makeFolder(path)),
    create: (path) =>
      guarded("create", async () => {
        const file = await SYSTEM_DISK.create(path);
        let isFirst = true;
        return {
          write: async (bytes) => {
            if (!isFirst) return file.write(bytes);
            isFirst = false;
            if (operations.length >= fullAt) await file.write(bytes.subarray(0, bytes.length / 2));
            await guarded("write", () => file.write(bytes));
          },
          sync: () => guarded("sync", () => file.sync()),
          close: () => file.close(),
        };
      }),
    rename: (from, to) => guarded("rename", () => SYSTEM_DISK.rename(from, to)),
    syncFolder: (path) => guarded("sync folder", () => SYSTEM_DISK.syncFolder(path)),
  };
}

describe("an import onto a disk that fills up", { timeout: 60_000 }, () => {
  let folder = "";
  let importDir = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lydlr-full-"));
    importDir = join(folder, "models");
    cpSync(join(shippedModels, "1.0.0"), join(importDir, "1.0.0"), { recursive: true });
    const source = join(shippedModels, "1.1.0");
    const entries = readdirSync(source).map((name) => ({ name, content: readFileSync(join(source, name)) }));
    mkdirSync(join(folder, "a folder"));
    for (const { name, content } of entries) writeFileSync(join(folder, "a folder", name), content);
    writeFileSync(join(folder, "a.zip"), zipOf(entries));
    writeFileSync(join(folder, "a.tgz"), tarGzOf(entries));
    writeFileSync(join(folder, "compressor_v1.0.pth"), "a pickle");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function importing(name: string, disk: ImportDisk): Promise<ImportOutcome> {
    return importPath(join(folder, name), {
      importDir,
      places: [importDir],
      progress: () => undefined,
      verify: () => Promise.resolve({ state: "verified", atMs: 1, durationMs: 1, sentence: "It is verified.", checks: [], benchmark: [], peakBytes: null }),
      disk,
    });
  }

  it.each([
    ["a folder", "1.1.0"],
    ["a.zip", "1.1.0"],
    ["a.tgz", "1.1.0"],
    ["compressor_v1.0.pth", "compressor_v1.0.pth"],
  ])("says so and leaves nothing of %s behind, wherever in the import it happens", async (name, key) => {
    const roomy = fillingDisk(Number.POSITIVE_INFINITY);
    expect(await importing(name, roomy)).toMatchObject({ ok: true, key });
    rmSync(join(importDir, key), { recursive: true });
    expect(new Set(roomy.operations)).toEqual(new Set(["make folder", "create", "write", "sync", "rename", "sync folder"]));
    for (const [fullAt, operation] of roomy.operations.entries()) {
      const outcome = await importing(name, fillingDisk(fullAt));
      const where = `${operation}, operation ${String(fullAt)}`;
      expect(outcome, where).toMatchObject({ ok: false, code: "FILE_WRITE_FAILED" });
      expect(outcome.sentence, where).toMatch(/\(ENOSPC: the disk is full\)\. Nothing was imported\.$/);
      expect(readdirSync(importDir), where).toEqual(["1.0.0"]);
    }
  });

  it("can be done again once there is room", async () => {
    expect((await importing("a.zip", fillingDisk(7))).ok).toBe(false);
    expect((await importing("a.zip", SYSTEM_DISK)).ok).toBe(true);
    expect(readdirSync(importDir).sort()).toEqual(["1.0.0", "1.1.0"]);
    expect(readFileSync(join(importDir, "1.1.0", "analysis.onnx")).equals(readFileSync(join(shippedModels, "1.1.0", "analysis.onnx")))).toBe(true);
  });
});
