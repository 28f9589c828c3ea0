import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { parseModelVersion, quoteUntrusted } from "../../shared/fleet/ids";
import { fail, ok, type Failure, type Result } from "../../shared/result";
import { sha256Of, sha256OfFile } from "./hashing";
import { FILE_NAME_PATTERN } from "./manifest";
import { MANIFEST_NAME, ORIGINAL_PREFIX } from "./registry";

/**
 * ONNX bundles of the original project: folders `jetson_{version}/` with a manifest, an ONNX encoder and
 * perhaps a TensorRT engine (wire facts: its `export_onnx_bundle.py` and `validate_deploy_bundle.py`).
 */

const fileName = v.pipe(v.string(), v.regex(FILE_NAME_PATTERN, "not a plain file name: it could reach outside of the bundle"));
const hash = v.pipe(v.string(), v.toLowerCase(), v.regex(/^[0-9a-f]{64}$/));
const text = v.pipe(v.string(), v.minLength(1), v.maxLength(400));

/** Only what is used is looked at: exporters of different age write different further keys. */
const manifestSchema = v.object({
  artifact_id: text,
  version: text,
  format: text,
  target: text,
  files: v.object({ onnx: fileName, trt: v.optional(v.nullable(fileName)) }),
  precision: v.optional(v.nullable(text)),
  fixed_length_bits_per_sample: v.optional(v.nullable(v.number())),
  checksums: v.optional(v.nullable(v.object({ onnx_sha256: v.optional(v.nullable(hash)), trt_sha256: v.optional(v.nullable(hash)) }))),
});

/** What a bundle's manifest says. */
export type OriginalManifest = v.InferOutput<typeof manifestSchema>;

/** Why a bundle cannot be trusted. */
export type OriginalFault = "BAD_MANIFEST" | "BAD_VERSION" | "HASH_MISMATCH" | "FILE_READ_FAILED";

/** A file of a bundle, with the hash that the manifest records of it. */
export interface OriginalFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Null where the manifest records none: then nothing proves which file it was. */
  readonly recordedSha256: string | null;
}

/** A bundle whose manifest could be read and whose recorded hashes are those of its files. */
export interface OriginalBundle {
  readonly folder: string;
  readonly version: string;
  readonly manifest: OriginalManifest;
  readonly onnx: OriginalFile;
  readonly trt: OriginalFile | null;
  /** Hash of the manifest and the files together: other files are another bundle. */
  readonly identity: string;
  readonly manifestSha256: string;
}

/** A larger one is hashed for ever and opened by nobody. */
const MAX_ONNX_BYTES = 2 * 1024 ** 3;

/** Whether a manifest's JSON is of the original project's kind. */
export function isOriginalManifest(value: unknown): boolean {
  return typeof value === "object" && value !== null && "artifact_id" in value && "files" in value;
}

/** Parses a bundle's manifest; BAD_MANIFEST names the place and the fault. */
export function parseOriginalManifest(json: string): Result<OriginalManifest, "BAD_MANIFEST" | "BAD_VERSION"> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return fail("BAD_MANIFEST", "The bundle's manifest is not JSON.");
  }
  const parsed = v.safeParse(manifestSchema, value);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    return fail("BAD_MANIFEST", `The bundle's manifest is not valid at ${v.getDotPath(issue) ?? "its root"}: ${issue.message}.`);
  }
  const version = parseModelVersion(parsed.output.version);
  return version.ok ? ok(parsed.output) : version;
}

async function readFileEntry(
  folder: string,
  name: string,
  recordedSha256: string | null,
): Promise<Result<OriginalFile, OriginalFault>> {
  try {
    const { size } = await stat(join(folder, name));
    if (size > MAX_ONNX_BYTES) return fail("FILE_READ_FAILED", `${name} is larger than 2 GiB.`);
    const sha256 = await sha256OfFile(join(folder, name));
    if (recordedSha256 !== null && sha256 !== recordedSha256) {
      const sentence = `${name} is not the file whose checksum the bundle records (SHA-256 ${sha256.slice(0, 12)}, not ${recordedSha256.slice(0, 12)}).`;
      return fail("HASH_MISMATCH", sentence);
    }
    return ok({ name, bytes: size, sha256, recordedSha256 });
  } catch (thrown) {
    const reason = thrown instanceof Error && "code" in thrown ? String(thrown.code) : String(thrown);
    return fail("FILE_READ_FAILED", `${name} of the bundle could not be read (${reason}).`);
  }
}

