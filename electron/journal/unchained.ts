import Database from "libsql";
import type { EventView } from "../../shared/contract/snapshot";
import { lock } from "./tables";

/** Events written as the journal writes them, without chain: what the benchmark compares with. */
export interface UnchainedEvents {
  append(events: readonly EventView[]): void;
  close(): void;
}

/** Opens a table of events of the first schema, which had no chain. For benchmarks alone. */
export function openUnchained(path: string): UnchainedEvents {
  const database = new Database(path);
  lock(database);
  database.exec(
    "CREATE TABLE events (id INTEGER PRIMARY KEY, t_ms REAL NOT NULL, event TEXT NOT NULL, node_id TEXT, actor TEXT NOT NULL, sentence TEXT NOT NULL, detail TEXT NOT NULL) STRICT",
  );
  return {
    append(events) {
      database.exec("BEGIN IMMEDIATE");
      const insert = database.prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)");
      for (const { id, tMs, event, nodeId, actor, sentence, detail } of events) insert.run(id, tMs, event, nodeId, actor, sentence, JSON.stringify(detail));
      database.exec("COMMIT");
    },
    close: () => {
      database.close();
    },
  };
}
