import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { registryViewSchema, type RegistryView } from "../../shared/contract/models";
import { fail, ok, type Result } from "../../shared/result";
import { virtualTimers } from "../time/virtual-timers";
import type { aliasesAfter, AliasBook } from "./alias-book";
import type { Verifier } from "./verification/verifier";
import { openModelDesk, type ModelDesk } from "./model-desk";

const SHIPPED = join(import.meta.dirname, "..", "..", "models");

/** A verifier that finds what a test says. */
function fakeVerifier(find: () => Result<string> = () => ok("It is verified.")): Verifier {
  const run: Verifier["run"] = (_task, progress) => {
    progress?.onStep?.("hashes");
    return Promise.resolve({ checks: [], benchmark: [], durationMs: 5, peakBytes: null, end: find() });
  };
  return { run, stop: () => undefined };
}

/** A book in memory. */
function fakeBook(isReadable = true): AliasBook {
  const moves: Parameters<typeof aliasesAfter>[0][number][] = [];
  const history = () => (isReadable ? ok([...moves].reverse()) : fail("JOURNAL_UNAVAILABLE", "Another Lydlr Ops uses this folder."));
  return {
    history,
    set(alias, to) {
      moves.push({ alias, from: null, to, atMs: moves.length, by: "jane", via: "window" });
      return history();
    },
  };
}

function valueOf<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

