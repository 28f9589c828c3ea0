import { join } from "node:path";
import type { RegistryActivity, RegistryPush, RegistryRow, RegistryView, VerificationView } from "../../shared/contract/models";
import { quoteUntrusted } from "../../shared/fleet/ids";
import { fail, ok, type Failure, type Result } from "../../shared/result";
import type { Clock, Dispose } from "../../shared/time";
import { listeners } from "../supervision/listeners";
import { aliasesAfter, type AliasBook } from "./alias-book";
import { listOriginals, type OriginalEntry } from "./original-bundle";
import { modelRow, originalRow, type RowContext } from "./registry-view";
import { listModels, type RegistryEntry } from "./registry";
import { openVerificationStore } from "./verification/verification-store";
import { compareVersions } from "./version-order";

/** What a desk is built from. */
export interface ModelDeskParts {
  /** The models folder that came with the application. */
  readonly shippedDir: string;
  /** Imports and proofs are kept in it. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly aliases: AliasBook;
}

/** The registry as the window and the command line use it. */
export interface ModelDesk {
  /** The models folders; a version of the first hides one of the second. */
  readonly places: readonly string[];
  view(): Promise<Result<RegistryView>>;
  /**
   * Lets an alias stand for a version.
   * @returns UNKNOWN_VERSION for one that is not in the registry, and its own fault for one that cannot be used.
   */
  setAlias(alias: string, version: string | null): Promise<Result<RegistryView>>;
  /** What is being done now, and a number that grows with every change. */
  push(): RegistryPush;
  onPush(listener: (push: RegistryPush) => void): Dispose;
}

/** How a folder or archive must look to be imported. */
const IMPORT_HINT =
  "A folder, .zip or .tar.gz with one version in it: a manifest.json and the files that it names, or an original jetson_ bundle. A .pth file is listed and never opened.";

const NEVER: VerificationView = { state: "never", sentence: "Not verified on this machine yet: its hashes match, nothing else was tried." };

/** Folders of the data folder. */
export const importDirOf = (dataDir: string): string => join(dataDir, "models");
const proofsDirOf = (dataDir: string): string => join(dataDir, "verifications");

const KIND_ORDER: readonly RegistryRow["kind"][] = ["model", "original-bundle", "checkpoint"];

function inOrder(a: RegistryRow, b: RegistryRow): number {
  return compareVersions(a.version, b.version) || KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) || (a.key < b.key ? -1 : 1);
}

/** What of an entry's bytes its proofs are kept by; null where they cannot even be read. */
function identityOf(entry: RegistryEntry | OriginalEntry): string | null {
  if ("model" in entry) return entry.model.ok ? entry.model.manifestSha256 : null;
  return entry.kind === "original-bundle" && entry.bundle.ok ? entry.bundle.value.identity : null;
}

function faultOf(entry: RegistryEntry | OriginalEntry): Failure | null {
  if ("model" in entry) return entry.model.ok ? null : entry.model.error;
  return entry.kind === "checkpoint" || entry.bundle.ok ? null : entry.bundle.error;
}

/** Opens the desk. Nothing is read before it is asked for. */
export function openModelDesk({ shippedDir, dataDir, clock, aliases }: ModelDeskParts): ModelDesk {
  const importDir = importDirOf(dataDir);
  const places = [shippedDir, importDir] as const;
  const store = openVerificationStore(proofsDirOf(dataDir));
  const pushes = listeners<RegistryPush>();
  const activities: RegistryActivity[] = [];
  let revision = 0;

  function push(): RegistryPush {
    return { revision, activities: [...activities] };
  }
  function changed(): void {
    revision++;
    pushes.tell(push());
  }

  async function verificationOf(entry: RegistryEntry | OriginalEntry): Promise<VerificationView> {
    const fault = faultOf(entry);
    if (fault !== null) {
      const { code, message } = fault;
      const checks = [{ step: "hashes", passed: false, sentence: message }] as const;
      return { state: "refused", atMs: clock.wallMs(), durationMs: 0, code, sentence: message, checks: [...checks] };
    }
    const identity = identityOf(entry);
    return (identity === null ? null : await store.read(identity)) ?? NEVER;
  }

  async function rows(named: ReadonlyMap<string, { readonly version: string }>): Promise<Result<RegistryRow[]>> {
    const models = await listModels(places);
    if (!models.ok) return models;
    const contextOf = async (entry: RegistryEntry | OriginalEntry, folder: string): Promise<RowContext> => ({
      place: folder === importDir ? "imported" : "shipped",
      verification: await verificationOf(entry),
      aliases: [
        ...("aliases" in entry ? entry.aliases : []),
        ...("model" in entry ? [...named].filter(([, now]) => now.version === entry.version).map(([alias]) => alias) : []),
      ],
    });
    const found: RegistryRow[] = [];
    for (const entry of models.value) found.push(modelRow(entry, await contextOf(entry, entry.folder)));
    for (const folder of places) {
      for (const entry of await listOriginals(folder)) {
        if (found.some(({ key }) => key === entry.key)) continue;
        found.push(originalRow(entry, await contextOf(entry, folder)));
      }
    }
    return ok(found.sort(inOrder));
  }

  async function view(): Promise<Result<RegistryView>> {
    const history = aliases.history();
    const now = aliasesAfter(history.ok ? history.value : []);
    const found = await rows(now);
    if (!found.ok) return found;
    return ok({
      rows: found.value,
      aliases: [...now].map(([alias, { version, sinceMs, by }]) => ({ alias, version, sinceMs, by })),
      aliasHistory: history.ok ? [...history.value] : [],
      aliasTrouble: history.ok ? null : history.error.message,
      importDir,
      importHint: IMPORT_HINT,
    });
  }

  async function setAlias(alias: string, version: string | null): Promise<Result<RegistryView>> {
    if (version !== null) {
      const found = await rows(new Map());
      if (!found.ok) return found;
      const row = found.value.find((each) => each.kind === "model" && each.version === version);
      if (row === undefined) return fail("UNKNOWN_VERSION", `There is no model ${quoteUntrusted(version)} in the registry.`);
      if (!row.deployable.ok) return fail(row.deployable.code, `${alias} was not set to ${version}: ${row.deployable.sentence}`);
    }
    const set = aliases.set(alias, version);
    if (!set.ok) return set;
    changed();
    return view();
  }

  return { places, view, setAlias, push, onPush: pushes.add };
}
