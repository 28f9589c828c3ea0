import { join } from "node:path";
import type {
  ImportOutcome,
  ModelBenchmark,
  RegistryActivity,
  RegistryPush,
  RegistryRow,
  RegistryView,
  VerificationStep,
  VerificationView,
} from "../../shared/contract/models";
import { quoteUntrusted } from "../../shared/fleet/ids";
import { fail, ok, type Result } from "../../shared/result";
import type { Clock, Dispose } from "../../shared/time";
import { listeners } from "../supervision/listeners";
import type { EventDraft } from "../operations/event-log";
import { aliasesAfter, type AliasBook } from "./alias-book";
import { importPath } from "./import/import-model";
import { CHECKPOINT_FAULT } from "./original-bundle";
import { faultOf, identityOf, inOrder, listEntries, type PlacedEntry } from "./placed-entry";
import { importDirOf, proofsDirOf } from "./places";
import { modelRow, originalRow, type RowContext } from "./registry-view";
import type { VerifierTask } from "./verification/protocol";
import { openVerificationStore, type VerificationEnd } from "./verification/verification-store";
import type { Verifier, VerifierFindings } from "./verification/verifier";

/** What a desk is built from. */
export interface ModelDeskParts {
  /** The models folder that came with the application. */
  readonly shippedDir: string;
  /** Imports and proofs are kept in it. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly aliases: AliasBook;
  readonly verifier: Verifier;
  /** Notes what happened, for the journal and the event list. */
  note(draft: EventDraft): void;
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
  /**
   * Verifies an entry in a process of its own and keeps what was found.
   * @returns what was found, `verified` or `refused`; UNKNOWN_VERSION for a key that is not in the registry,
   * NOT_AVAILABLE for a checkpoint.
   */
  verify(key: string, onStep?: (step: VerificationStep) => void): Promise<Result<VerificationEnd>>;
  /** Measures every level of a version in a process of its own; `onLevel` gets each as it is done. */
  benchmark(version: string, frames: number, onLevel: (line: ModelBenchmark) => void): Promise<Result<void>>;
  /** Imports paths, one after another; every path has an outcome of its own. */
  importPaths(paths: readonly string[]): Promise<readonly ImportOutcome[]>;
  /** What is being done now, and a number that grows with every change. */
  push(): RegistryPush;
  onPush(listener: (push: RegistryPush) => void): Dispose;
}

/** How a folder or archive must look to be imported. */
const IMPORT_HINT =
  "A folder, .zip or .tar.gz with one version in it: a manifest.json and the files that it names, or an original jetson_ bundle. A .pth file is listed and never opened.";

const NEVER: VerificationView = { state: "never", sentence: "Not verified on this machine yet: its hashes match, nothing else was tried." };

const STEP_SENTENCES: Readonly<Record<VerificationStep, string>> = {
  hashes: "Its files are hashed.",
  contract: "It is opened and held against its contract.",
  golden: "Its golden frames are decoded.",
  benchmark: "It is measured.",
};

/** Frames of the benchmark that belongs to a verification: enough for a p95 that means something, over in seconds. */
const VERIFY_FRAMES = 20;
/** A benchmark of many frames may take longer than a verification: this much for each frame of each level. */
const BENCHMARK_MS_A_FRAME = 1_000;
const BENCHMARK_BASE_MS = 60_000;

function endOf({ end, checks, benchmark, durationMs, peakBytes }: VerifierFindings, atMs: number): VerificationEnd {
  const common = { atMs, durationMs, checks: [...checks] };
  if (!end.ok) return { state: "refused", ...common, code: end.error.code, sentence: end.error.message };
  return { state: "verified", ...common, sentence: end.value, benchmark: [...benchmark], peakBytes };
}

