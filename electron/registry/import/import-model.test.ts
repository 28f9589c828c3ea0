import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ImportOutcome } from "../../../shared/contract/models";
import { shippedModels, writeBundle } from "../verification/bundle-fixture";
import { originalEncoder } from "../verification/onnx-fixture";
import type { VerificationEnd } from "../verification/verification-store";
import { tarGzOf, zipOf, type ArchiveEntry } from "./archive-fixture";
import { importPath, type ImportParts } from "./import-model";
import { IMPORT_LIMITS, partsOf } from "./intake";

const VERIFIED: VerificationEnd = { state: "verified", atMs: 1, durationMs: 1, sentence: "It is verified.", checks: [], benchmark: [], peakBytes: null };
const REFUSED: VerificationEnd = { state: "refused", atMs: 1, durationMs: 1, code: "MEMORY_LIMIT", sentence: "It is too large.", checks: [] };

/** The files of a shipped version as archive entries below `prefix`. */
function versionEntries(prefix = "", version = "1.1.0"): ArchiveEntry[] {
  const folder = join(shippedModels, version);
  return readdirSync(folder).map((name) => ({ name: `${prefix}${name}`, content: readFileSync(join(folder, name)) }));
}

describe("an import", { timeout: 30_000 }, () => {
  let folder = "";
  let importDir = "";
  /** What lay in the staged folder when it was verified. */
  let staged: string[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lydlr-import-"));
    importDir = join(folder, "models");
    staged = [];
    mkdirSync(join(folder, "shipped"));
    cpSync(join(shippedModels, "1.0.0"), join(folder, "shipped", "1.0.0"), { recursive: true });
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function importing(path: string, end: VerificationEnd = VERIFIED): Promise<ImportOutcome> {
    const parts: ImportParts = {
      importDir,
      places: [join(folder, "shipped"), importDir],
      progress: () => undefined,
      verify: ({ folder: stagedFolder }) => {
        staged = readdirSync(stagedFolder).sort();
        return Promise.resolve(end);
      },
    };
    return importPath(path, parts);
  }
  async function importArchive(name: string, bytes: Uint8Array): Promise<ImportOutcome> {
    writeFileSync(join(folder, name), bytes);
    return importing(join(folder, name));
  }
  const codeOf = (outcome: ImportOutcome): string => (outcome.ok ? "ok" : outcome.code);
  const present = (): string[] => (existsSync(importDir) ? readdirSync(importDir) : []);

  it.each([
    ["a zip", "a.zip", zipOf(versionEntries())],
    ["a zip with one folder around it", "a.ZIP", zipOf(versionEntries("1.1.0/"))],
    ["a tar.gz", "a.tar.gz", tarGzOf(versionEntries())],
    ["a tgz as tar makes it of a folder", "a.tgz", tarGzOf([{ name: "./" }, ...versionEntries("./")])],
  ])("takes a version out of %s, byte for byte, and verifies it before it has its name", async (_what, name, bytes) => {
    const outcome = await importArchive(name, bytes);
    expect(outcome).toMatchObject({ ok: true, key: "1.1.0", kind: "model", version: "1.1.0" });
    expect(present()).toEqual(["1.1.0"]);
    expect(staged).toEqual(["analysis.onnx", "entropy.json", "golden.json", "manifest.json", "synthesis.onnx"]);
    for (const file of staged) expect(readFileSync(join(importDir, "1.1.0", file)).equals(readFileSync(join(shippedModels, "1.1.0", file)))).toBe(true);
  });

  it("takes a folder, leaves out what the manifest does not name, and says what", async () => {
    const source = join(folder, "source");
    cpSync(join(shippedModels, "1.1.0"), source, { recursive: true });
    for (const name of ["run.sh", ".hidden", "README.md", "my notes.txt"]) writeFileSync(join(source, name), "x");
    const outcome = await importing(source);
    expect(outcome.ok && [...outcome.leftOut].sort()).toEqual([".hidden", "my notes.txt", "run.sh"]);
    expect(staged).toContain("README.md");
    expect(staged).not.toContain("run.sh");
  });

  it("of what verification refuses leaves nothing behind", async () => {
    const source = join(shippedModels, "1.1.0");
    expect(await importing(source, REFUSED)).toMatchObject({ ok: false, code: "MEMORY_LIMIT", sentence: "It is too large. Nothing was imported." });
    expect(present()).toEqual([]);
  });

  it("of a version that is there already is refused, shipped or imported", async () => {
    expect(await importing(join(shippedModels, "1.0.0"))).toMatchObject({ code: "VERSION_PRESENT", sentence: expect.stringContaining("shipped") as string });
    await importing(join(shippedModels, "1.1.0"));
    expect(await importing(join(shippedModels, "1.1.0"))).toMatchObject({ code: "VERSION_PRESENT", sentence: expect.stringContaining("imported") as string });
    expect(present()).toEqual(["1.1.0"]);
  });

  const evil = (name: string): ArchiveEntry[] => [...versionEntries(), { name, content: "evil" }];
  it.each([
    ["a path out of its folder", evil("../evil.txt")],
    ["a path out of its folder further in", evil("a/../../evil.txt")],
    ["an absolute path", evil("/tmp/evil.txt")],
    ["a path of Windows", evil("..\\evil.txt")],
    ["a drive", evil("C:evil.txt")],
    ["a name with a control character", evil("a\nb")],
    ["a link", [...versionEntries(), { name: "link", link: "/etc/passwd" }]],
    ["a name twice", [...versionEntries(), { name: "Analysis.onnx", content: "x" }]],
  ] as const)("refuses an archive with %s, zip or tar, and writes nothing outside", async (_what, entries) => {
    expect(codeOf(await importArchive("a.zip", zipOf(entries)))).toBe("UNSAFE_ARCHIVE");
    expect(codeOf(await importArchive("a.tgz", tarGzOf(entries)))).toBe("UNSAFE_ARCHIVE");
    expect(present()).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual(["a.tgz", "a.zip", "models", "shipped"]);
  });

  it("refuses a folder with a link in it", async () => {
    const source = join(folder, "source");
    cpSync(join(shippedModels, "1.1.0"), source, { recursive: true });
    symlinkSync("/etc/passwd", join(source, "link.txt"));
    expect(codeOf(await importing(source))).toBe("UNSAFE_ARCHIVE");
  });

  it("refuses bombs long before they are unpacked: by ratio, by number of entries, whether the entry is wanted or not", async () => {
    const zeros = new Uint8Array(IMPORT_LIMITS.ratioFromBytes + 1024 ** 2);
    const bomb = [{ name: "weights.onnx", content: zeros }];
    expect(codeOf(await importArchive("a.zip", zipOf(bomb)))).toBe("ARCHIVE_TOO_LARGE");
    expect(codeOf(await importArchive("a.tgz", tarGzOf(bomb)))).toBe("ARCHIVE_TOO_LARGE");
    expect(codeOf(await importArchive("a.tgz", tarGzOf([{ name: "deep/er/and/deeper.bin", content: zeros }])))).toBe("ARCHIVE_TOO_LARGE");
    const claims = [{ name: "weights.onnx", content: "x", claimedBytes: IMPORT_LIMITS.fileBytes + 1 }];
    expect(codeOf(await importArchive("a.zip", zipOf(claims)))).toBe("ARCHIVE_TOO_LARGE");
    const many = Array.from({ length: IMPORT_LIMITS.entries + 1 }, (_, i) => ({ name: `f${i}`, content: "" }));
    expect(codeOf(await importArchive("a.zip", zipOf(many)))).toBe("ARCHIVE_TOO_LARGE");
    expect(codeOf(await importArchive("a.tgz", tarGzOf(many)))).toBe("ARCHIVE_TOO_LARGE");
    expect(present()).toEqual([]);
  });

  it("refuses what lies about its size, is cut, or is none of the kinds that it knows", async () => {
    const lies = [{ name: "manifest.json", content: new Uint8Array(1024 ** 2), claimedBytes: 10 }];
    expect(codeOf(await importArchive("a.zip", zipOf(lies)))).toBe("BAD_ARCHIVE");
    const zip = zipOf(versionEntries());
    const tar = tarGzOf(versionEntries());
    expect(codeOf(await importArchive("a.zip", zip.subarray(0, zip.length / 2)))).toBe("BAD_ARCHIVE");
    expect(codeOf(await importArchive("a.tgz", tar.subarray(0, tar.length / 2)))).toBe("BAD_ARCHIVE");
    expect(codeOf(await importArchive("a.tgz", Buffer.from("no archive at all")))).toBe("BAD_ARCHIVE");
    expect(codeOf(await importArchive("a.rar", zip))).toBe("NOT_A_MODEL");
    expect(codeOf(await importing(join(folder, "nothing.zip")))).toBe("FILE_READ_FAILED");
    expect(present()).toEqual([]);
  });

  it("refuses what holds no version, several, or a manifest that reaches outside of its folder", async () => {
    expect(codeOf(await importArchive("a.zip", zipOf([{ name: "readme.md", content: "x" }])))).toBe("NOT_A_MODEL");
    expect(codeOf(await importArchive("a.zip", zipOf([...versionEntries("a/"), ...versionEntries("b/")])))).toBe("NOT_A_MODEL");
    expect(codeOf(await importArchive("a.zip", zipOf([{ name: "compressor_v1.0.pth", content: "x" }])))).toBe("NOT_A_MODEL");
    const manifest = readFileSync(join(shippedModels, "1.1.0", "manifest.json"), "utf8");
    const outside = manifest.replace('"analysis.onnx"', '"../1.0.0/analysis.onnx"');
    const outcome = await importArchive("a.zip", zipOf([{ name: "manifest.json", content: outside }]));
    expect(outcome).toMatchObject({ code: "BAD_MANIFEST", sentence: expect.stringContaining("files.analysis.path: it is no plain file name") as string });
    const original = { artifact_id: "a", version: "v1.0", format: "onnx", target: "jetson_orin", files: { onnx: "../../secrets.onnx" } };
    expect(codeOf(await importArchive("a.zip", zipOf([{ name: "manifest.json", content: JSON.stringify(original) }])))).toBe("BAD_MANIFEST");
    expect(codeOf(await importArchive("a.zip", zipOf([{ name: "manifest.json", content: JSON.stringify({ ...original, version: "../v1", files: { onnx: "a.onnx" } }) }])))).toBe("BAD_VERSION");
  });

  it("recognises a bundle of the original project and takes what belongs to it", async () => {
    const bundle = writeBundle(join(folder, "source"), originalEncoder());
    writeFileSync(join(bundle, "weights.bin"), "x");
    expect(await importing(bundle)).toMatchObject({ ok: true, key: "jetson_v1.0", kind: "original-bundle", version: "v1.0", leftOut: ["weights.bin"] });
    expect(staged).toEqual(["manifest.json", "metadata.json", "multimodal_compressor.onnx"]);
  });

  it("takes a checkpoint over unopened, where its name has a version", async () => {
    for (const name of ["lydlr_compressor_vv1.0.pth", "weights.pth"]) writeFileSync(join(folder, name), "a pickle");
    expect(await importing(join(folder, "lydlr_compressor_vv1.0.pth"))).toMatchObject({ ok: true, kind: "checkpoint", version: "v1.0" });
    expect(codeOf(await importing(join(folder, "weights.pth")))).toBe("NOT_A_MODEL");
    expect(present()).toEqual(["lydlr_compressor_vv1.0.pth"]);
  });

  it("sweeps away what a killed import left, and nothing of one that still runs", async () => {
    // The highest process id that Linux can have is 2^22; this one is nobody.
    const dead = join(importDir, ".incoming-99999999-abc");
    const alive = join(importDir, `.incoming-${process.pid}-abc`);
    for (const path of [dead, alive]) mkdirSync(path, { recursive: true });
    await importing(join(shippedModels, "1.1.0"));
    expect(present().sort()).toEqual([`.incoming-${process.pid}-abc`, "1.1.0"]);
  });

  it("says so where the data folder cannot be written", async () => {
    writeFileSync(join(folder, "file"), "x");
    importDir = join(folder, "file", "models");
    expect(await importing(join(shippedModels, "1.1.0"))).toMatchObject({ ok: false, code: "FILE_WRITE_FAILED" });
  });
});

describe("a name in an archive", () => {
  it("never becomes a path that leads out", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("..", ".", "", "a", "b.c", "\\", "/", "C:", "\u0000", " "), { maxLength: 6 }), (pieces) => {
        const parts = partsOf(pieces.join("/"));
        if (!parts.ok || parts.value === null) return;
        expect(join("/root", ...parts.value).startsWith("/root")).toBe(true);
        for (const part of parts.value) expect(part).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
      }),
    );
  });
});
