import * as v from "valibot";
import { ALIAS_PATTERN, aliasMoveSchema, type AliasMove } from "../../shared/contract/models";
import { quoteUntrusted } from "../../shared/fleet/ids";
import { fail, ok, type Result } from "../../shared/result";
import type { Journal } from "../journal/port";
import type { EventDraft } from "../operations/event-log";

/** Stands for the highest usable version that is no drill, and is never set by hand. */
export const LATEST = "latest";

const ALIAS_EVENT = "alias-set";

/** What an alias stands for now. */
export interface AliasNow {
  readonly version: string;
  readonly sinceMs: number;
  readonly by: string;
}

/** What the book needs of the journal, and how an event gets there. */
export interface AliasBookParts {
  readonly journal: Pick<Journal, "ofKind">;
  /** Writes an event and returns once it is on the disk. */
  commit(draft: EventDraft): Result<void, "JOURNAL_UNAVAILABLE">;
  /** The account of the operating system. */
  readonly by: string;
  readonly via: AliasMove["via"];
}

/** The names that stand for versions. They are the journal's events and nothing else, so that the history cannot be lost. */
export interface AliasBook {
  /** Every move, newest first. */
  history(): Result<readonly AliasMove[], "JOURNAL_UNAVAILABLE">;
  /**
   * Lets an alias stand for a version, or for nothing.
   * @returns the history with it; BAD_ALIAS for a name that is none or is taken. Setting what is set already
   * changes nothing and is no move.
   */
  set(alias: string, version: string | null): Result<readonly AliasMove[], "BAD_ALIAS" | "JOURNAL_UNAVAILABLE">;
}

/** What every alias stands for after the moves of a history, by name. */
export function aliasesAfter(newestFirst: readonly AliasMove[]): ReadonlyMap<string, AliasNow> {
  const now = new Map<string, AliasNow>();
  for (const { alias, to, atMs, by } of newestFirst.toReversed()) {
    if (to === null) now.delete(alias);
    else now.set(alias, { version: to, sinceMs: atMs, by });
  }
  return new Map([...now].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function parseAlias(text: string): Result<string, "BAD_ALIAS"> {
  if (text === LATEST) return fail("BAD_ALIAS", "latest stands for the highest usable version by itself and cannot be set.");
  if (ALIAS_PATTERN.test(text)) return ok(text);
  return fail("BAD_ALIAS", `${quoteUntrusted(text)} is not an alias: 1 to 32 of a-z 0-9 -, starting with a letter, such as champion or candidate.`);
}

function sentenceOf(alias: string, from: string | null, to: string | null): string {
  if (to === null) return `${alias} stands for nothing now; it stood for ${from ?? "nothing"}.`;
  return from === null ? `${alias} stands for ${to} now.` : `${alias} stands for ${to} now, no longer for ${from}.`;
}

/** Opens the book over a journal. */
export function openAliasBook({ journal, commit, by, via }: AliasBookParts): AliasBook {
  function history(): Result<readonly AliasMove[], "JOURNAL_UNAVAILABLE"> {
    const events = journal.ofKind(ALIAS_EVENT);
    if (!events.ok) return events;
    return ok(events.value.map(({ tMs, detail }) => v.parse(aliasMoveSchema, { ...detail, atMs: tMs })).toReversed());
  }
  return {
    history,
    set(text, version) {
      const alias = parseAlias(text);
      if (!alias.ok) return alias;
      const before = history();
      if (!before.ok) return before;
      const from = aliasesAfter(before.value).get(alias.value)?.version ?? null;
      if (from === version) return before;
      const committed = commit({
        event: ALIAS_EVENT,
        nodeId: null,
        actor: "operator",
        sentence: sentenceOf(alias.value, from, version),
        detail: { alias: alias.value, from, to: version, by, via },
      });
      return committed.ok ? history() : committed;
    },
  };
}
