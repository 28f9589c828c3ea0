import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { openJournal } from "../journal/sqlite-journal";
import { shippedModels, writeBundle, writeVersion } from "../registry/verification/bundle-fixture";
import { originalEncoder, ownAnalysis } from "../registry/verification/onnx-fixture";
import { buildPrograms } from "../registry/verification/program-fixture";
import { systemTimers } from "../time/system-timers";
import { run as models } from "./models";

const programs = buildPrograms({ "commands.cjs": "electron/commands/main.ts", "verifier-host.cjs": "electron/registry/verification/host.ts" });
afterAll(() => {
  rmSync(programs, { recursive: true });
});

describe("./lydlr models", { timeout: 120_000 }, () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lydlr-models-"));
    mkdirSync(join(folder, "shipped"));
    cpSync(join(shippedModels, "1.0.0"), join(folder, "shipped", "1.0.0"), { recursive: true });
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Runs the command as a person does, in a process of its own. */
  function run(...args: readonly string[]): { readonly code: number | null; readonly out: string; readonly err: string } {
    const options = ["--models", join(folder, "shipped"), "--data-dir", join(folder, "data")];
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(programs, "commands.cjs"), "models", ...args, ...options], { encoding: "utf8" });
    return { code: status, out: stdout, err: stderr };
  }
  function lines(out: string): Record<string, unknown>[] {
    return out.trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
  }
  const imported = (): string[] => readdirSync(join(folder, "data", "models"));

  it("lists, verifies and measures versions, and remembers what it proved", () => {
    expect(lines(run("--json").out)).toMatchObject([{ type: "model", version: "1.0.0", verified: true, aliases: ["latest"], verification: { state: "never" } }]);
    // Looking makes nothing.
    expect(existsSync(join(folder, "data"))).toBe(false);
    const verified = run("verify", "1.0.0", "--json");
    expect(verified.code).toBe(0);
    expect(lines(verified.out)).toMatchObject([{ version: "1.0.0", verified: true, verification: { state: "verified" } }]);
    expect(run().out).toMatch(/^1\.0\.0 +verified \d{4}-\d\d-\d\d/);
    const measured = run("benchmark", "1.0.0", "--frames", "1", "--json");
    expect(lines(measured.out).map(({ type, level }) => [type, level])).toEqual([1, 2, 3, 4, 5].map((level) => ["benchmark", level]));
  });

  it("imports a folder, lists it beside the others, and refuses the same version again", () => {
    const source = writeVersion(join(folder, "source"), "1.0.1");
    // Its golden frames were made by 1.0.0, so it has to make its own.
    expect(spawnSync(process.execPath, [join(programs, "commands.cjs"), "models", "golden", "1.0.1", "--models", join(folder, "source")]).status).toBe(0);
    writeFileSync(join(source, "notes.json"), "{}");
    const first = run("import", source, "--json");
    expect(first.err).toBe("");
    expect(lines(first.out)).toMatchObject([{ type: "import", ok: true, key: "1.0.1", leftOut: ["notes.json"] }]);
    expect(lines(run("--json").out)).toMatchObject([
      { version: "1.0.0", place: "shipped", aliases: [] },
      { version: "1.0.1", place: "imported", aliases: ["latest"], verification: { state: "verified" } },
    ]);
    const again = run("import", source);
    expect(again.code).toBe(1);
    expect(again.err).toMatch(/^VERSION_PRESENT: 1\.0\.1 is in the registry already \(imported\)/);
  });

  it("leaves nothing behind of what it refuses", () => {
    const wrong = writeVersion(join(folder, "source"), "9.0.0", { "analysis.onnx": ownAnalysis(null, "other") });
    const refused = run("import", wrong);
    expect([refused.code, refused.out]).toEqual([1, ""]);
    expect(refused.err).toMatch(/^CONTRACT_MISMATCH: .*Nothing was imported\.\n$/);
    expect(imported()).toEqual([]);
  });

  it("imports an original bundle and a checkpoint, and says what they cannot do", () => {
    const bundle = writeBundle(join(folder, "source"), originalEncoder());
    writeFileSync(join(folder, "lydlr_compressor_v1.0.pth"), "a pickle that nobody opens");
    const both = run("import", bundle, join(folder, "lydlr_compressor_v1.0.pth"), "--json");
    expect(both.code).toBe(0);
    expect(imported().sort()).toEqual(["jetson_v1.0", "lydlr_compressor_v1.0.pth"]);
    // 1.0 comes before 1.0.0, and v1.0 is 1.0.
    const [checkpoint, original] = lines(run("--json").out);
    expect(original).toMatchObject({ key: "jetson_v1.0", version: "v1.0", kind: "original-bundle", verification: { state: "verified" } });
    expect(String(original?.["cannot"])).toContain("no decoder");
    expect(checkpoint).toMatchObject({ kind: "checkpoint", version: "1.0", verified: false });
  });

  it("sets aliases, shows every move, and refuses what must not be one", () => {
    expect(run("alias", "champion", "1.0.0").code).toBe(0);
    expect(run("alias", "champion", "--remove").code).toBe(0);
    const moves = lines(run("alias", "--json").out);
    expect(moves.map(({ alias, from, to, via }) => [alias, from, to, via])).toEqual([
      ["champion", "1.0.0", null, "command line"],
      ["champion", null, "1.0.0", "command line"],
    ]);
    expect(run("alias", "champion", "7.7.7").err).toMatch(/^UNKNOWN_VERSION: /);
    expect(run("alias", "latest", "1.0.0").err).toMatch(/^BAD_ALIAS: /);
  });

  it("says that aliases cannot be read while an application holds the journal, and lists all the same", () => {
    const journal = openJournal({ path: join(folder, "data", "journal.db"), clock: systemTimers });
    const listed = run("--json");
    expect(listed.code).toBe(0);
    expect(lines(listed.out)).toHaveLength(1);
    expect(listed.err).toMatch(/^JOURNAL_UNAVAILABLE: aliases cannot be read now\. .*another Lydlr Ops/);
    expect(run("alias", "champion", "1.0.0").err).toMatch(/^JOURNAL_UNAVAILABLE: /);
    journal.close();
  });

  it("answers bad usage with 2 and a missing path with its code", async () => {
    for (const args of [["verify", "a", "b"], ["benchmark"], ["benchmark", "1.0.0", "--frames", "0"], ["import"], ["alias", "a", "b", "c"], ["alias", "--remove"], ["nonsense"]]) {
      expect(await models(args, { stdout: () => undefined, stderr: () => undefined })).toBe(2);
    }
    expect(run("verify", "8.0.0").err).toMatch(/^UNKNOWN_VERSION: /);
    expect(run("import", join(folder, "nothing.zip")).err).toMatch(/^FILE_READ_FAILED: /);
    expect(run("--help").out).toContain("usage:");
  });
});
