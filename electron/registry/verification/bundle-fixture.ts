import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256Of } from "../hashing";

/** Folders for tests: bundles of the original project, and versions of this product with a file exchanged. */

const SHIPPED = join(import.meta.dirname, "..", "..", "..", "models");

/** The models folder that came with the application. */
export const shippedModels = SHIPPED;

/** Writes a bundle as the original project's exporter does, with our encoder in it; gives its folder. */
export function writeBundle(parent: string, onnx: Uint8Array, change: Readonly<Record<string, unknown>> = {}, version = "v1.0"): string {
  const folder = join(parent, `jetson_${version}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "multimodal_compressor.onnx"), onnx);
  const manifest = {
    artifact_id: `lydlr_jetson_${version}`,
    version,
    format: "onnx",
    target: "jetson_orin",
    precision: "fp32",
    latent_dim: 64,
    codebook_levels: 256,
    fixed_length_bits_per_sample: 512,
    files: { onnx: "multimodal_compressor.onnx", weights_source: "/somewhere/lydlr_compressor_v1.0.pth" },
    created_at: "2026-05-15T10:00:00Z",
    ...change,
  };
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, "metadata.json"), JSON.stringify({ version, latent_dim: 64 }));
  return folder;
}

interface FixtureManifest {
  version: string;
  files: Record<string, { path: string; sha256: string; bytes: number }>;
}

/**
 * Writes a version of this product: the shipped 1.0.0 under another name, with one file exchanged and its hash
 * put right, so that only what the file does is wrong.
 */
export function writeVersion(
  parent: string,
  version: string,
  exchanged: Readonly<Record<string, Uint8Array | string>> = {},
  edit: (manifest: FixtureManifest) => void = () => undefined,
): string {
  const folder = join(parent, version);
  mkdirSync(folder, { recursive: true });
  cpSync(join(SHIPPED, "1.0.0"), folder, { recursive: true });
  const path = join(folder, "manifest.json");
  const manifest = JSON.parse(readFileSync(path, "utf8")) as FixtureManifest;
  manifest.version = version;
  for (const [name, content] of Object.entries(exchanged)) {
    writeFileSync(join(folder, name), content);
    for (const file of Object.values(manifest.files)) {
      if (file.path !== name) continue;
      file.sha256 = sha256Of(content);
      file.bytes = Buffer.byteLength(content);
    }
  }
  edit(manifest);
  writeFileSync(path, JSON.stringify(manifest));
  return folder;
}
