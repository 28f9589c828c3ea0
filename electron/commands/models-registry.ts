import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import type { AliasMove, ImportOutcome, ModelBenchmark, RegistryRow, VerificationStep } from "../../shared/contract/models";
import { fail, ok, type Result } from "../../shared/result";
import type { Journal } from "../journal/port";
import { openJournal } from "../journal/sqlite-journal";
import { openAliasBook, type AliasBook } from "../registry/alias-book";
import { openModelDesk, type ModelDesk } from "../registry/model-desk";
import { processMemory } from "../registry/verification/process-memory";
import type { VerificationEnd } from "../registry/verification/verification-store";
import { createVerifier, type Verifier } from "../registry/verification/verifier";
import { defaultDataDir } from "../start-options";
import { forkedProcess } from "../supervision/forked-process";
import { systemTimers } from "../time/system-timers";
import { modelsFolderOf, refuse, type ParsedArguments } from "./arguments";
import type { CommandIo, ExitCode } from "./command";

/** The registry as a command uses it. */
export interface CommandRegistry {
  readonly desk: ModelDesk;
  readonly book: AliasBook;
  readonly verifier: Verifier;
}

/**
 * The aliases of the data folder. The journal is opened for a moment alone: a running application keeps it to
 * itself, and then a command says so.
 */
function openBook(dataDir: string): AliasBook {
  const path = join(dataDir, "journal.db");
  const withJournal = <Value>(use: (journal: Journal) => Value): Value => {
    const journal = openJournal({ path, clock: systemTimers });
    try {
      return use(journal);
    } finally {
      journal.close();
    }
  };
  return openAliasBook({
    journal: { ofKind: (event) => (existsSync(path) ? withJournal((journal) => journal.ofKind(event)) : ok([])) },
    commit: (draft) => withJournal((journal) => journal.append([{ id: journal.lastEventId() + 1, tMs: systemTimers.wallMs(), ...draft }])),
    by: userInfo().username,
    via: "command line",
  });
}

/** Opens the registry that the options name. */
export function openCommandRegistry(values: ParsedArguments["values"]): CommandRegistry {
  const asked = values["data-dir"];
  const dataDir = typeof asked === "string" ? resolve(asked) : defaultDataDir(process.env);
  const book = openBook(dataDir);
  const verifier = createVerifier({
    spawn: forkedProcess,
    entry: join(__dirname, "verifier-host.cjs"),
    timers: systemTimers,
    memory: processMemory,
  });
  const desk = openModelDesk({ shippedDir: modelsFolderOf(values), dataDir, clock: systemTimers, aliases: book, verifier, note: () => undefined });
  return { desk, book, verifier };
}

/** Whether its files are those of its manifest, and nothing that was tried on this machine refused it. */
function isVerified({ kind, verification }: RegistryRow): boolean {
  return kind !== "checkpoint" && verification.state !== "refused";
}

function rowLine(row: RegistryRow): object {
  const { verification, key, kind, place, version, family, hash, drill, description, levels, defaultLevel, aliases, can, cannot } = row;
  const why = verification.state === "refused" ? { code: verification.code, message: verification.sentence } : {};
  const also = kind === "model" ? {} : { can, cannot };
  return { type: "model", key, kind, place, version, family, hash, verified: isVerified(row), ...why, drill, description, levels, defaultLevel, aliases, verification, ...also };
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().replace("T", " ").slice(0, 16);
}

function stateText({ kind, verification }: RegistryRow): string {
  if (kind === "checkpoint") return "never opened";
  if (verification.state === "verified") return `verified ${timeText(verification.atMs)}Z`;
  return verification.state === "refused" ? "REFUSED" : "hashes match, not tried here yet";
}

function rowText(row: RegistryRow): string {
  const marks = [...row.aliases, ...(row.drill ? ["drill"] : []), ...(row.place === "imported" ? ["imported"] : [])].join(", ");
  const { verification } = row;
  const why = verification.state === "refused" ? `  ${verification.code}: ${verification.sentence}` : "";
  return `${row.key.padEnd(16)} ${stateText(row).padEnd(34)} ${(row.hash ?? "").slice(0, 12).padEnd(12)}  ${row.family}  ${marks}${why}\n`;
}

/** `./lydlr models`: what lies in the registry. 1 when something in it is refused. */
export async function list({ desk }: CommandRegistry, isJson: boolean, io: CommandIo): Promise<ExitCode> {
  const view = await desk.view();
  if (!view.ok) return refuse(io, view.error);
  const { rows, aliasTrouble } = view.value;
  if (aliasTrouble !== null) io.stderr(`JOURNAL_UNAVAILABLE: aliases cannot be read now. ${aliasTrouble}\n`);
  for (const row of rows) io.stdout(isJson ? `${JSON.stringify(rowLine(row))}\n` : rowText(row));
  const refused = rows.flatMap(({ key, verification }) => (verification.state === "refused" ? [{ key, ...verification }] : []));
  for (const { key, code, sentence } of refused) io.stderr(`${code}: ${key}: ${sentence}\n`);
  return refused.length === 0 ? 0 : 1;
}

const STEPS: Readonly<Record<VerificationStep, string>> = {
  hashes: "hashes",
  contract: "contract",
  golden: "golden frames",
  benchmark: "benchmark",
};

