import { describe, expect, it } from "vitest";
import type { EventView } from "../../shared/contract/snapshot";
import { fail, ok } from "../../shared/result";
import type { EventDraft } from "../operations/event-log";
import { aliasesAfter, openAliasBook, type AliasBook } from "./alias-book";

/** A journal in memory, which a test can let fail. */
function fakeJournal() {
  const events: EventView[] = [];
  let isWritable = true;
  return {
    events,
    fill: () => {
      isWritable = false;
    },
    ofKind: (kind: string) => ok(events.filter(({ event }) => event === kind)),
    commit: (draft: EventDraft) => {
      if (!isWritable) return fail("JOURNAL_UNAVAILABLE", "The disk is full.");
      events.push({ id: events.length + 1, tMs: 1_000 * (events.length + 1), ...draft });
      return ok(undefined);
    },
  };
}

function openOver(journal: ReturnType<typeof fakeJournal>): AliasBook {
  return openAliasBook({ journal, commit: journal.commit, by: "jane", via: "window" });
}

function now(book: AliasBook): string {
  const history = book.history();
  if (!history.ok) throw new Error(history.error.message);
  return [...aliasesAfter(history.value)].map(([alias, { version }]) => `${alias}=${version}`).join(" ");
}

describe("the book of aliases", () => {
  it("knows what every alias stands for, and every move with who, when, from and to", () => {
    const journal = fakeJournal();
    const book = openOver(journal);
    book.set("champion", "1.0.0");
    book.set("candidate", "1.1.0");
    book.set("champion", "1.1.0");
    book.set("candidate", null);
    expect(now(book)).toBe("champion=1.1.0");
    const history = book.history();
    expect(history.ok && history.value[1]).toEqual({ alias: "champion", from: "1.0.0", to: "1.1.0", atMs: 3_000, by: "jane", via: "window" });
    expect(history.ok && history.value.map(({ alias, to }) => `${alias}>${String(to)}`)).toEqual([
      "candidate>null",
      "champion>1.1.0",
      "candidate>1.1.0",
      "champion>1.0.0",
    ]);
  });

  it("is the journal's events and nothing else: a book opened later knows the same", () => {
    const journal = fakeJournal();
    openOver(journal).set("champion", "1.0.0");
    expect(now(openOver(journal))).toBe("champion=1.0.0");
  });

  it("takes setting what is set already for no move", () => {
    const journal = fakeJournal();
    const book = openOver(journal);
    book.set("champion", "1.0.0");
    expect(book.set("champion", "1.0.0").ok).toBe(true);
    expect(book.set("candidate", null).ok).toBe(true);
    expect(journal.events).toHaveLength(1);
  });

  it("changes nothing that the journal could not write", () => {
    const journal = fakeJournal();
    const book = openOver(journal);
    book.set("champion", "1.0.0");
    journal.fill();
    expect(book.set("champion", "1.1.0")).toMatchObject({ ok: false, error: { code: "JOURNAL_UNAVAILABLE" } });
    expect(now(book)).toBe("champion=1.0.0");
  });

  it.each(["latest", "", "Champion", "1.0.0", "a b", "a".repeat(33)])("refuses %j as an alias", (alias) => {
    expect(openOver(fakeJournal()).set(alias, "1.0.0")).toMatchObject({ ok: false, error: { code: "BAD_ALIAS" } });
  });
});
