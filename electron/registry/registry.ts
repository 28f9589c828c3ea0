import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseEntropyModel, type EntropyModel } from "../../shared/codec/entropy-model";
import { parseModelVersion, quoteUntrusted } from "../../shared/fleet/ids";
import { fail, ok, type Failure, type Result } from "../../shared/result";
import { parseManifest, type ModelFileRole, type ModelManifest } from "./manifest";
import { compareVersions } from "./version-order";

/** Why a model cannot be used. */
export type ModelFault = "BAD_VERSION" | "UNKNOWN_VERSION" | "BAD_MANIFEST" | "HASH_MISMATCH" | "FILE_READ_FAILED";

/** A model whose every byte is the one that its manifest names. */
export interface VerifiedModel {
  readonly manifest: ModelManifest;
  /** SHA-256 of the manifest, which names the hashes of all other files: the model's own hash. */
  readonly manifestSha256: string;
  readonly analysis: Uint8Array;
  readonly synthesis: Uint8Array;
  readonly entropy: EntropyModel;
  /** The file of golden frames, where the manifest names one. */
  readonly golden?: Uint8Array;
}

/** Where versions lie: one folder, or several of which the first that has a version wins. */
export type ModelPlaces = string | readonly string[];

/** A version in a models folder, usable or not. */
export interface RegistryEntry {
  readonly version: string;
  /** The models folder that it lies in. */
  readonly folder: string;
  readonly model:
    | { readonly ok: true; readonly manifest: ModelManifest; readonly manifestSha256: string }
    | { readonly ok: false; readonly error: Failure<ModelFault> };
  /** Names that stand for this version now: `latest` is the highest usable one that is no drill. */
  readonly aliases: readonly string[];
}

/** The file that makes a folder a version. */
export const MANIFEST_NAME = "manifest.json";
/** Folders that begin so hold bundles of the original project (`original-bundle.ts`), never a version of ours. */
export const ORIGINAL_PREFIX = "jetson_";
/** No model file of this product comes near; a larger one is not read into memory. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function readWhole(path: string, what: string): Promise<Result<Uint8Array, "FILE_READ_FAILED">> {
  try {
    if ((await stat(path)).size > MAX_FILE_BYTES) return fail("FILE_READ_FAILED", `${what} is larger than any model file may be.`);
    return ok(await readFile(path));
  } catch (thrown) {
    const reason = thrown instanceof Error && "code" in thrown ? String(thrown.code) : String(thrown);
    return fail("FILE_READ_FAILED", `${what} could not be read (${reason}).`);
  }
}

async function hasManifest(folder: string, version: string): Promise<boolean> {
  try {
    return (await stat(join(folder, version, MANIFEST_NAME))).isFile();
  } catch {
    return false;
  }
}

/** The models folder among `places` that has a version; null where none does. */
export async function folderOf(places: ModelPlaces, version: string): Promise<string | null> {
  for (const folder of typeof places === "string" ? [places] : places) if (await hasManifest(folder, version)) return folder;
  return null;
}

interface ReadManifest {
  readonly manifest: ModelManifest;
  /** The models folder that the version was found in. */
  readonly folder: string;
  readonly manifestSha256: string;
}

/**
 * Reads and checks the manifest of a version.
 *
 * @param places the models folders.
 * @returns BAD_VERSION for a name that is none, UNKNOWN_VERSION where there is no such folder, BAD_MANIFEST
 * where the manifest breaks its schema or names another version.
 */
export async function readManifest(places: ModelPlaces, version: string): Promise<Result<ReadManifest, ModelFault>> {
  const name = parseModelVersion(version);
  if (!name.ok) return name;
  const folder = await folderOf(places, version);
  if (folder === null) return fail("UNKNOWN_VERSION", `There is no model ${version} in the models folder.`);
  const bytes = await readWhole(join(folder, version, MANIFEST_NAME), `The manifest of ${version}`);
  if (!bytes.ok) return bytes;
  const manifest = parseManifest(new TextDecoder().decode(bytes.value));
  if (!manifest.ok) return manifest;
  if (manifest.value.version !== version) {
    return fail("BAD_MANIFEST", `The manifest in the folder ${version} names version ${quoteUntrusted(manifest.value.version)}.`);
  }
  return ok({ manifest: manifest.value, folder, manifestSha256: sha256(bytes.value) });
}

