import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../../shared/contract/settings";
import type { EventView } from "../../shared/contract/snapshot";
import { virtualTimers } from "../time/virtual-timers";
import { openJournal } from "./sqlite-journal";

function event(id: number, sentence = "Stale: no sample for 5.0 s."): EventView {
  return { id, tMs: 1_700_000_000_000 + id, event: "node-stale", nodeId: "node_5", actor: "engine", sentence, detail: { n: id, why: null } };
}

describe("the journal", () => {
  let folder = "";
  const clock = virtualTimers();
  const path = (): string => join(folder, "data", "journal.db");

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lydlr-journal-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test("keeps events over a restart, newest first, with every field", () => {
    const first = openJournal({ path: path(), clock });
    expect(first.append([event(1), event(2)]).ok).toBe(true);
    first.close();
    const second = openJournal({ path: path(), clock });
    expect(second.lastEventId()).toBe(2);
    expect(second.recent(10)).toEqual({ ok: true, value: [event(2), event(1)] });
    second.close();
  });

  test("finds every event of one kind over restarts, oldest first", () => {
    const first = openJournal({ path: path(), clock });
    first.append([event(1), { ...event(2), event: "alias-set" }]);
    first.close();
    const second = openJournal({ path: path(), clock });
    second.append([{ ...event(3), event: "alias-set" }, event(4)]);
    expect(second.ofKind("alias-set")).toMatchObject({ ok: true, value: [{ id: 2 }, { id: 3 }] });
    expect(second.ofKind("nothing of the kind")).toEqual({ ok: true, value: [] });
    second.close();
  });

  test("writes all events of one call or none", () => {
    const journal = openJournal({ path: path(), clock });
    journal.append([event(1)]);
    const refused = journal.append([event(2), event(1)]);
    expect(refused.ok).toBe(false);
    expect(journal.lastEventId()).toBe(1);
    journal.close();
  });

  test("refuses with a sentence on a full disk, loses nothing, and recovers", () => {
    const full = openJournal({ path: path(), clock, maxPages: 24 });
    const long = "x".repeat(8_000);
    let id = 0;
    let outcome = full.append([event(1)]);
    while (outcome.ok && id < 100) {
      id += 1;
      outcome = full.append([event(id + 1, long)]);
    }
    expect(outcome).toMatchObject({ ok: false, error: { code: "JOURNAL_UNAVAILABLE" } });
    expect(full.status().state).toBe("unavailable");
    expect(full.status().sentence).toContain("disk is full");
    expect(full.lastEventId()).toBe(id);
    full.close();
    const roomy = openJournal({ path: path(), clock });
    expect(roomy.append([event(id + 1)]).ok).toBe(true);
    expect(roomy.status().state).toBe("written");
    roomy.close();
  });

  test("tells a second application on the same folder apart", () => {
    const first = openJournal({ path: path(), clock });
    first.append([event(1)]);
    const second = openJournal({ path: path(), clock });
    expect(second.append([event(2)])).toMatchObject({ ok: false, error: { code: "JOURNAL_UNAVAILABLE" } });
    expect(second.status().sentence).toContain("another Lydlr Ops");
    first.close();
  });

  test("does not touch a file that is no journal, and says so", () => {
    const file = join(folder, "journal.db");
    writeFileSync(file, "this is a text, not a database. ".repeat(200));
    const before = readFileSync(file);
    const journal = openJournal({ path: file, clock });
    expect(journal.status()).toMatchObject({ state: "unavailable" });
    expect(journal.status().sentence).toContain("damaged");
    expect(readFileSync(file)).toEqual(before);
  });

  test("says so where no folder can be made", () => {
    const journal = openJournal({ path: "/proc/lydlr-cannot-be-made/data/journal.db", clock });
    expect(journal.status().sentence).toContain("the folder cannot be written to");
  });

  test("starts with the defaults, keeps what was set, and ignores a stored key that no longer exists", () => {
    const journal = openJournal({ path: path(), clock });
    expect(journal.readSettings()).toEqual(DEFAULT_SETTINGS);
    journal.writeFact("settings", JSON.stringify({ theme: "light", gone: true }));
    expect(journal.readSettings()).toEqual({ ...DEFAULT_SETTINGS, theme: "light" });
    expect(journal.readSettings().ros2, "older journals have no such key").toEqual({ domainId: null, discoveryRange: null });
    journal.writeSettings({ ...DEFAULT_SETTINGS, clock: "utc", ros2: { domainId: 42, discoveryRange: "LOCALHOST" } });
    expect(journal.readSettings().ros2).toEqual({ domainId: 42, discoveryRange: "LOCALHOST" });
    expect(journal.readSettings().clock).toBe("utc");
    journal.close();
  });
});
