import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseManifest } from "./manifest";
import { listModels, readManifest, readModel } from "./registry";
import { compareVersions } from "./version-order";

const MODELS = join(__dirname, "..", "..", "models");

describe("the model registry", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "registry-"));
    await cp(join(MODELS, "1.0.0"), join(folder, "1.0.0"), { recursive: true });
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  /** Copies 1.0.0 under another version, its manifest changed by `edit`. */
  async function addVersion(version: string, edit: (manifest: Record<string, unknown>) => void = () => undefined): Promise<void> {
    await cp(join(folder, "1.0.0"), join(folder, version), { recursive: true });
    const manifest = JSON.parse(await readFile(join(folder, "1.0.0", "manifest.json"), "utf8")) as Record<string, unknown>;
    manifest["version"] = version;
    edit(manifest);
    await writeFile(join(folder, version, "manifest.json"), JSON.stringify(manifest));
  }
  async function codeOf(version: string): Promise<string> {
    const model = await readModel(folder, version);
    return model.ok ? "ok" : model.error.code;
  }

  it("reads a whole model whose files are those of its manifest", async () => {
    const model = await readModel(folder, "1.0.0");
    expect(model.ok).toBe(true);
    if (!model.ok) return;
    const { manifest, analysis, entropy, manifestSha256 } = model.value;
    expect(createHash("sha256").update(analysis).digest("hex")).toBe(manifest.files.analysis.sha256);
    expect(entropy.levels.length).toBe(manifest.levels.length);
    const bytes = await readFile(join(folder, "1.0.0", "manifest.json"));
    expect(manifestSha256).toBe(createHash("sha256").update(bytes).digest("hex"));
  });

  it.each(["analysis.onnx", "synthesis.onnx", "entropy.json"])("tells when one byte of %s was changed", async (name) => {
    const path = join(folder, "1.0.0", name);
    const bytes = await readFile(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await writeFile(path, bytes);
    expect(await codeOf("1.0.0")).toBe("HASH_MISMATCH");
  });

  it("tells a missing file, a missing version and a name that is none apart", async () => {
    expect(await codeOf("9.9.9")).toBe("UNKNOWN_VERSION");
    expect(await codeOf("../1.0.0")).toBe("BAD_VERSION");
    expect(await codeOf("1.0.0\n")).toBe("BAD_VERSION");
    await rm(join(folder, "1.0.0", "synthesis.onnx"));
    expect(await codeOf("1.0.0")).toBe("FILE_READ_FAILED");
  });

  it("refuses manifests that break their schema", async () => {
    await addVersion("2.0.0", (manifest) => delete manifest["licence"]);
    await addVersion("2.0.1", (manifest) => (manifest["extra"] = 1));
    await addVersion("2.0.2", (manifest) => (manifest["defaultLevel"] = 77));
    await addVersion("2.0.3", (manifest) => (manifest["version"] = "2.0.4"));
    await addVersion("2.0.5", (manifest) => (manifest["latents"] = 5));
    for (const version of ["2.0.0", "2.0.1", "2.0.2", "2.0.3", "2.0.5"]) expect(await codeOf(version)).toBe("BAD_MANIFEST");
    await writeFile(join(folder, "1.0.0", "manifest.json"), "{");
    expect(await codeOf("1.0.0")).toBe("BAD_MANIFEST");
  });

  it("lets no manifest name a file outside of its folder", async () => {
    const manifest = JSON.parse(await readFile(join(folder, "1.0.0", "manifest.json"), "utf8")) as { files: { analysis: { path: string } } };
    for (const path of ["../1.0.0/analysis.onnx", "/etc/hostname", "sub/analysis.onnx", "..", ".hidden", "a\\b", "a\nb"]) {
      manifest.files.analysis.path = path;
      const parsed = parseManifest(JSON.stringify(manifest));
      expect(parsed.ok ? "accepted" : parsed.error.code).toBe("BAD_MANIFEST");
    }
  });

  it("lists versions as versions, with a broken one among them, and knows the latest that is no drill", async () => {
    await addVersion("1.10.0");
    await addVersion("1.9.0");
    await addVersion("2.0.0", (manifest) => (manifest["drill"] = true));
    await addVersion("1.11.0", (manifest) => delete manifest["family"]);
    await mkdir(join(folder, "training"));
    const listed = await listModels(folder);
    expect(listed.ok).toBe(true);
    if (!listed.ok) return;
    expect(listed.value.map((entry) => entry.version)).toEqual(["1.0.0", "1.9.0", "1.10.0", "1.11.0", "2.0.0"]);
    expect(listed.value.map((entry) => entry.model.ok)).toEqual([true, true, true, false, true]);
    expect(listed.value.map((entry) => entry.aliases.join())).toEqual(["", "", "latest", "", ""]);
  });

  it("says so when there is no models folder", async () => {
    const listed = await listModels(join(folder, "none"));
    expect(listed.ok ? "" : listed.error.code).toBe("FILE_READ_FAILED");
  });

  it("verifies every version that the product ships", async () => {
    const listed = await listModels(MODELS);
    expect(listed.ok && listed.value.map((entry) => [entry.version, entry.model.ok])).toEqual([
      ["1.0.0", true],
      ["1.1.0", true],
      ["1.2.0", true],
      ["2.0.0", true],
    ]);
    const drill = await readManifest(MODELS, "1.2.0");
    expect(drill.ok && drill.value.manifest.drill).toBe(true);
  });
});

describe("the order of versions", () => {
  it.each([
    ["1.9.0", "1.10.0"],
    ["1.0.0-rc.1", "1.0.0"],
    ["1.0.0-rc.2", "1.0.0-rc.10"],
    ["1.0", "1.0.1"],
    ["v1.2", "v1.10"],
    ["2", "10"],
  ])("puts %s before %s", (first, second) => {
    expect(compareVersions(first, second)).toBeLessThan(0);
    expect(compareVersions(second, first)).toBeGreaterThan(0);
    expect(compareVersions(first, first)).toBe(0);
  });
});
