import type { LaneCount, TimelinePage, TimelineView } from "../../shared/contract/timeline";
import type { EventView } from "../../shared/contract/snapshot";
import { COMMAND_EVENTS, nodeStory, whatRan, WHAT_RAN_EVENTS, type WhatRan } from "../../shared/fleet/what-ran";
import { ok, type Result } from "../../shared/result";
import { kindsOf, LANES, laneOf, type Lane } from "../../shared/timeline/lanes";
import type { EventQuery, Journal } from "../journal/port";

/** Events of a view that are drawn one by one. */
const DRAWN = 1_000;
/** Stretches of a view in which the others are counted. */
const BUCKETS = 240;
/** Reports and requests before an instant that tell what ran then. */
const STORY_EVENTS = 20;
/** The newest reports of a node: one of them may be what came after an instant. */
const REPORTS = 2_000;
/** Nodes whose story is told before everything else may run. */
const NODES_A_BREATH = 20;
const PRESENCE = ["node-stale", "node-lost", "node-live", "node-no-metrics", "node-joined"] as const;
/** Events of a view that tell what ran in its range. */
const RANGE_EVENTS = 2_000;

type Unread = "JOURNAL_UNAVAILABLE";

/** What the timeline is asked. */
export interface TimelineDesk {
  view(fromMs: number, toMs: number, nodeId: string | null): Promise<Result<TimelineView, Unread>>;
  events(query: Omit<EventQuery, "kinds"> & { readonly lanes: readonly Lane[] }): Result<TimelinePage, Unread>;
  whatRan(nodeId: string, atMs: number): Result<WhatRan, Unread>;
}

/** What it is made from. */
export interface TimelineParts {
  readonly journal: Pick<Journal, "ofKind" | "page" | "tally" | "newestOfNode">;
  /** Nodes that are there now, in order. */
  nodeIds(): readonly string[];
  /** Lets everything else run before the next stretch of a long search. */
  breathe(): Promise<void>;
}

function once(events: readonly EventView[]): readonly EventView[] {
  return [...new Map(events.map((event) => [event.id, event])).values()];
}

const FOREVER_MS = Number.MAX_SAFE_INTEGER;

/** Answers what happened, from the journal, in pieces so small that no tick waits for one. */
export function openTimelineDesk({ journal, nodeIds, breathe }: TimelineParts): TimelineDesk {
  const query = (change: Partial<EventQuery>): EventQuery => ({ fromMs: 0, toMs: FOREVER_MS, nodeId: null, kinds: [], text: "", before: null, limit: DRAWN, ...change });

  /** Goes on with a page until it is full or there is no more. */
  async function wholePage(asked: EventQuery): Promise<Result<TimelinePage, Unread>> {
    let events: readonly EventView[] = [];
    let before = asked.before;
    for (;;) {
      const page = journal.page({ ...asked, before, limit: asked.limit - events.length });
      if (!page.ok) return page;
      events = [...events, ...page.value.events];
      before = page.value.next;
      if (before === null || events.length >= asked.limit) return ok({ events: [...events], next: before });
      await breathe();
    }
  }

  async function counts(fromMs: number, toMs: number): Promise<Result<readonly LaneCount[], Unread>> {
    const bucketMs = (toMs - fromMs) / BUCKETS;
    const sums = new Map<string, LaneCount>();
    for (let sinceMs = fromMs; sinceMs < toMs; ) {
      const tally = journal.tally({ fromMs, toMs, bucketMs, sinceMs });
      if (!tally.ok) return tally;
      for (const { bucket, event, count } of tally.value.counts) {
        const lane = laneOf(event);
        const key = `${lane} ${bucket}`;
        sums.set(key, { lane, bucket, count: (sums.get(key)?.count ?? 0) + count });
      }
      sinceMs = tally.value.reachedMs;
      await breathe();
    }
    return ok([...sums.values()]);
  }

  const newest = (nodeId: string, event: string, toMs: number, limit: number): readonly EventView[] => {
    const found = journal.newestOfNode(nodeId, event, toMs, limit);
    return found.ok ? found.value : [];
  };

  /** Starts of the application and changes of the fleet: few, and found by their kind. */
  const joinsUpTo = (toMs: number): readonly EventView[] => {
    const joins = journal.ofKind("fleet-joined");
    return joins.ok ? joins.value.filter(({ tMs }) => tMs <= toMs) : [];
  };

  /** What a node ran in a range: the reports within it, and what was known at its beginning. */
  function story(nodeId: string, fromMs: number, within: readonly EventView[], joined: readonly EventView[]): TimelineView["nodes"][number] {
    const { spans, silent } = nodeStory(once([...PRESENCE.flatMap((kind) => newest(nodeId, kind, fromMs, 1)), ...newest(nodeId, "version-reported", fromMs, 1), ...joined, ...within]), nodeId);
    return { nodeId, spans: spans.map((span) => ({ ...span })), silent: silent.map((each) => ({ ...each })) };
  }

  return {
    async view(fromMs, toMs, nodeId) {
      const page = await wholePage(query({ fromMs, toMs, nodeId }));
      if (!page.ok) return page;
      const isComplete = page.value.next === null;
      const counted = isComplete ? ok([]) : await counts(fromMs, toMs);
      if (!counted.ok) return counted;
      const ran = await wholePage(query({ fromMs, toMs, nodeId, kinds: WHAT_RAN_EVENTS, limit: RANGE_EVENTS }));
      if (!ran.ok) return ran;
      const joins = joinsUpTo(toMs);
      const seen = new Set([...nodeIds(), ...ran.value.events.flatMap((event) => event.nodeId ?? [])]);
      const shown = [...seen].filter((each) => nodeId === null || each === nodeId);
      const nodes: TimelineView["nodes"] = [];
      for (const [index, each] of shown.entries()) {
        nodes.push(story(each, fromMs, ran.value.events, joins));
        if (index % NODES_A_BREATH === NODES_A_BREATH - 1) await breathe();
      }
      return ok({
        fromMs,
        toMs,
        events: [...page.value.events],
        isComplete,
        bucketMs: (toMs - fromMs) / BUCKETS,
        counts: [...counted.value],
        nodes,
      });
    },
    events({ lanes, ...asked }) {
      const kinds = lanes.length === LANES.length ? [] : lanes.flatMap((lane) => kindsOf(lane));
      const page = journal.page({ ...asked, kinds });
      return page.ok ? ok({ events: [...page.value.events], next: page.value.next }) : page;
    },
    whatRan(nodeId, atMs) {
      const readable = journal.newestOfNode(nodeId, "version-reported", FOREVER_MS, REPORTS);
      if (!readable.ok) return readable;
      const past = ["version-reported", ...COMMAND_EVENTS].flatMap((kind) => newest(nodeId, kind, atMs, STORY_EVENTS));
      const presence = PRESENCE.flatMap((kind) => newest(nodeId, kind, atMs, 1));
      return ok(whatRan(once([...past, ...presence, ...readable.value, ...joinsUpTo(atMs)]), nodeId, atMs));
    },
  };
}
