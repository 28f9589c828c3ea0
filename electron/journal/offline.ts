import { existsSync } from "node:fs";
import Database from "libsql";
import { fail, ok, type Result } from "../../shared/result";
import { eventHash, storableText } from "./chain";
import { ChainCheck, type ChainBreak } from "./chain-check";
import { BREAK_FACT, damageOf, readBreak } from "./sqlite-journal";
import { beginSegment, lock, readSegments, release, schemaVersion, SCHEMA_VERSION, writeHead } from "./tables";

/** What a check of a whole journal found. */
export interface Verification {
  /** Events that were read and held against the chain or a seal. */
  readonly checked: number;
  /** Events that were written before there was a chain or before a break was acknowledged: sealed since. */
  readonly sealed: number;
  /** 1 and one for each acknowledgement and for a journal that began without a chain. */
  readonly segments: number;
  /** The first break; null where there is none. */
  readonly broken: ChainBreak | null;
  /** Id and hash of the newest event, hexadecimal: kept elsewhere, they show a chain that was made anew. */
  readonly head: { readonly eventId: number; readonly hash: string } | null;
}

/** Opens a journal that no application uses, for `work`, and closes it. */
function withJournal<Value>(path: string, work: (database: Database.Database) => Result<Value>): Result<Value> {
  if (!existsSync(path)) return fail("FILE_READ_FAILED", `There is no journal at ${path}.`);
  let database: Database.Database | null = null;
  try {
    database = new Database(path, { timeout: 500 });
    lock(database);
    const version = schemaVersion(database);
    if (version > SCHEMA_VERSION) return fail("NOT_AVAILABLE", `The journal was written by a newer Lydlr Ops (schema ${version}).`);
    if (version < SCHEMA_VERSION) {
      return fail("NOT_AVAILABLE", "The journal was written before there was a chain; the next start of the application begins one and seals what is there.");
    }
    return work(database);
  } catch (error) {
    return fail("JOURNAL_UNAVAILABLE", `The journal at ${path} cannot be opened: ${damageOf(error)}.`);
  } finally {
    if (database !== null) release(database);
  }
}

/** Finds what the chain cannot: indexes that do not fit their table, pages that are damaged. */
function damagedPages(database: Database.Database): ChainBreak | null {
  const rows = database.prepare("PRAGMA integrity_check(1)").raw(true).all();
  const [first] = rows;
  const said = Array.isArray(first) ? String(first[0]) : "nothing";
  return said === "ok" ? null : { eventId: null, tMs: null, sentence: `The file is damaged: ${said}.` };
}

/**
 * Checks a whole journal, every event of it. Changes nothing in it.
 * @returns FILE_READ_FAILED where there is none, JOURNAL_UNAVAILABLE where an application uses it or it is no
 * journal, NOT_AVAILABLE where it has no chain.
 */
export function verifyJournal(path: string): Result<Verification> {
  return withJournal(path, (database) => {
    const progress = new ChainCheck(database, "start").finish();
    const { checked } = progress;
    const broken = progress.state === "broken" ? progress.break : (readBreak(database) ?? damagedPages(database));
    const head = progress.state === "whole" ? { eventId: progress.head.eventId, hash: Buffer.from(progress.head.hash).toString("hex") } : null;
    const segments = progress.state === "whole" ? readSegments(database) : [];
    return ok({ checked, sealed: segments.at(-1)?.sealedEvents ?? 0, segments: segments.length, broken, head });
  });
}

/** Who acknowledges a break, when and why. */
export interface Acknowledgement {
  readonly reason: string;
  /** The user's name. */
  readonly by: string;
  readonly tMs: number;
}

/**
 * Acknowledges what is broken: a new segment of the chain begins with this as its first event, and seals
 * everything before it as it stands now.
 * @returns NOT_AVAILABLE where nothing is broken or the file itself is damaged, else as {@link verifyJournal}.
 */
export function acknowledgeBreak(path: string, { reason, by, tMs }: Acknowledgement): Result<ChainBreak> {
  const verified = verifyJournal(path);
  if (!verified.ok) return verified;
  const { broken } = verified.value;
  if (broken === null) return fail("NOT_AVAILABLE", "Nothing is broken: the chain is whole, and there is nothing to acknowledge.");
  return withJournal(path, (database) => {
    if (damagedPages(database) !== null) {
      return fail("NOT_AVAILABLE", `${broken.sentence} A damaged file cannot be gone on with: move ${path} away and keep it; the next start begins a new journal.`);
    }
    database.exec("BEGIN IMMEDIATE");
    try {
      const head = beginSegment(database, tMs, "operator", `${broken.sentence} Acknowledged by ${by}: ${reason}`);
      const row = {
        id: head.eventId + 1,
        tMs,
        event: "journal-acknowledged",
        nodeId: null,
        actor: "operator",
        sentence: storableText(`${by} acknowledged that the journal was changed: ${reason}`),
        detail: JSON.stringify({ by, reason, broken: broken.sentence, brokenEventId: broken.eventId }),
        basis: null,
      };
      const hash = eventHash(head.hash, row);
      database
        .prepare("INSERT INTO events (id, t_ms, event, node_id, actor, sentence, detail, basis, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .run(row.id, tMs, row.event, null, row.actor, row.sentence, row.detail, null, hash);
      writeHead(database, { eventId: row.id, events: head.events + 1, hash });
      database.prepare("DELETE FROM facts WHERE name = ?").run(BREAK_FACT);
      database.exec("COMMIT");
      return ok(broken);
    } catch (error) {
      if (database.inTransaction) database.exec("ROLLBACK");
      throw error;
    }
  });
}
