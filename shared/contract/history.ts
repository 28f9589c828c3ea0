import * as v from "valibot";
import { seriesSchema } from "./series";

/** The history of samples as it crosses between the main process and the window. */

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
const nothing = v.strictObject({});
const days = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));

const GIGABYTE = 1_000_000_000;

/** How long the history keeps what, and how large its file may grow. */
export const retentionSchema = v.strictObject({
  /** Every sample as it came, days. */
  rawDays: days(60),
  /** Roll-ups of 10 seconds, days. */
  tensDays: days(400),
  /** Roll-ups of a minute and of an hour, days. */
  minutesDays: days(4_000),
  /** The file's size, bytes; beyond it the oldest samples go first, whatever their age. */
  maxBytes: v.pipe(v.number(), v.integer(), v.minValue(0.1 * GIGABYTE), v.maxValue(1_000 * GIGABYTE)),
});
export type Retention = v.InferOutput<typeof retentionSchema>;

/** What holds before anyone set anything. */
export const DEFAULT_RETENTION: Retention = { rawDays: 7, tensDays: 30, minutesDays: 365, maxBytes: 4 * GIGABYTE };

/** The history's condition. */
export const historyStatusSchema = v.strictObject({
  state: v.picklist(["starting", "written", "unavailable", "closed"]),
  /** What is written where, or why nothing is and what to do. */
  sentence: v.string(),
  /** The code of what is wrong; null where nothing is. */
  code: v.nullable(v.picklist(["HISTORY_UNAVAILABLE", "HISTORY_DAMAGED"])),
  path: v.string(),
  /** The file and its write-ahead log, bytes. */
  bytes: count,
  /** Raw samples that are kept. */
  samples: count,
  /** Arrival of the oldest and the newest of them, Unix ms; null of none. The oldest is exact to five minutes. */
  oldestMs: v.nullable(finite),
  newestMs: v.nullable(finite),
  /** Samples of this run that could not be kept. */
  lost: count,
  /** Packed bodies that could not be read and were left out, in this run. */
  unreadable: count,
  retention: retentionSchema,
});
export type HistoryStatus = v.InferOutput<typeof historyStatusSchema>;

/** What the points of a range were made of. */
export const rangeLevelSchema = v.picklist(["raw", "tens", "minutes", "hours"]);
export type RangeLevel = v.InferOutput<typeof rangeLevelSchema>;

/** Any range of any node, for a chart. */
export const historyRangeSchema = v.strictObject({
  series: seriesSchema,
  level: rangeLevelSchema,
  /** Samples within the range, to the level's buckets at its ends. */
  samples: count,
  /** What the node ran where the range begins, by its own report; null of none. */
  versionBefore: v.nullable(v.string()),
  /** Packed bodies in the range that could not be read and were left out. */
  unreadable: count,
});
export type HistoryRange = v.InferOutput<typeof historyRangeSchema>;

/** How far a long piece of work on the history is. */
export const historyProgressSchema = v.strictObject({
  work: v.picklist(["check", "backup", "export"]),
  done: finite,
  total: finite,
});
export type HistoryProgress = v.InferOutput<typeof historyProgressSchema>;

const written = v.strictObject({ path: v.string(), bytes: count, rows: count });

/** Requests about the history. */
export const HISTORY_REQUESTS = {
  "history/status": { body: nothing, reply: historyStatusSchema },
  /** Other limits; holds at once. JOURNAL_UNAVAILABLE. */
  "history/retain": { body: retentionSchema, reply: historyStatusSchema },
  /** Absent `fleet`: the one that is joined. UNKNOWN_NODE where nothing of it is kept, HISTORY_UNAVAILABLE. */
  "history/range": {
    body: v.strictObject({
      nodeId: id,
      fleet: v.optional(v.pipe(v.string(), v.maxLength(200))),
      fromMs: finite,
      toMs: finite,
      maxPoints: v.pipe(count, v.minValue(10), v.maxValue(2_000)),
    }),
    reply: historyRangeSchema,
  },
  /** Reads the whole file and says whether it is whole. One piece of work at a time: HISTORY_BUSY. */
  "history/check": { body: nothing, reply: v.strictObject({ whole: v.boolean(), sentence: v.string() }) },
  /** Asks for a file name and writes a whole copy. */
  "history/backup": { body: nothing, reply: written },
  /** Asks for a file name and writes every sample of the nodes and the range as CSV. Empty `nodeIds`: of all. */
  "history/export": {
    body: v.strictObject({ nodeIds: v.pipe(v.array(id), v.maxLength(1_000)), fromMs: finite, toMs: finite }),
    reply: written,
  },
  /** Stops the work that is on; it answers CANCELLED and leaves no file. */
  "history/cancel": { body: nothing, reply: nothing },
} as const;

/** Pushed while a long piece of work is on, and null when it has ended. */
export const HISTORY_PUSHES = { "push/history": v.nullable(historyProgressSchema) } as const;
