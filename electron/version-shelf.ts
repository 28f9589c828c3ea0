import type { ModelView } from "../shared/contract/channels";
import type { ModelVersion } from "../shared/fleet/ids";
import { fail, ok, type Result } from "../shared/result";
import type { VersionShelf } from "./operations/desks";
import type { VerificationEnd, VerificationStore } from "./registry/verification/verification-store";
import { listModels, readModel, type ModelPlaces, type RegistryEntry } from "./registry/registry";

/** The registry as the engine and the window use it. */
export interface ModelShelf extends VersionShelf {
  /** All versions of the models folder, verified now. */
  list(): Promise<readonly ModelView[]>;
  /** What was found when it was opened. */
  readonly opened: Result<readonly RegistryEntry[]>;
  /** The lowest usable version that is no drill: what an embedded fleet starts with. */
  readonly initialVersion: string | null;
}

function viewOf(entry: RegistryEntry): ModelView {
  if (!entry.model.ok) {
    const { code, message } = entry.model.error;
    return {
      version: entry.version,
      family: "unknown",
      description: "",
      drill: false,
      verified: false,
      sentence: `${code}: ${message}`,
      bytes: 0,
    };
  }
  const { manifest, manifestSha256 } = entry.model;
  return {
    version: entry.version,
    family: manifest.family,
    description: manifest.description,
    drill: manifest.drill,
    verified: true,
    sentence: `Every file is the one that its manifest names (${manifestSha256.slice(0, 12)}).`,
    bytes: Object.values(manifest.files).reduce((sum, file) => sum + file.bytes, 0),
  };
}

const NO_PROOFS: Pick<VerificationStore, "read"> = { read: () => Promise.resolve(null) };

function refusedView(view: ModelView, proof: VerificationEnd | null): ModelView {
  return proof?.state === "refused" ? { ...view, verified: false, sentence: `${proof.code}: ${proof.sentence}` } : view;
}

/**
 * Opens the models folders. A version is verified again whenever it is about to go to a node: a file may
 * have changed since. One that verification refused on this machine goes to none.
 *
 * @param proofs what was found of versions, by the hash of their manifests.
 */
export async function openModelShelf(places: ModelPlaces, proofs: Pick<VerificationStore, "read"> = NO_PROOFS): Promise<ModelShelf> {
  const opened = await listModels(places);
  const entries = opened.ok ? opened.value : [];
  const drills = new Set(entries.filter((entry) => entry.model.ok && entry.model.manifest.drill).map(({ version }) => version));
  const usable = entries.filter((entry) => entry.model.ok && !drills.has(entry.version));
  return {
    opened,
    initialVersion: usable[0]?.version ?? null,
    isDrill: (version) => drills.has(version),
    async list() {
      const now = await listModels(places);
      if (!now.ok) return [];
      for (const { version, model } of now.value) if (model.ok && model.manifest.drill) drills.add(version);
      return Promise.all(now.value.map(async (entry) => refusedView(viewOf(entry), entry.model.ok ? await proofs.read(entry.model.manifestSha256) : null)));
    },
    async check(version: ModelVersion) {
      const model = await readModel(places, version);
      if (!model.ok) return fail(model.error.code, `${model.error.message} Nothing was sent.`);
      const proof = await proofs.read(model.value.manifestSha256);
      if (proof?.state === "refused") return fail(proof.code, `Verification refused ${version}: ${proof.sentence} Nothing was sent.`);
      if (model.value.manifest.drill) drills.add(version);
      return ok(undefined);
    },
  };
}
