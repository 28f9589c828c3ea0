import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../shared/contract/settings";
import type { EventView } from "../../shared/contract/snapshot";
import type { DecisionBasis } from "../../shared/rollout/basis";
import { virtualTimers } from "../time/virtual-timers";
import { acknowledgeBreak, verifyJournal } from "./offline";
import { openJournal } from "./sqlite-journal";

const clock = virtualTimers();

function event(id: number, sentence = `Sentence ${id}.`): EventView {
  return { id, tMs: 1_700_000_000_000 + id, event: "node-stale", nodeId: "node_5", actor: "engine", sentence, detail: { n: id, why: null } };
}

const basis: DecisionBasis = {
  limits: DEFAULT_LIMITS,
  reportedVersion: "1.0.0",
  samples: { atMs: [1, 2], compressionRatio: [20, 20.5], latencyMs: [0.1 + 0.2, 12], qualityScore: [null, 0.9] },
};

describe("the journal's chain", () => {
  let folder = "";
  const path = (): string => join(folder, "journal.db");

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lydlr-chain-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function write(count: number): void {
    const journal = openJournal({ path: path(), clock });
    const from = journal.lastEventId();
    for (let id = from + 1; id <= from + count; id += 1) {
      expect(journal.append([id % 3 === 0 ? { ...event(id), basis } : event(id)]).ok).toBe(true);
    }
    journal.close();
  }

  /** Changes the file as somebody would who gets around the triggers. */
  function tamper(...statements: readonly string[]): void {
    const database = new Database(path());
    for (const table of ["events", "segments", "checkpoints"]) {
      database.exec(`DROP TRIGGER IF EXISTS ${table}_stay`);
      database.exec(`DROP TRIGGER IF EXISTS ${table}_stay_whole`);
    }
    for (const statement of statements) database.exec(statement);
    database.close();
  }

  function verdict() {
    const verified = verifyJournal(path());
    if (!verified.ok) throw new Error(verified.error.message);
    return verified.value;
  }

  test("is whole over restarts, also with what decisions were made on, which come back as they were", () => {
    write(4);
    write(3);
    expect(verdict()).toMatchObject({ checked: 7, sealed: 0, segments: 1, broken: null, head: { eventId: 7 } });
    const journal = openJournal({ path: path(), clock });
    expect(journal.status().state).toBe("written");
    expect(journal.basisOf(3)).toEqual({ ok: true, value: basis });
    expect(journal.basisOf(4)).toEqual({ ok: true, value: null });
    expect(journal.check(100)).toMatchObject({ state: "whole", checked: 7 });
    journal.close();
  });

  test("holds any text, also what SQLite cannot store as it is", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 5 }), (texts) => {
        rmSync(path(), { force: true });
        const journal = openJournal({ path: path(), clock });
        expect(journal.append(texts.map((text, index) => ({ ...event(index + 1, text), detail: { text } }))).ok).toBe(true);
        expect(journal.check(100)).toMatchObject({ state: "whole", checked: texts.length });
        journal.close();
      }),
      { numRuns: 25 },
    );
    const journal = openJournal({ path: join(folder, "other.db"), clock });
    journal.append([event(1, "a\0b\uD800c")]);
    expect(journal.recent(1)).toMatchObject({ value: [{ sentence: "a\uFFFDb\uFFFDc" }] });
    expect(journal.check(10)).toMatchObject({ state: "whole" });
    journal.close();
  });

  test.each([
    ["a changed sentence", "UPDATE events SET sentence = 'All is well.' WHERE id = 5", 5],
    ["a changed time", "UPDATE events SET t_ms = t_ms + 1 WHERE id = 5", 5],
    ["a changed hash", "UPDATE events SET hash = zeroblob(32) WHERE id = 5", 5],
    ["a basis that was taken away", "UPDATE events SET basis = NULL WHERE id = 6", 6],
    ["a deleted event", "DELETE FROM events WHERE id = 5", 6],
    ["the first event deleted", "DELETE FROM events WHERE id = 1", 2],
    ["an added event", "INSERT INTO events VALUES (11, 1, 'x', NULL, 'engine', 'x', '{}', NULL, zeroblob(32))", 11],
  ])("finds %s and names the first event that does not fit", (_what, statement, eventId) => {
    write(10);
    tamper(statement);
    const { broken } = verdict();
    expect(broken).toMatchObject({ eventId });
    expect(broken?.sentence).toContain(`Event ${eventId} `);
  });

  test("finds events whose places were exchanged", () => {
    write(10);
    tamper("UPDATE events SET id = 100 WHERE id = 4", "UPDATE events SET id = 4 WHERE id = 7", "UPDATE events SET id = 7 WHERE id = 100");
    expect(verdict().broken).toMatchObject({ eventId: 4 });
  });

  test("finds a tail that was cut off, and says up to where it was written", () => {
    write(10);
    tamper("DELETE FROM events WHERE id > 8");
    expect(verdict().broken).toMatchObject({ eventId: null, sentence: expect.stringContaining("ends with event 8, but it was written up to event 10") as string });
    const journal = openJournal({ path: path(), clock });
    expect(journal.lastEventId(), "ids of the cut tail are not used again").toBe(10);
    journal.append([event(11)]);
    journal.close();
    expect(verdict().broken, "what is written next does not cover it up").not.toBeNull();
  });

  test.each([
    ["the entry that the chain begins with", "UPDATE segments SET reason = 'x'"],
    ["the entry of the newest event", "DELETE FROM head"],
  ])("finds a change of %s", (_what, statement) => {
    write(3);
    tamper(statement);
    expect(verdict().broken).not.toBeNull();
  });

  test("finds every changed byte of the file that changes what is read from it", () => {
    write(12);
    const whole = readFileSync(path());
    const read = (): string => {
      const journal = openJournal({ path: path(), clock });
      const text = JSON.stringify([journal.recent(100), [3, 6, 9, 12].map((id) => journal.basisOf(id))]);
      journal.close();
      return text;
    };
    const before = read();
    const texts = [...whole.toString("latin1").matchAll(/Sentence|node-stale|"why"/g)].map((match) => match.index);
    expect(texts.length).toBeGreaterThan(30);
    let found = 0;
    const offsets = fc.sample(fc.nat(whole.length - 1), { numRuns: 120, seed: 7 });
    for (const offset of [...texts, ...offsets]) {
      const changed = Buffer.from(whole);
      changed[offset] = (changed[offset] ?? 0) ^ 0x04;
      writeFileSync(path(), changed);
      const verified = verifyJournal(path());
      if (!verified.ok || verified.value.broken !== null) found += 1;
      else expect(read(), `byte ${offset} was changed, unseen`).toBe(before);
    }
    expect(found).toBeGreaterThanOrEqual(texts.length);
  });

  test("a broken journal is still written, refuses commands, and says so at the next start, too", () => {
    write(10);
    tamper("UPDATE events SET sentence = 'x' WHERE id = 5");
    const journal = openJournal({ path: path(), clock });
    expect(journal.mayCommand()).toMatchObject({ ok: false, error: { code: "JOURNAL_BROKEN" } });
    expect(journal.status()).toMatchObject({ state: "broken" });
    expect(journal.append([event(11)]).ok).toBe(true);
    journal.close();
    tamper("UPDATE events SET sentence = 'Sentence 5.' WHERE id = 5");
    const again = openJournal({ path: path(), clock });
    expect(again.status().state, "until a person has acknowledged it").toBe("broken");
    again.close();
  });

  test("a break before the newest checkpoint is found by the check beside the work", () => {
    const journal = openJournal({ path: path(), clock });
    journal.append(Array.from({ length: 5_200 }, (_, index) => event(index + 1)));
    journal.close();
    tamper("UPDATE events SET sentence = 'x' WHERE id = 17");
    const again = openJournal({ path: path(), clock });
    expect(again.status().state, "only the end is checked at a start").toBe("written");
    let steps = 0;
    while (again.check(1_000)?.state === "checking") steps += 1;
    expect(steps).toBe(0);
    expect(again.broken()).toMatchObject({ eventId: 17 });
    expect(again.mayCommand().ok).toBe(false);
    again.close();
  });

  test("an acknowledgement is an event that begins a new segment, and seals what was before", () => {
    write(10);
    tamper("DELETE FROM events WHERE id = 5");
    expect(acknowledgeBreak(path(), { reason: "a repair tool was tried", by: "jane", tMs: 5 })).toMatchObject({ ok: true, value: { eventId: 6 } });
    expect(verdict()).toMatchObject({ broken: null, segments: 2, sealed: 9, head: { eventId: 11 } });
    const journal = openJournal({ path: path(), clock });
    expect(journal.mayCommand().ok).toBe(true);
    expect(journal.recent(1)).toMatchObject({ value: [{ id: 11, event: "journal-acknowledged", actor: "operator", detail: { by: "jane", brokenEventId: 6 } }] });
    expect(journal.append([event(12)]).ok).toBe(true);
    journal.close();
    tamper("UPDATE events SET sentence = 'x' WHERE id = 2");
    expect(verdict().broken?.sentence).toContain("sealed");
  });

  test("a full disk refuses events with what they were decided on, and leaves the chain whole", () => {
    const full = openJournal({ path: path(), clock, maxPages: 16 });
    let id = 1;
    while (full.append([{ ...event(id, "x".repeat(3_000)), basis }]).ok && id < 50) id += 1;
    expect(full.status().state).toBe("unavailable");
    expect(full.lastEventId()).toBe(id - 1);
    full.close();
    const roomy = openJournal({ path: path(), clock });
    expect(roomy.append([{ ...event(id), basis }]).ok).toBe(true);
    roomy.close();
    expect(verdict()).toMatchObject({ broken: null, checked: id });
  });

  test("nothing can be acknowledged in a whole journal", () => {
    write(3);
    expect(acknowledgeBreak(path(), { reason: "just so", by: "jane", tMs: 5 })).toMatchObject({ error: { code: "NOT_AVAILABLE" } });
  });

  test("a journal of the first schema gets a chain that says where it begins, and its events are sealed", () => {
    const database = new Database(path());
    database.exec("CREATE TABLE events (id INTEGER PRIMARY KEY, t_ms REAL NOT NULL, event TEXT NOT NULL, node_id TEXT, actor TEXT NOT NULL, sentence TEXT NOT NULL, detail TEXT NOT NULL) STRICT");
    database.exec("CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END");
    database.exec("CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT");
    database.exec("INSERT INTO events VALUES (1, 1.5, 'started', NULL, 'engine', 'Old.', '{}'), (2, 2, 'node-live', 'node_1', 'engine', 'Old, too.', '{}')");
    database.exec("PRAGMA user_version = 1");
    database.close();
    expect(verifyJournal(path())).toMatchObject({ error: { code: "NOT_AVAILABLE" } });
    const journal = openJournal({ path: path(), clock });
    expect(journal.recent(9)).toMatchObject({ value: [{ id: 2 }, { id: 1, sentence: "Old." }] });
    journal.append([event(3)]);
    journal.close();
    expect(verdict()).toMatchObject({ checked: 3, sealed: 2, broken: null });
    tamper("UPDATE events SET sentence = 'New.' WHERE id = 1");
    expect(verdict().broken?.sentence).toContain("sealed");
  });

  test("cannot find a whole file that was put back: its last hash tells, kept elsewhere", () => {
    write(3);
    const { head } = verdict();
    cpSync(path(), join(folder, "older.db"));
    write(2);
    cpSync(join(folder, "older.db"), path());
    expect(verdict()).toMatchObject({ broken: null, head });
  });
});
