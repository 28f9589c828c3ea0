import type { RegistryRow } from "../../shared/contract/models";
import { ok, type Failure, type Result } from "../../shared/result";
import { listOriginals, type OriginalEntry } from "./original-bundle";
import { listModels, type RegistryEntry } from "./registry";
import { compareVersions } from "./version-order";

/** Anything in a models folder, with the folder that it lies in. */
export interface PlacedEntry {
  /** Name of its folder or file, unique. */
  readonly key: string;
  readonly kind: RegistryRow["kind"];
  readonly folder: string;
  readonly entry: RegistryEntry | OriginalEntry;
}

/**
 * Everything in the models folders: versions of this product, and what the original project left. Of two with
 * the same name the one in the earlier folder counts.
 *
 * @returns FILE_READ_FAILED where the first folder cannot be read.
 */
export async function listEntries(places: readonly string[]): Promise<Result<readonly PlacedEntry[]>> {
  const models = await listModels(places);
  if (!models.ok) return models;
  const found: PlacedEntry[] = models.value.map((entry) => ({ key: entry.version, kind: "model", folder: entry.folder, entry }));
  for (const folder of places) {
    for (const entry of await listOriginals(folder)) {
      if (!found.some(({ key }) => key === entry.key)) found.push({ key: entry.key, kind: entry.kind, folder, entry });
    }
  }
  return ok(found);
}

/** What of an entry's bytes its proofs are kept by, SHA-256; null where they cannot even be read. */
export function identityOf(entry: PlacedEntry["entry"]): string | null {
  if ("model" in entry) return entry.model.ok ? entry.model.manifestSha256 : null;
  return entry.kind === "original-bundle" && entry.bundle.ok ? entry.bundle.value.identity : null;
}

/** Why an entry cannot be trusted at a first look; null where its hashes are right. */
export function faultOf(entry: PlacedEntry["entry"]): Failure | null {
  if ("model" in entry) return entry.model.ok ? null : entry.model.error;
  return entry.kind === "checkpoint" || entry.bundle.ok ? null : entry.bundle.error;
}

const KIND_ORDER: readonly RegistryRow["kind"][] = ["model", "original-bundle", "checkpoint"];

/** Orders rows: lowest version first; within a version models, then bundles, then checkpoints. */
export function inOrder(a: RegistryRow, b: RegistryRow): number {
  return compareVersions(a.version, b.version) || KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) || (a.key < b.key ? -1 : 1);
}
