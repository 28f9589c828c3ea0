import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { version } from "../shared/fleet/ids-fixture";
import type { VerificationEnd } from "./registry/verification/verification-store";
import { openModelShelf } from "./version-shelf";

describe("the shelf of versions", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lydlr-models-"));
    for (const name of ["1.0.0", "1.1.0", "1.2.0"]) {
      cpSync(resolve(__dirname, "..", "models", name), join(folder, name), { recursive: true });
    }
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test("has the shipped versions, starts a fleet with the lowest that is no drill, and marks the drill", async () => {
    const shelf = await openModelShelf(folder);
    expect(shelf.initialVersion).toBe("1.0.0");
    expect([shelf.isDrill("1.1.0"), shelf.isDrill("1.2.0")]).toEqual([false, true]);
    expect((await shelf.list()).map(({ version: name, verified, drill }) => [name, verified, drill])).toEqual([
      ["1.0.0", true, false],
      ["1.1.0", true, false],
      ["1.2.0", true, true],
    ]);
    expect(await shelf.check(version("1.1.0"))).toEqual({ ok: true, value: undefined });
  });

  test("refuses a version whose file changed after it was opened, and says which file", async () => {
    const shelf = await openModelShelf(folder);
    const file = join(folder, "1.1.0", "analysis.onnx");
    const bytes = readFileSync(file);
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    const checked = await shelf.check(version("1.1.0"));
    expect(checked).toMatchObject({ ok: false, error: { code: "HASH_MISMATCH" } });
    expect(checked.ok ? "" : checked.error.message).toMatch(/^analysis\.onnx of 1\.1\.0 is not the file .* Nothing was sent\.$/);
    expect((await shelf.list()).find(({ version: name }) => name === "1.1.0")).toMatchObject({ verified: false });
  });

  test("refuses a version that verification refused on this machine, although its files are right", async () => {
    const refused: VerificationEnd = { state: "refused", atMs: 1, durationMs: 1, code: "TIME_LIMIT", sentence: "It did not end within 120 s.", checks: [] };
    const shelf = await openModelShelf(folder, { read: () => Promise.resolve(refused) });
    expect(await shelf.check(version("1.1.0"))).toEqual({
      ok: false,
      error: { code: "TIME_LIMIT", message: "Verification refused 1.1.0: It did not end within 120 s. Nothing was sent." },
    });
    expect((await shelf.list())[0]).toMatchObject({ verified: false, sentence: "TIME_LIMIT: It did not end within 120 s." });
  });

  test("refuses a version that it does not have", async () => {
    const shelf = await openModelShelf(folder);
    expect(await shelf.check(version("9.9.9"))).toMatchObject({ ok: false, error: { code: "UNKNOWN_VERSION" } });
  });

  test("of an empty folder has nothing to start with", async () => {
    rmSync(folder, { recursive: true });
    const shelf = await openModelShelf(folder);
    expect(shelf.initialVersion).toBeNull();
    expect(await shelf.list()).toEqual([]);
  });
});
