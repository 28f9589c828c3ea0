import type { ModelView } from "../shared/contract/channels";
import type { ModelVersion } from "../shared/fleet/ids";
import { fail, ok, type Result } from "../shared/result";
import type { VersionShelf } from "./operations/operations";
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

/**
 * Opens the models folders. A version is verified again whenever it is about to go to a node: a file may
 * have changed since.
 */
export async function openModelShelf(places: ModelPlaces): Promise<ModelShelf> {
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
      return now.value.map(viewOf);
    },
    async check(version: ModelVersion) {
      const model = await readModel(places, version);
      if (!model.ok) return fail(model.error.code, `${model.error.message} Nothing was sent.`);
      if (model.value.manifest.drill) drills.add(version);
      return ok(undefined);
    },
  };
}
