import * as v from "valibot";
import { LANES } from "../timeline/lanes";
import { placedBySchema } from "./placed-by";
import { eventViewSchema } from "./snapshot";

/** What happened, over time: the journal's events, what ran where, and who put it there. */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const laneSchema = v.picklist(LANES);
const cursor = v.strictObject({ tMs: finite, id: count });

/** A page of events, newest first. `next` null: that is all; a page may be short, or empty, and go on. */
export const timelinePageSchema = v.strictObject({ events: v.array(eventViewSchema), next: v.nullable(cursor) });
export type TimelinePage = v.InferOutput<typeof timelinePageSchema>;

/** How many events a lane has in a stretch. */
export const laneCountSchema = v.strictObject({ lane: laneSchema, bucket: count, count });
export type LaneCount = v.InferOutput<typeof laneCountSchema>;

const spanSchema = v.strictObject({ version: v.nullable(v.string()), fromMs: finite, toMs: v.nullable(finite) });

/** One range of the timeline. */
export const timelineViewSchema = v.strictObject({
  fromMs: finite,
  toMs: finite,
  /** The newest events in it, newest first. */
  events: v.array(eventViewSchema),
  /** Whether these are all; if not, `counts` tells where the others are. */
  isComplete: v.boolean(),
  /** Length of a stretch of `counts`, ms. */
  bucketMs: finite,
  counts: v.array(laneCountSchema),
  /** What each node ran, and when nothing was heard of it. */
  nodes: v.array(
    v.strictObject({ nodeId: v.string(), spans: v.array(spanSchema), silent: v.array(v.strictObject({ fromMs: finite, toMs: v.nullable(finite) })) }),
  ),
});
export type TimelineView = v.InferOutput<typeof timelineViewSchema>;

/** What ran on a node at an instant, and who put it there. */
export const whatRanSchema = v.strictObject({
  nodeId: v.string(),
  atMs: finite,
  version: v.nullable(v.string()),
  known: v.picklist(["reported", "silent", "unknown"]),
  fromMs: v.nullable(finite),
  toMs: v.nullable(finite),
  putBy: v.nullable(
    v.strictObject({
      kind: v.picklist(["deploy", "rollback"]),
      by: placedBySchema,
      commandId: v.string(),
      requestedAtMs: finite,
      eventId: count,
      sentence: v.string(),
    }),
  ),
  silentSinceMs: v.nullable(finite),
});
export type WhatRanView = v.InferOutput<typeof whatRanSchema>;

/** Requests about the timeline. JOURNAL_UNAVAILABLE where the journal cannot be read. */
export const TIMELINE_REQUESTS = {
  "timeline/view": {
    body: v.strictObject({ fromMs: finite, toMs: finite, nodeId: v.nullable(id) }),
    reply: timelineViewSchema,
  },
  "timeline/events": {
    body: v.strictObject({
      fromMs: finite,
      toMs: finite,
      nodeId: v.nullable(id),
      /** Empty: every lane. */
      lanes: v.array(laneSchema),
      text: v.pipe(v.string(), v.maxLength(200)),
      before: v.nullable(cursor),
      limit: v.pipe(count, v.minValue(1), v.maxValue(500)),
    }),
    reply: timelinePageSchema,
  },
  "timeline/what-ran": { body: v.strictObject({ nodeId: id, atMs: finite }), reply: whatRanSchema },
} as const;
