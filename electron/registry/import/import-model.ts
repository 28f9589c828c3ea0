import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { ImportOutcome } from "../../../shared/contract/models";
import { quoteUntrusted } from "../../../shared/fleet/ids";
import { fail, ok, type Failure, type Result } from "../../../shared/result";
import { checkpointVersion, CHECKPOINT_FAULT } from "../original-bundle";
import { folderOf } from "../registry";
import type { VerificationEnd } from "../verification/verification-store";
import { takeTarGz, takeZip } from "./archives";
import { SYSTEM_DISK, systemReason, type ImportDisk } from "./disk";
import { bytesOfFile, Intake, takeFolder, type IntakeFault } from "./intake";
import { recognise, type Recognised } from "./recognise";

/** What an import needs. */
export interface ImportParts {
  /** Where imports go; made when it is missing. */
  readonly importDir: string;
  /** All models folders: a version that one of them has is refused. */
  readonly places: readonly string[];
  /** Verifies a staged version, before it has its name. */
  verify(staged: { readonly kind: Recognised["kind"]; readonly version: string; readonly parent: string; readonly folder: string }): Promise<VerificationEnd>;
  /** Told what is done. */
  progress(sentence: string): void;
  /** What writes; the system's own where none is given. */
  readonly disk?: ImportDisk;
}

/** The same with a disk in any case. */
type Parts = ImportParts & { readonly disk: ImportDisk };

const STAGING_PREFIX = ".incoming-";

/** What the system says when a folder or file cannot be written; anything else is a bug and goes on. */
function writeFailure(thrown: unknown): Failure<"FILE_WRITE_FAILED"> {
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  if (!/^E[A-Z0-9]+$/.test(code)) throw thrown;
  return { code: "FILE_WRITE_FAILED", message: `The data folder could not be written (${systemReason(thrown)}). Nothing was imported.` };
}

/** Gives what is staged its name for good. Where that cannot be made sure, the name is taken back. */
async function putInPlace(disk: ImportDisk, staged: string, importDir: string, key: string): Promise<void> {
  const placed = join(importDir, key);
  await disk.rename(staged, placed);
  try {
    await disk.syncFolder(importDir);
  } catch (thrown) {
    await rm(placed, { recursive: true, force: true });
    throw thrown;
  }
}

