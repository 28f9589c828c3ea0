import type Database from "libsql";
import * as v from "valibot";
import type { EventView } from "../../shared/contract/snapshot";
import type { EventCursor, EventPage, EventQuery, EventTally } from "./port";

/** Which events tell what ran on a node. */
const STORY = "event IN ('version-reported', 'node-stale', 'node-lost', 'node-live', 'node-no-metrics', 'node-joined', 'deploy-requested', 'rollback-requested', 'deploy-publishing', 'rollback-publishing')";

/**
 * They hold what filters look at, so that a search reads no event that it does not show. They are made beside the
 * schema's versions: an older application reads and writes a journal that has them.
 */
const INDEXES = [
  // Few of all events: what tells what ran on a node, whatever else happened there.
  "DROP INDEX IF EXISTS events_of_story",
  `CREATE INDEX IF NOT EXISTS events_of_runs ON events (node_id, event, t_ms) WHERE ${STORY}`,
  "CREATE INDEX IF NOT EXISTS events_by_time ON events (t_ms, event, node_id)",
  "CREATE INDEX IF NOT EXISTS events_by_node ON events (node_id, t_ms, event)",
] as const;

/** Events that one call looks at: below 30 ms, so that no tick waits. */
const LOOKED_AT = 20_000;

/** Makes the indexes of searches; on a journal of a million events the first time takes some seconds. */
export function addSearchIndexes(database: Database.Database): void {
  for (const statement of INDEXES) database.exec(statement);
}

interface Condition {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
}

const cursorRow = v.object({ t_ms: v.number(), id: v.number() });

function rangeOf({ fromMs, toMs, nodeId, before }: Pick<EventQuery, "fromMs" | "toMs" | "nodeId" | "before">): Condition {
  const conditions: Condition[] = [{ sql: "t_ms BETWEEN ? AND ?", parameters: [fromMs, before === null ? toMs : Math.min(toMs, before.tMs)] }];
  if (nodeId !== null) conditions.push({ sql: "node_id = ?", parameters: [nodeId] });
  if (before !== null) conditions.push({ sql: "(t_ms < ? OR id < ?)", parameters: [before.tMs, before.id] });
  return allOf(conditions);
}

function allOf(conditions: readonly Condition[]): Condition {
  return { sql: conditions.map(({ sql }) => sql).join(" AND "), parameters: conditions.flatMap(({ parameters }) => parameters) };
}

function filterOf({ kinds, text }: EventQuery): Condition {
  const conditions: Condition[] = [];
  if (kinds.length > 0) conditions.push({ sql: `(${kinds.map(() => "event GLOB ?").join(" OR ")})`, parameters: kinds });
  for (const word of text.split(/\s+/).filter((each) => each !== "")) {
    const like = `%${word.replaceAll(/[\\%_]/g, "\\$&")}%`;
    conditions.push({ sql: "(sentence LIKE ? ESCAPE '\\' OR node_id LIKE ? ESCAPE '\\' OR event LIKE ? ESCAPE '\\')", parameters: [like, like, like] });
  }
  return conditions.length === 0 ? { sql: "1", parameters: [] } : allOf(conditions);
}

/** Where the events end that one call may look at; null where all of them are within. */
function endOfLook(database: Database.Database, range: Condition): EventCursor | null {
  const row = database
    .prepare(`SELECT t_ms, id FROM events WHERE ${range.sql} ORDER BY t_ms DESC, id DESC LIMIT 1 OFFSET ?`)
    .get(...range.parameters, LOOKED_AT);
  if (row === undefined) return null;
  const { t_ms, id } = v.parse(cursorRow, row);
  return { tMs: t_ms, id };
}

/**
 * Reads a page of events, newest first.
 * @param eventOf reads a row.
 * @throws whatever SQLite says.
 */
export function eventPage(database: Database.Database, query: EventQuery, eventOf: (row: unknown) => EventView): EventPage {
  const range = rangeOf(query);
  const end = endOfLook(database, range);
  // One lower bound: of two SQLite takes the first for the index, and reads on to it.
  const within = allOf([rangeOf({ ...query, fromMs: Math.max(query.fromMs, end?.tMs ?? query.fromMs) }), filterOf(query)]);
  const events = database
    .prepare(`SELECT id, t_ms, event, node_id, actor, sentence, detail FROM events WHERE ${within.sql} ORDER BY t_ms DESC, id DESC LIMIT ?`)
    .all(...within.parameters, query.limit)
    .map(eventOf);
  const last = events.at(-1);
  if (last !== undefined && events.length === query.limit) return { events, next: { tMs: last.tMs, id: last.id } };
  // Every event of that very time was looked at, so what comes next is older.
  return { events, next: end === null ? null : { tMs: end.tMs, id: 0 } };
}

/**
 * The newest events of a kind on a node up to a time, at once however many others there are. The kind is one of those that tell
 * what ran on a node; of another there are none.
 * @throws whatever SQLite says.
 */
export function newestOfNode(database: Database.Database, nodeId: string, event: string, toMs: number, limit: number, eventOf: (row: unknown) => EventView): readonly EventView[] {
  return database
    .prepare(`SELECT id, t_ms, event, node_id, actor, sentence, detail FROM events WHERE ${STORY} AND node_id = ? AND event = ? AND t_ms <= ? ORDER BY t_ms DESC, id DESC LIMIT ?`)
    .all(nodeId, event, toMs, limit)
    .map(eventOf);
}

const tallyRow = v.object({ bucket: v.number(), event: v.string(), count: v.number() });

/**
 * Counts events by stretch and kind from `sinceMs` on, and says how far it came.
 * @throws whatever SQLite says.
 */
export function eventTally(
  database: Database.Database,
  { fromMs, toMs, bucketMs, sinceMs }: { readonly fromMs: number; readonly toMs: number; readonly bucketMs: number; readonly sinceMs: number },
): EventTally {
  const row = database.prepare("SELECT t_ms, id FROM events WHERE t_ms >= ? AND t_ms < ? ORDER BY t_ms LIMIT 1 OFFSET ?").get(sinceMs, toMs, LOOKED_AT);
  const endMs = row === undefined ? toMs : v.parse(cursorRow, row).t_ms;
  // More events at one very time than a call looks at: all of them, or it would never come further.
  const reachedMs = endMs > sinceMs ? endMs : Math.min(toMs, sinceMs + 1);
  const counts = database
    .prepare("SELECT CAST((t_ms - ?) / ? AS INTEGER) AS bucket, event, count(*) AS count FROM events WHERE t_ms >= ? AND t_ms < ? GROUP BY 1, 2")
    .all(fromMs, bucketMs, sinceMs, reachedMs)
    .map((counted) => v.parse(tallyRow, counted));
  return { counts, reachedMs };
}