function readFileOf(folder: string, manifest: ModelManifest, role: ModelFileRole): Promise<Result<Uint8Array, ModelFault>> {
  return readNamed(folder, manifest, manifest.files[role]);
}

async function readNamed(
  folder: string,
  manifest: ModelManifest,
  { path, sha256: expected }: ModelManifest["files"][ModelFileRole],
): Promise<Result<Uint8Array, ModelFault>> {
  const bytes = await readWhole(join(folder, manifest.version, path), `${path} of ${manifest.version}`);
  if (!bytes.ok) return bytes;
  const actual = sha256(bytes.value);
  if (actual !== expected) {
    const sentence = `${path} of ${manifest.version} is not the file that its manifest names (SHA-256 ${actual.slice(0, 12)}, not ${expected.slice(0, 12)}).`;
    return fail("HASH_MISMATCH", sentence);
  }
  return bytes;
}

/**
 * Reads a whole model and verifies every file before anything opens it. The bytes returned are those that
 * were verified, so that no file can be swapped in between.
 */
export async function readModel(places: ModelPlaces, version: string): Promise<Result<VerifiedModel, ModelFault>> {
  const read = await readManifest(places, version);
  if (!read.ok) return read;
  const { manifest, folder, manifestSha256 } = read.value;
  const analysis = await readFileOf(folder, manifest, "analysis");
  if (!analysis.ok) return analysis;
  const synthesis = await readFileOf(folder, manifest, "synthesis");
  if (!synthesis.ok) return synthesis;
  const tables = await readFileOf(folder, manifest, "entropy");
  if (!tables.ok) return tables;
  const golden = manifest.files.golden === undefined ? null : await readNamed(folder, manifest, manifest.files.golden);
  if (golden !== null && !golden.ok) return golden;
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(tables.value));
  } catch {
    return fail("BAD_MANIFEST", `The entropy file of ${version} is not JSON.`);
  }
  const entropy = parseEntropyModel(json);
  if (!entropy.ok) return entropy;
  const levels = entropy.value.levels.map((level) => level.level).join(",");
  if (entropy.value.latents !== manifest.latents || levels !== manifest.levels.map((level) => level.level).join(",")) {
    return fail("BAD_MANIFEST", `The entropy file of ${version} is for other latents or levels than its manifest.`);
  }
  const whole = { manifest, manifestSha256, analysis: analysis.value, synthesis: synthesis.value, entropy: entropy.value };
  return ok(golden === null ? whole : { ...whole, golden: golden.value });
}

async function versionsIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  // A leading dot is an import that has not ended.
  return entries.filter(({ name }) => !name.startsWith(".") && !name.startsWith(ORIGINAL_PREFIX)).filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/**
 * Lists the versions in the models folders, lowest first, each verified. Folders without a manifest are not
 * models (the training recipe is one).
 *
 * @returns FILE_READ_FAILED where the first folder cannot be read; a further one need not exist.
 */
export async function listModels(places: ModelPlaces): Promise<Result<readonly RegistryEntry[], "FILE_READ_FAILED">> {
  const folderOfVersion = new Map<string, string>();
  for (const [index, folder] of (typeof places === "string" ? [places] : places).entries()) {
    try {
      for (const version of await versionsIn(folder)) {
        if (!folderOfVersion.has(version) && (await hasManifest(folder, version))) folderOfVersion.set(version, folder);
      }
    } catch {
      if (index === 0) return fail("FILE_READ_FAILED", "The models folder could not be read.");
    }
  }
  const found: RegistryEntry[] = [];
  for (const [version, folder] of [...folderOfVersion].sort(([a], [b]) => compareVersions(a, b))) {
    const model = await readModel(folder, version);
    found.push({
      version,
      folder,
      model: model.ok ? { ok: true, manifest: model.value.manifest, manifestSha256: model.value.manifestSha256 } : model,
      aliases: [],
    });
  }
  const latest = found.findLast((entry) => entry.model.ok && !entry.model.manifest.drill);
  return ok(found.map((entry) => (entry === latest ? { ...entry, aliases: ["latest"] } : entry)));
}