/** A process of another account cannot be asked, but it lives. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM";
  }
}

/** Removes what imports left behind whose process was killed. */
async function sweep(importDir: string): Promise<void> {
  for (const name of await readdir(importDir)) {
    const pid = name.startsWith(STAGING_PREFIX) ? Number(name.slice(STAGING_PREFIX.length).split("-")[0]) : Number.NaN;
    if (Number.isInteger(pid) && !isAlive(pid)) await rm(join(importDir, name), { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** The extension decides how a file is read: nobody guesses at the content of an archive. */
async function takeIn(path: string, staging: string, disk: ImportDisk): Promise<Result<Intake, IntakeFault | "NOT_A_MODEL">> {
  const found = await stat(path).catch(() => null);
  if (found === null) return fail("FILE_READ_FAILED", `${path} could not be read: there is no such file or folder.`);
  const name = path.toLowerCase();
  const intake = new Intake(staging, found.isDirectory() ? null : found.size, disk);
  const take: Intake["take"] = (entry) => intake.take(entry);
  let taken: Result<void, IntakeFault>;
  if (found.isDirectory()) taken = await takeFolder(path, take);
  else if (name.endsWith(".zip")) taken = await takeZip(path, take);
  else if (name.endsWith(".tar.gz") || name.endsWith(".tgz")) taken = await takeTarGz(path, found.size, take);
  else return fail("NOT_A_MODEL", `${quoteUntrusted(basename(path))} is no folder, .zip, .tar.gz, .tgz or .pth file. Nothing was imported.`);
  return taken.ok ? ok(intake) : taken;
}

interface Staged {
  readonly what: Recognised;
  /** The version's folder below the staging folder. */
  readonly folder: string;
  readonly leftOut: readonly string[];
}

/** Puts what belongs to the version into a folder of its name. */
async function stage(path: string, staging: string, { places, importDir, disk }: Parts): Promise<Result<Staged>> {
  const raw = join(staging, "raw");
  await mkdir(raw);
  const taken = await takeIn(path, raw, disk);
  if (!taken.ok) return taken;
  const what = await recognise(raw, taken.value.files);
  if (!what.ok) return what;
  const { key, root, files, version } = what.value;
  const present = what.value.kind === "model" ? await folderOf(places, version) : (await exists(join(importDir, key))) ? importDir : null;
  if (present !== null) {
    const where = present === importDir ? "imported" : "shipped with the application";
    return fail("VERSION_PRESENT", `${key} is in the registry already (${where}). Another file needs another version. Nothing was imported.`);
  }
  const folder = join(staging, key);
  await mkdir(folder);
  for (const file of files) await disk.rename(join(raw, root, file), join(folder, file));
  await disk.syncFolder(folder);
  const belongs = new Set(files.map((file) => `${root}${file}`));
  return ok({ what: what.value, folder, leftOut: [...taken.value.files.filter((file) => !belongs.has(file)), ...taken.value.leftOut] });
}

async function importVersion(path: string, staging: string, parts: Parts): Promise<ImportOutcome> {
  const refused = ({ code, message }: Failure): ImportOutcome => ({ path, ok: false, code, sentence: message });
  parts.progress("It is unpacked into a temporary folder.");
  const staged = await stage(path, staging, parts);
  if (!staged.ok) return refused(staged.error);
  const { what, folder, leftOut } = staged.value;
  const { kind, version, key } = what;
  parts.progress("It is verified in a process of its own.");
  const end = await parts.verify({ kind, version, parent: staging, folder });
  if (end.state === "refused") return refused({ code: end.code, message: `${end.sentence} Nothing was imported.` });
  try {
    await putInPlace(parts.disk, folder, parts.importDir, key);
  } catch (thrown) {
    // Another import of the same version was faster.
    if (await exists(join(parts.importDir, key))) return refused({ code: "VERSION_PRESENT", message: `${key} is in the registry already (imported). Nothing was imported.` });
    return refused(writeFailure(thrown));
  }
  return { path, ok: true, key, kind, version, sentence: end.sentence, leftOut: leftOut.map((name) => name.slice(0, 200)) };
}

/** Takes a checkpoint over byte for byte, unopened, so that it is listed. */
async function importCheckpoint(path: string, staging: string, { importDir, progress, disk }: Parts): Promise<ImportOutcome> {
  const refused = ({ code, message }: Failure): ImportOutcome => ({ path, ok: false, code, sentence: message });
  const key = basename(path);
  const version = checkpointVersion(key);
  if (version === null) {
    return refused({ code: "NOT_A_MODEL", message: `${quoteUntrusted(key)} has no version in its name (name_vVERSION.pth). Nothing was imported.` });
  }
  if (await exists(join(importDir, key))) return refused({ code: "VERSION_PRESENT", message: `${key} is listed already. Nothing was imported.` });
  progress("Its bytes are copied; it is not opened.");
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile()) return refused({ code: "FILE_READ_FAILED", message: `${path} could not be read: there is no such file.` });
  const intake = new Intake(staging, null, disk);
  const taken = await intake.take({ name: key, type: "file", declaredBytes: found.size, content: () => bytesOfFile(path) });
  if (!taken.ok) return refused(taken.error);
  await putInPlace(disk, join(staging, key), importDir, key);
  return { path, ok: true, key, kind: "checkpoint", version, sentence: `${key} is listed. ${CHECKPOINT_FAULT.message}`, leftOut: [] };
}

/**
 * Imports one path: under a temporary name in the models folder of the data folder, synced, verified in a
 * process of its own, and only then renamed. Whatever is refused leaves nothing behind.
 */
export async function importPath(path: string, given: ImportParts): Promise<ImportOutcome> {
  const parts: Parts = { ...given, disk: given.disk ?? SYSTEM_DISK };
  let staging: string;
  try {
    await mkdir(parts.importDir, { recursive: true });
    await sweep(parts.importDir);
    staging = await mkdtemp(join(parts.importDir, `${STAGING_PREFIX}${process.pid}-`));
  } catch (thrown) {
    const { code, message } = writeFailure(thrown);
    return { path, ok: false, code, sentence: message };
  }
  try {
    return path.toLowerCase().endsWith(".pth") ? await importCheckpoint(path, staging, parts) : await importVersion(path, staging, parts);
  } catch (thrown) {
    const { code, message } = writeFailure(thrown);
    return { path, ok: false, code, sentence: message };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
