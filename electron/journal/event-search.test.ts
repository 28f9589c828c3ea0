import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EventView } from "../../shared/contract/snapshot";
import { virtualTimers } from "../time/virtual-timers";
import type { EventCursor, EventQuery, Journal } from "./port";
import { openJournal } from "./sqlite-journal";

const START_MS = 1_700_000_000_000;
const KINDS = ["verdict", "deploy-sent", "node-stale", "alert-raised"];

/** Three events a second at one very time, of five nodes and four kinds. */
function event(id: number): EventView {
  const tMs = START_MS + Math.floor(id / 3) * 1_000;
  return { id, tMs, event: KINDS[id % 4] ?? "", nodeId: id % 6 === 0 ? null : `node_${id % 5}`, actor: "engine", sentence: id % 1_000 === 7 ? "100 % needle_1" : "Latency 63 ms.", detail: {} };
}

describe("a search of the journal", () => {
  let folder = "";
  let journal: Journal;
  const events = Array.from({ length: 50_000 }, (_, index) => event(index + 1));
  const everything: EventQuery = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, nodeId: null, kinds: [], text: "", before: null, limit: 500 };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "lydlr-search-"));
    journal = openJournal({ path: join(folder, "journal.db"), clock: virtualTimers() });
    expect(journal.append(events).ok).toBe(true);
  });
  afterAll(() => {
    journal.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Follows the pages to the end. */
  function all(query: Partial<EventQuery>): { readonly ids: readonly number[]; readonly pages: number } {
    const ids: number[] = [];
    let before: EventCursor | null = null;
    let pages = 0;
    do {
      const page = journal.page({ ...everything, ...query, before });
      if (!page.ok) throw new Error(page.error.message);
      ids.push(...page.value.events.map(({ id }) => id));
      before = page.value.next;
      pages += 1;
    } while (before !== null);
    return { ids, pages };
  }

  function expected(isWanted: (each: EventView) => boolean): readonly number[] {
    return events.filter(isWanted).map(({ id }) => id).reverse();
  }

  test("finds every event once, newest first, however its pages are cut", () => {
    expect(all({ limit: 499 }).ids).toEqual(expected(() => true));
  });

  test("goes on behind a stretch in which nothing is found", () => {
    const { ids, pages } = all({ text: "needle_1 100", limit: 40 });
    expect(ids).toEqual(expected(({ sentence }) => sentence.includes("needle")));
    expect(pages, "20 000 events at a time").toBe(3);
    expect(all({ text: "needle%1" }).ids, "signs of a pattern are letters").toEqual([]);
  });

  test("takes range, node and kinds together", () => {
    const [fromMs, toMs] = [START_MS + 2_000_000, START_MS + 9_000_000];
    const isWanted = (each: EventView): boolean => each.tMs >= fromMs && each.tMs <= toMs && each.nodeId === "node_3" && (each.event.startsWith("deploy-") || each.event === "verdict");
    expect(all({ fromMs, toMs, nodeId: "node_3", kinds: ["deploy-*", "verdict"] }).ids).toEqual(expected(isWanted));
  });

  test("counts every event in its stretch, a part at a time", () => {
    const [fromMs, toMs, bucketMs] = [START_MS, START_MS + 20_000_000, 1_000_000];
    const counts = new Map<string, number>();
    let calls = 0;
    for (let sinceMs = fromMs; sinceMs < toMs; calls += 1) {
      const tally = journal.tally({ fromMs, toMs, bucketMs, sinceMs });
      if (!tally.ok) throw new Error(tally.error.message);
      for (const each of tally.value.counts) counts.set(`${each.bucket} ${each.event}`, (counts.get(`${each.bucket} ${each.event}`) ?? 0) + each.count);
      expect(tally.value.reachedMs).toBeGreaterThan(sinceMs);
      sinceMs = tally.value.reachedMs;
    }
    expect(calls).toBeGreaterThan(1);
    const wanted = new Map<string, number>();
    for (const each of events) {
      const key = `${Math.floor((each.tMs - fromMs) / bucketMs)} ${each.event}`;
      wanted.set(key, (wanted.get(key) ?? 0) + 1);
    }
    expect(new Map([...counts].sort())).toEqual(new Map([...wanted].sort()));
  });

  test("looks at an index, of a node or of time, and never sorts what it does not show", () => {
    journal.close();
    const database = new Database(join(folder, "journal.db"));
    const plan = (sql: string): string => JSON.stringify(database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all());
    expect(plan("SELECT t_ms, id FROM events WHERE t_ms BETWEEN 1 AND 2 ORDER BY t_ms DESC, id DESC LIMIT 1 OFFSET 9")).toContain("COVERING INDEX events_by_time");
    expect(plan("SELECT * FROM events WHERE t_ms BETWEEN 1 AND 2 AND node_id = 'a' ORDER BY t_ms DESC, id DESC LIMIT 9")).toContain("INDEX events_by_node");
    database.close();
  });
});