/** Opens the desk. Nothing is read before it is asked for. */
export function openModelDesk({ shippedDir, dataDir, clock, aliases, verifier, note }: ModelDeskParts): ModelDesk {
  const importDir = importDirOf(dataDir);
  const places = [shippedDir, importDir] as const;
  const store = openVerificationStore(proofsDirOf(dataDir));
  const pushes = listeners<RegistryPush>();
  const activities = new Map<symbol, RegistryActivity>();
  let revision = 0;
  let imports: Promise<unknown> = Promise.resolve();

  function push(): RegistryPush {
    return { revision, activities: [...activities.values()] };
  }
  function changed(): void {
    revision++;
    pushes.tell(push());
  }
  /** Shows what is being done while `work` does it; what it says next takes the place of what it said before. */
  async function during<Value>(kind: RegistryActivity["kind"], subject: string, work: (say: (sentence: string) => void) => Promise<Value>): Promise<Value> {
    const sinceMs = clock.wallMs();
    const id = Symbol(subject);
    const say = (sentence: string): void => {
      activities.set(id, { kind, subject, sinceMs, sentence });
      pushes.tell(push());
    };
    say("It waits for its turn.");
    try {
      return await work(say);
    } finally {
      activities.delete(id);
      changed();
    }
  }

  async function verificationOf({ key, entry }: PlacedEntry): Promise<VerificationView> {
    const fault = faultOf(entry);
    if (fault !== null) {
      const { code, message } = fault;
      const checks = [{ step: "hashes", passed: false, sentence: message }] as const;
      return { state: "refused", atMs: clock.wallMs(), durationMs: 0, code, sentence: message, checks: [...checks] };
    }
    const activity = [...activities.values()].find((each) => each.kind === "verify" && each.subject === key);
    if (activity !== undefined) return { state: "running", sinceMs: activity.sinceMs, sentence: activity.sentence };
    const identity = identityOf(entry);
    return (identity === null ? null : await store.read(identity)) ?? NEVER;
  }

  async function rows(named: ReadonlyMap<string, { readonly version: string }>): Promise<Result<RegistryRow[]>> {
    const found = await listEntries(places);
    if (!found.ok) return found;
    const made: RegistryRow[] = [];
    for (const each of found.value) {
      const { entry, folder } = each;
      const set = each.kind === "model" ? [...named].filter(([, now]) => now.version === entry.version).map(([alias]) => alias) : [];
      const context: RowContext = {
        place: folder === importDir ? "imported" : "shipped",
        verification: await verificationOf(each),
        aliases: [...("aliases" in entry ? entry.aliases : []), ...set],
      };
      made.push("aliases" in entry ? modelRow(entry, context) : originalRow(entry, context));
    }
    return ok(made.sort(inOrder));
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

  async function find(key: string): Promise<Result<PlacedEntry>> {
    const found = await listEntries(places);
    if (!found.ok) return found;
    const entry = found.value.find((each) => each.key === key);
    return entry === undefined ? fail("UNKNOWN_VERSION", `There is no ${quoteUntrusted(key)} in the registry.`) : ok(entry);
  }

  /** Keeps what was found under the identity of what it was found of, and notes it. */
  async function keep(key: string, identity: string | null, end: VerificationEnd): Promise<void> {
    // A verifier that could not work says nothing of the model.
    const isProof = end.state === "verified" || end.code !== "VERIFIER_DOWN";
    if (identity !== null && isProof) {
      const written = await store.write(identity, end);
      if (!written.ok) noteOf("registry-trouble", `What was proven of ${key} could not be kept: ${written.error.message}`, { code: written.error.code });
    }
    if (end.state === "verified") noteOf("model-verified", end.sentence, { key });
    else noteOf("model-refused", `${key}: ${end.code}: ${end.sentence}`, { key, code: end.code });
  }
  function noteOf(event: string, sentence: string, detail: EventDraft["detail"]): void {
    note({ event, nodeId: null, actor: "engine", sentence, detail });
  }

  async function run(task: VerifierTask["target"], say: (sentence: string) => void, onStep: (step: VerificationStep) => void): Promise<VerificationEnd> {
    const findings = await verifier.run(
      { target: task, work: { kind: "verify", frames: VERIFY_FRAMES } },
      {
        onStep: (step) => {
          say(STEP_SENTENCES[step]);
          onStep(step);
        },
      },
    );
    return endOf(findings, clock.wallMs());
  }

  async function verify(key: string, onStep: (step: VerificationStep) => void = () => undefined): Promise<Result<VerificationEnd>> {
    const found = await find(key);
    if (!found.ok) return found;
    const { kind, folder, entry } = found.value;
    if (kind === "checkpoint") return { ok: false, error: CHECKPOINT_FAULT };
    const end = await during("verify", key, (say) => {
      const target: VerifierTask["target"] = kind === "model" ? { kind, folder, version: key } : { kind, folder: join(folder, key) };
      return run(target, say, onStep);
    });
    await keep(key, identityOf(entry), end);
    changed();
    return ok(end);
  }

  async function benchmark(version: string, frames: number, onLevel: (line: ModelBenchmark) => void): Promise<Result<void>> {
    const found = await find(version);
    if (!found.ok) return found;
    const { entry, folder } = found.value;
    if (!("model" in entry)) return fail("NOT_AVAILABLE", `${version} has no decoder: only its own version can be measured by levels.`);
    if (!entry.model.ok) return entry.model;
    const timeMs = BENCHMARK_BASE_MS + frames * entry.model.manifest.levels.length * BENCHMARK_MS_A_FRAME;
    const task: VerifierTask = { target: { kind: "model", folder, version }, work: { kind: "benchmark", frames } };
    const findings = await during("verify", version, () => verifier.run(task, { onBenchmark: onLevel }, timeMs));
    return findings.end.ok ? ok(undefined) : findings.end;
  }

  async function importOne(path: string): Promise<ImportOutcome> {
    const ends: VerificationEnd[] = [];
    const outcome = await during("import", path, (say) =>
      importPath(path, {
        importDir,
        places,
        progress: say,
        verify: async ({ kind, version, parent, folder }) => {
          const end = await run(kind === "model" ? { kind, folder: parent, version } : { kind, folder }, say, () => undefined);
          ends.push(end);
          return end;
        },
      }),
    );
    if (!outcome.ok) {
      noteOf("import-refused", `${outcome.code}: ${outcome.sentence}`, { path, code: outcome.code });
      return outcome;
    }
    const imported = await find(outcome.key);
    for (const end of ends) if (imported.ok) await keep(outcome.key, identityOf(imported.value.entry), end);
    noteOf("model-imported", `${outcome.key} was imported from ${path}.`, { key: outcome.key, path });
    return outcome;
  }

  function importPaths(paths: readonly string[]): Promise<readonly ImportOutcome[]> {
    const done = imports.then(async () => {
      const outcomes: ImportOutcome[] = [];
      for (const path of paths) outcomes.push(await importOne(path));
      changed();
      return outcomes;
    });
    imports = done.catch(() => undefined);
    return done;
  }

  return { places, view, setAlias, verify, benchmark, importPaths, push, onPush: pushes.add };
}
