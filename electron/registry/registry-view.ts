import type { RegistryRow, VerificationView } from "../../shared/contract/models";
import { CHECKPOINT_FAULT, type Checkpoint, type OriginalBundle, type OriginalEntry } from "./original-bundle";
import type { ModelManifest } from "./manifest";
import type { RegistryEntry } from "./registry";

/** What is shown of anything in a models folder that is not its own affair. */
export interface RowContext {
  readonly place: RegistryRow["place"];
  readonly verification: VerificationView;
  readonly aliases: readonly string[];
}

/** What every row has before its kind is known. */
const UNKNOWN = {
  family: "unknown",
  description: "",
  drill: false,
  hash: null,
  bytes: 0,
  licence: null,
  intendedUse: null,
  quantiser: null,
  training: null,
  defaultLevel: null,
} as const;

function trainingOf({ training }: ModelManifest): string {
  return `${training.recipe}, seed ${training.seed}, ${training.steps} steps, PyTorch ${training.torch}, on ${training.data}`;
}

/** The files that a manifest names, whatever their roles are. */
export function filesOf(manifest: ModelManifest): readonly { readonly path: string; readonly sha256: string; readonly bytes: number }[] {
  return Object.values(manifest.files);
}

/** A version of this product as a row. */
export function modelRow(entry: RegistryEntry, { place, verification, aliases }: RowContext): RegistryRow {
  const common = { key: entry.version, kind: "model", place, version: entry.version } as const;
  const nothing = { can: [], cannot: [], aliases: [...aliases] };
  if (!entry.model.ok) {
    const { code, message } = entry.model.error;
    return { ...UNKNOWN, ...common, ...nothing, files: [], levels: [], deployable: { ok: false, code, sentence: message }, verification };
  }
  const { manifest, manifestSha256 } = entry.model;
  const files = filesOf(manifest).map(({ path, bytes, sha256 }) => ({ name: path, bytes, sha256 }));
  return {
    ...common,
    ...nothing,
    family: manifest.family,
    description: manifest.description,
    drill: manifest.drill,
    hash: manifestSha256,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    files,
    licence: manifest.licence,
    intendedUse: manifest.intendedUse,
    quantiser: manifest.quantiser,
    training: trainingOf(manifest),
    levels: manifest.levels.map(({ level }) => level),
    defaultLevel: manifest.defaultLevel,
    deployable:
      verification.state === "refused" ? { ok: false, code: verification.code, sentence: verification.sentence } : { ok: true },
    verification,
  };
}

const NOT_FOR_OUR_NODES =
  "It cannot go to a node from here: nodes of this application need an encoder, a decoder and entropy tables, and a bundle has an encoder alone.";

function bundleCannot({ manifest, onnx }: OriginalBundle): string[] {
  const bits = manifest.fixed_length_bits_per_sample;
  return [
    "It cannot run on the embedded fleet: it has no decoder, so no picture comes back that could be compared with the camera's.",
    "Its quality is a prediction of the model itself, not a measurement.",
    bits == null
      ? "Its ratio is not learned: every sample takes the same number of bits."
      : `Its ratio is not learned: every sample takes ${bits} bits, whatever it shows.`,
    "Pictures are fixed at 640x480: a camera of another size must be scaled before it.",
    ...(onnx.recordedSha256 === null ? ["Nothing proves which file it is: the bundle records no checksum of its ONNX file."] : []),
    ...(manifest.files.trt == null ? [] : ["Its TensorRT engine runs on the device that built it and is not opened here."]),
  ];
}

function bundleRow(key: string, version: string, bundle: OriginalBundle, { place, verification, aliases }: RowContext): RegistryRow {
  const { manifest } = bundle;
  const files = [bundle.onnx, ...(bundle.trt === null ? [] : [bundle.trt])];
  return {
    ...UNKNOWN,
    key,
    kind: "original-bundle",
    place,
    version,
    family: "original ONNX bundle",
    description: `${manifest.artifact_id}: ${manifest.format} for ${manifest.target}${manifest.precision == null ? "" : `, ${manifest.precision}`}`,
    hash: bundle.manifestSha256,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    files: files.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 })),
    levels: [],
    deployable: { ok: false, code: "NOT_AVAILABLE", sentence: NOT_FOR_OUR_NODES },
    can: ["Its file can be held against its checksum, its inputs and outputs against their contract, and its encoder's time measured."],
    cannot: bundleCannot(bundle),
    verification,
    aliases: [...aliases],
  };
}

function checkpointRow(key: string, version: string, checkpoint: Checkpoint, { place, aliases }: RowContext): RegistryRow {
  const { code, message } = CHECKPOINT_FAULT;
  return {
    ...UNKNOWN,
    key,
    kind: "checkpoint",
    place,
    version,
    family: "PyTorch checkpoint",
    hash: checkpoint.sha256,
    bytes: checkpoint.bytes,
    files: [{ name: key, bytes: checkpoint.bytes, sha256: checkpoint.sha256 }],
    levels: [],
    deployable: { ok: false, code, sentence: message },
    can: ["Its bytes can be told apart by their SHA-256."],
    cannot: [message],
    verification: { state: "never", sentence: message },
    aliases: [...aliases],
  };
}

/** Something of the original project as a row. */
export function originalRow(entry: OriginalEntry, context: RowContext): RegistryRow {
  if (entry.kind === "checkpoint") return checkpointRow(entry.key, entry.version, entry.checkpoint, context);
  if (entry.bundle.ok) return bundleRow(entry.key, entry.version, entry.bundle.value, context);
  const { code, message } = entry.bundle.error;
  return {
    ...UNKNOWN,
    key: entry.key,
    kind: "original-bundle",
    place: context.place,
    version: entry.version,
    family: "original ONNX bundle",
    files: [],
    levels: [],
    deployable: { ok: false, code, sentence: message },
    can: [],
    cannot: [],
    verification: context.verification,
    aliases: [...context.aliases],
  };
}
