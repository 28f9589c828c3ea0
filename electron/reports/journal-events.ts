import { ok } from "../../shared/result";
import type { Journal } from "../journal/port";
import { breathe } from "./breathe";
import type { EventSource } from "./source";

/** Ids of the journal that are looked at in one go: some milliseconds. */
const IDS_AT_ONCE = 1_000;

/** The events of the journal. */
export function journalEvents(journal: Pick<Journal, "between" | "lastEventId">): EventSource {
  return {
    async *read(fromMs, toMs) {
      const lastId = journal.lastEventId();
      for (let afterId = 0; afterId < lastId; afterId += IDS_AT_ONCE) {
        const throughId = Math.min(lastId, afterId + IDS_AT_ONCE);
        const found = journal.between({ fromMs, toMs, afterId, throughId });
        if (!found.ok) {
          yield found;
          return;
        }
        if (found.value.length > 0) yield ok({ value: found.value, progress: throughId / lastId });
        await breathe();
      }
    },
  };
}