describe("the model desk", () => {
  let folder = "";
  let noted: string[] = [];
  beforeEach(() => {
    noted = [];
    folder = mkdtempSync(join(tmpdir(), "lydlr-desk-"));
    for (const version of ["1.0.0", "1.2.0"]) cpSync(join(SHIPPED, version), join(folder, "shipped", version), { recursive: true });
    mkdirSync(join(folder, "data", "models"), { recursive: true });
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  function open(aliases = fakeBook(), verifier = fakeVerifier()): ModelDesk {
    return openModelDesk({ shippedDir: join(folder, "shipped"), dataDir: join(folder, "data"), clock: virtualTimers(), aliases, verifier, note: ({ event }) => noted.push(event) });
  }
  /** What the window would get: parsed by its schema. */
  async function look(desk: ModelDesk): Promise<RegistryView> {
    return v.parse(registryViewSchema, valueOf(await desk.view()));
  }

  it("shows shipped and imported versions in one table, lowest first, and what nobody verified as never verified", async () => {
    cpSync(join(SHIPPED, "1.1.0"), join(folder, "data", "models", "1.1.0"), { recursive: true });
    const { rows } = await look(open());
    expect(rows.map(({ key, place, verification, drill }) => [key, place, verification.state, drill])).toEqual([
      ["1.0.0", "shipped", "never", false],
      ["1.1.0", "imported", "never", false],
      ["1.2.0", "shipped", "never", true],
    ]);
    expect(rows[1]?.aliases).toEqual(["latest"]);
    expect(rows[0]?.files.map(({ name }) => name)).toContain("analysis.onnx");
  });

  it("shows a version whose file was changed as refused, with the code, and says that it cannot be deployed", async () => {
    writeFileSync(join(folder, "shipped", "1.0.0", "entropy.json"), "{}");
    const { rows } = await look(open());
    expect(rows[0]?.verification).toMatchObject({ state: "refused", code: "HASH_MISMATCH" });
    expect(rows[0]?.deployable).toMatchObject({ ok: false, code: "HASH_MISMATCH" });
  });

  it("lists checkpoints by their hash with the version after the first _v, and says that they are never opened", async () => {
    writeFileSync(join(folder, "data", "models", "lydlr_compressor_vv1.0.pth"), "pickle");
    const row = (await look(open())).rows.find(({ kind }) => kind === "checkpoint");
    expect(row).toMatchObject({ key: "lydlr_compressor_vv1.0.pth", version: "v1.0", bytes: 6 });
    expect(row?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(row?.deployable).toMatchObject({ ok: false, code: "NOT_AVAILABLE" });
    expect(row?.cannot.join()).toContain("never opened");
  });

  it("sets aliases to usable versions alone, and tells whoever listens", async () => {
    const desk = open();
    const revisions: number[] = [];
    desk.onPush(({ revision }) => revisions.push(revision));
    const set = valueOf(await desk.setAlias("champion", "1.0.0"));
    expect(set.rows[0]?.aliases).toEqual(["latest", "champion"]);
    expect(set.aliases).toMatchObject([{ alias: "champion", version: "1.0.0", by: "jane" }]);
    expect(revisions).toEqual([1]);
    expect(await desk.setAlias("champion", "9.9.9")).toMatchObject({ ok: false, error: { code: "UNKNOWN_VERSION" } });
    writeFileSync(join(folder, "shipped", "1.2.0", "entropy.json"), "{}");
    expect(await desk.setAlias("champion", "1.2.0")).toMatchObject({ ok: false, error: { code: "HASH_MISMATCH" } });
  });

  it("keeps what a verification found, for the same bytes alone, and shows it after a restart", async () => {
    const desk = open();
    const told: string[] = [];
    desk.onPush(({ activities }) => told.push(activities.map(({ subject, sentence }) => `${subject}: ${sentence}`).join()));
    expect(valueOf(await desk.verify("1.0.0"))).toMatchObject({ state: "verified", durationMs: 5 });
    expect(told).toEqual(["1.0.0: It waits for its turn.", "1.0.0: Its files are hashed.", "", ""]);
    expect(noted).toEqual(["model-verified"]);
    expect((await look(open())).rows[0]?.verification).toMatchObject({ state: "verified", sentence: "It is verified." });
    const manifest = join(folder, "shipped", "1.0.0", "manifest.json");
    writeFileSync(manifest, `${readFileSync(manifest, "utf8")} `);
    expect((await look(open())).rows[0]?.verification.state).toBe("never");
  });

  it("lets no version that was refused be deployed or get an alias, and believes no verifier that could not work", async () => {
    const refusing = open(fakeBook(), fakeVerifier(() => fail("TIME_LIMIT", "It did not end.")));
    expect(valueOf(await refusing.verify("1.0.0"))).toMatchObject({ state: "refused", code: "TIME_LIMIT" });
    expect((await look(refusing)).rows[0]?.deployable).toMatchObject({ ok: false, code: "TIME_LIMIT" });
    expect(await refusing.setAlias("champion", "1.0.0")).toMatchObject({ ok: false, error: { code: "TIME_LIMIT" } });
    const broken = open(fakeBook(), fakeVerifier(() => fail("VERIFIER_DOWN", "It could not be started.")));
    await broken.verify("1.2.0");
    expect((await look(broken)).rows[1]?.verification.state).toBe("never");
    expect(await broken.verify("7.7.7")).toMatchObject({ ok: false, error: { code: "UNKNOWN_VERSION" } });
  });

  it("imports path after path, each with an outcome of its own, and shows what it imported as verified", async () => {
    const desk = open();
    const outcomes = await desk.importPaths([join(SHIPPED, "1.1.0"), join(SHIPPED, "1.0.0"), join(folder, "nothing.zip")]);
    expect(outcomes.map((outcome) => (outcome.ok ? outcome.key : outcome.code))).toEqual(["1.1.0", "VERSION_PRESENT", "FILE_READ_FAILED"]);
    expect((await look(desk)).rows.find(({ key }) => key === "1.1.0")).toMatchObject({ place: "imported", verification: { state: "verified" } });
    expect(noted).toEqual(["model-verified", "model-imported", "import-refused", "import-refused"]);
  });

  it("shows the rows although the journal cannot be read, and says why there are no aliases", async () => {
    const { rows, aliasTrouble } = await look(open(fakeBook(false)));
    expect(rows).toHaveLength(2);
    expect(aliasTrouble).toContain("Another Lydlr Ops");
  });
});