/** Reads a bundle's manifest, hashes its files and holds them against the checksums that it records. Opens nothing. */
export async function readOriginalBundle(folder: string): Promise<Result<OriginalBundle, OriginalFault>> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(join(folder, MANIFEST_NAME));
  } catch {
    return fail("FILE_READ_FAILED", "The bundle's manifest could not be read.");
  }
  const manifest = parseOriginalManifest(new TextDecoder().decode(bytes));
  if (!manifest.ok) return manifest;
  const { files, checksums, version } = manifest.value;
  const onnx = await readFileEntry(folder, files.onnx, checksums?.onnx_sha256 ?? null);
  if (!onnx.ok) return onnx;
  const trt = files.trt == null ? ok(null) : await readFileEntry(folder, files.trt, checksums?.trt_sha256 ?? null);
  if (!trt.ok) return trt;
  const manifestSha256 = sha256Of(bytes);
  const identity = sha256Of(`${manifestSha256} ${onnx.value.sha256} ${trt.value?.sha256 ?? "none"}`);
  return ok({ folder, version, manifest: manifest.value, onnx: onnx.value, trt: trt.value, identity, manifestSha256 });
}

/** Something of the original project in a models folder. */
export type OriginalEntry =
  | { readonly kind: "original-bundle"; readonly key: string; readonly version: string; readonly bundle: Result<OriginalBundle, OriginalFault> }
  | { readonly kind: "checkpoint"; readonly key: string; readonly version: string; readonly checkpoint: Checkpoint };

/** A PyTorch checkpoint: a pickle, which runs code when it is loaded. It is hashed and listed, and never opened. */
export interface Checkpoint {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Why a checkpoint is never loaded. */
export const CHECKPOINT_FAULT: Failure<"NOT_AVAILABLE"> = {
  code: "NOT_AVAILABLE",
  message: "A .pth file is a pickle, which runs whatever code it holds when it is loaded. It is listed and never opened; export it to an ONNX bundle.",
};

/**
 * The version of a checkpoint's file name: the text after the first `_v` of the stem, exactly
 * (`lydlr_compressor_vv1.0.pth` is version v1.0). Null for another name.
 */
export function checkpointVersion(name: string): string | null {
  const stem = /^(?<stem>[A-Za-z0-9][A-Za-z0-9.+_-]{0,150})\.pth$/.exec(name)?.groups?.["stem"];
  const at = stem?.indexOf("_v") ?? -1;
  if (stem === undefined || at < 0) return null;
  const version = parseModelVersion(stem.slice(at + 2));
  return version.ok ? version.value : null;
}

/** Lists what the original project left in a models folder; a folder that cannot be read holds nothing. */
export async function listOriginals(folder: string): Promise<readonly OriginalEntry[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found: OriginalEntry[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    const version = checkpointVersion(entry.name);
    if (entry.isFile() && version !== null) {
      const checkpoint = { path, bytes: (await stat(path)).size, sha256: await sha256OfFile(path) };
      found.push({ kind: "checkpoint", key: entry.name, version, checkpoint });
    } else if (entry.isDirectory() && entry.name.startsWith(ORIGINAL_PREFIX)) {
      const named = entry.name.slice(ORIGINAL_PREFIX.length);
      const read = await readOriginalBundle(path);
      const bundle =
        read.ok && read.value.version !== named
          ? fail("BAD_MANIFEST", `The manifest in the folder ${quoteUntrusted(entry.name)} names version ${quoteUntrusted(read.value.version)}.`)
          : read;
      found.push({ kind: "original-bundle", key: entry.name, version: named, bundle });
    }
  }
  return found;
}