function endText(key: string, end: VerificationEnd): string {
  const lines = end.checks.map(({ step, passed, sentence }) => `  ${passed ? "ok     " : "REFUSED"} ${STEPS[step]}: ${sentence}\n`);
  const peak = end.state === "verified" && end.peakBytes !== null ? `, at most ${Math.round(end.peakBytes / 1024 ** 2)} MiB` : "";
  return `${key} ${end.state} in ${(end.durationMs / 1000).toFixed(1)} s${peak}\n${lines.join("")}`;
}

/** `./lydlr models verify [VERSION]`: verifies one entry, or all, each in a process of its own. */
export async function verify({ desk }: CommandRegistry, wanted: string | undefined, isJson: boolean, io: CommandIo): Promise<ExitCode> {
  const before = await desk.view();
  if (!before.ok) return refuse(io, before.error);
  const keys = wanted === undefined ? before.value.rows.filter(({ kind }) => kind !== "checkpoint").map(({ key }) => key) : [wanted];
  let code: ExitCode = 0;
  for (const key of keys) {
    const verified = await desk.verify(key, (step) => {
      io.stderr(`${key}: ${STEPS[step]}\n`);
    });
    if (!verified.ok) return refuse(io, verified.error);
    const end = verified.value;
    if (end.state === "refused") {
      io.stderr(`${end.code}: ${key}: ${end.sentence}\n`);
      code = 1;
    }
    if (!isJson) io.stdout(endText(key, end));
  }
  if (!isJson) return code;
  const after = await desk.view();
  if (!after.ok) return refuse(io, after.error);
  for (const row of after.value.rows) if (keys.includes(row.key)) io.stdout(`${JSON.stringify(rowLine(row))}\n`);
  return code;
}

function levelText(version: string, line: ModelBenchmark): string {
  const number = (value: number | null, digits: number): string => (value === null ? "none" : value.toFixed(digits));
  const name = `${version} level ${String(line.level)}${line.isDefault ? " (default)" : ""}`;
  return `${name}: ratio ${number(line.ratio, 1)}, MS-SSIM ${number(line.msSsim, 4)}, encode ${number(line.encodeP50Ms, 1)} ms (p95 ${number(line.encodeP95Ms, 1)}), decode ${number(line.decodeP50Ms, 1)} ms (p95 ${number(line.decodeP95Ms, 1)})\n`;
}

/** `./lydlr models benchmark VERSION`: measures every level, in a process of its own. */
export async function benchmark({ desk }: CommandRegistry, version: string, frames: number, isJson: boolean, io: CommandIo): Promise<ExitCode> {
  const done = await desk.benchmark(version, frames, (line) => {
    io.stdout(isJson ? `${JSON.stringify({ type: "benchmark", version, ...line })}\n` : levelText(version, line));
  });
  return done.ok ? 0 : refuse(io, done.error);
}

function outcomeText(outcome: ImportOutcome & { readonly ok: true }): string {
  const leftOut = outcome.leftOut.length === 0 ? "" : ` Left out: ${outcome.leftOut.join(", ")}.`;
  return `${outcome.key} was imported. ${outcome.sentence}${leftOut}\n`;
}

/** `./lydlr models import PATH...`: imports versions, bundles and checkpoints into the data folder. */
export async function importAll({ desk }: CommandRegistry, paths: readonly string[], isJson: boolean, io: CommandIo): Promise<ExitCode> {
  const outcomes = await desk.importPaths(paths.map((path) => resolve(path)));
  for (const outcome of outcomes) {
    if (isJson) io.stdout(`${JSON.stringify({ type: "import", ...outcome })}\n`);
    else if (outcome.ok) io.stdout(outcomeText(outcome));
    if (!outcome.ok) io.stderr(`${outcome.code}: ${outcome.sentence}\n`);
  }
  return outcomes.every((outcome) => outcome.ok) ? 0 : 1;
}

function moveText({ alias, from, to, atMs, by, via }: AliasMove): string {
  return `${timeText(atMs)}Z  ${alias.padEnd(12)} ${from ?? "nothing"} -> ${to ?? "nothing"}  ${by}, ${via}\n`;
}

function printMoves(moves: readonly AliasMove[], isJson: boolean, io: CommandIo): ExitCode {
  for (const move of moves) io.stdout(isJson ? `${JSON.stringify({ type: "alias", ...move })}\n` : moveText(move));
  return 0;
}

/**
 * `./lydlr models alias [NAME VERSION | NAME --remove]`: every move, newest first, or one more.
 *
 * @param to undefined to look, null to take the alias away.
 */
export async function alias(
  { desk, book }: CommandRegistry,
  name: string | undefined,
  to: string | null | undefined,
  isJson: boolean,
  io: CommandIo,
): Promise<ExitCode> {
  if (name !== undefined && to !== undefined) {
    const set: Result<unknown> = await desk.setAlias(name, to);
    if (!set.ok) return refuse(io, set.error);
  }
  const moves = book.history();
  if (!moves.ok) return refuse(io, fail(moves.error.code, `Aliases cannot be read now. ${moves.error.message}`).error);
  return printMoves(name === undefined ? moves.value : moves.value.filter((move) => move.alias === name), isJson, io);
}
