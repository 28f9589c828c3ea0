import * as v from "valibot";
import type { PlacedBy, WhatRan } from "../contract/history";
import type { EventView } from "../contract/snapshot";
import { FLEET_JOINED, publishingEvent, VERSION_REPORTED } from "../rollout/replay";

/** The events that {@link whatRan} is answered from. */
export const WHAT_RAN_EVENTS: readonly string[] = [
  FLEET_JOINED,
  VERSION_REPORTED,
  "deploy-requested",
  "rollback-requested",
  publishingEvent("deploy"),
  publishingEvent("rollback"),
];

/** A request that came over the local socket has this before its id. */
export const CTL_REQUEST = "ctl-";

/** What is asked. */
export interface WhatRanQuestion {
  /** Which fleet: nodes of different fleets may have the same ids. */
  readonly fleet: string;
  readonly nodeId: string;
  readonly atMs: number;
  /** The newest sample at that moment; null where none is kept. */
  readonly sample: WhatRan["sample"];
}

/** A stretch in which a node reported one version. */
interface Span {
  readonly version: string | null;
  readonly fromMs: number;
  toMs: number | null;
  readonly eventId: number;
}

/** A command of the node that was at least about to be sent. */
interface Placing {
  readonly commandId: string;
  readonly version: string;
  readonly requestedMs: number;
  readonly by: PlacedBy;
  readonly eventIds: readonly number[];
  readonly isSent: boolean;
}

const requestDetail = v.object({ commandId: v.string(), requestId: v.string(), version: v.string() });

const UNKNOWN: PlacedBy = { kind: "unknown" };

/** Who asked for a command, by its actor and the id of its request. */
export function placedBy(actor: string, requestId: string): PlacedBy {
  if (actor === "policy") return { kind: "policy" };
  const rolloutId = /^(r-\d+)-/.exec(requestId)?.[1];
  if (rolloutId !== undefined) return { kind: "rollout", rolloutId };
  const testId = /^(ab-\d+)-/.exec(requestId)?.[1];
  if (testId !== undefined) return { kind: "ab-test", testId };
  return { kind: requestId.startsWith(CTL_REQUEST) ? "ctl" : "operator" };
}

/** What the journal says of one node of one fleet, up to a moment and beyond. */
class NodeStory {
  readonly spans: Span[] = [];
  readonly placings = new Map<string, Placing>();
  private fleet: string | null = null;

  constructor(private readonly question: WhatRanQuestion) {}

  take(event: EventView): void {
    if (event.event === FLEET_JOINED) {
      this.join(event);
      return;
    }
    if (this.fleet !== this.question.fleet || event.nodeId !== this.question.nodeId) return;
    if (event.event === VERSION_REPORTED) this.report(event);
    else this.place(event);
  }

  /** Another run began, or another fleet was joined: what ran until then is not heard any more. */
  private join({ detail, tMs }: EventView): void {
    const last = this.spans.at(-1);
    const { fleet, lastHeardMs } = detail;
    if (last !== undefined) last.toMs ??= Math.max(last.fromMs, typeof lastHeardMs === "number" ? lastHeardMs : tMs);
    this.fleet = typeof fleet === "string" ? fleet : null;
  }

  private report({ id, tMs, detail }: EventView): void {
    const { version, fromMs } = detail;
    const beganMs = typeof fromMs === "number" ? fromMs : tMs;
    const last = this.spans.at(-1);
    if (last !== undefined) last.toMs ??= beganMs;
    this.spans.push({ version: typeof version === "string" ? version : null, fromMs: beganMs, toMs: null, eventId: id });
  }

  private place(event: EventView): void {
    const parsed = v.safeParse(requestDetail, event.detail);
    if (!parsed.success) return;
    const { commandId, requestId, version } = parsed.output;
    if (event.event.endsWith("-requested")) {
      this.placings.set(commandId, { commandId, version, requestedMs: event.tMs, by: placedBy(event.actor, requestId), eventIds: [event.id], isSent: false });
      return;
    }
    const known = this.placings.get(commandId);
    if (known !== undefined) this.placings.set(commandId, { ...known, isSent: true });
  }
}

/** When the version of a span began on the node, over runs of the application in between. */
function beganOf(spans: readonly Span[], index: number): number {
  let first = index;
  while (first > 0 && spans[first - 1]?.version === spans[index]?.version) first -= 1;
  return first;
}

/** The command that put a version there: the last one for it that was sent before it was first reported. */
function placingOf(story: NodeStory, index: number): Placing | null {
  const { spans } = story;
  const first = beganOf(spans, index);
  const version = spans[index]?.version;
  const beganMs = spans[first]?.fromMs ?? -Infinity;
  const afterMs = spans[first - 1]?.fromMs ?? -Infinity;
  const fitting = [...story.placings.values()].filter((one) => one.isSent && one.version === version && one.requestedMs <= beganMs && one.requestedMs >= afterMs);
  return fitting.at(-1) ?? null;
}

/** The time of day and the day, UTC: what is kept speaks UTC, as exports do. */
function utc(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

function byWords(by: PlacedBy): string {
  switch (by.kind) {
    case "operator":
      return "an operator at the window";
    case "ctl":
      return "./lydlr ctl";
    case "policy":
      return "the policy, which rolled back";
    case "rollout":
      return `roll-out ${by.rolloutId}`;
    case "ab-test":
      return `A/B test ${by.testId}`;
    case "unknown":
      return "nobody here: no command of this application is known that did";
  }
}

function sentenceOf({ nodeId, atMs }: WhatRanQuestion, span: Span | null, placing: Placing | null, before: Span | undefined): string {
  if (span === null) {
    const last = before === undefined ? "Nothing is known of it before." : `Last known: ${before.version ?? "no version"}, until ${utc(before.toMs ?? before.fromMs)}.`;
    return `What ran on ${nodeId} at ${utc(atMs)} is not known: nothing was heard of it then. ${last}`;
  }
  const ran = `${span.version ?? "No version that it reported"} ran on ${nodeId} at ${utc(atMs)}, since ${utc(span.fromMs)}`;
  if (placing === null) return `${ran}. It was put there by ${byWords(UNKNOWN)}.`;
  return `${ran}. It was put there by ${byWords(placing.by)}, command ${placing.commandId}, asked for at ${utc(placing.requestedMs)}.`;
}

/**
 * What ran on a node at a moment, and who put it there.
 * @param events those of {@link WHAT_RAN_EVENTS} of all runs, oldest first.
 */
export function whatRan(events: readonly EventView[], question: WhatRanQuestion): WhatRan {
  const story = new NodeStory(question);
  for (const event of events) story.take(event);
  const { spans } = story;
  const index = spans.findLastIndex(({ fromMs, toMs }) => fromMs <= question.atMs && (toMs === null || question.atMs < toMs));
  const span = spans[index] ?? null;
  const placing = span === null ? null : placingOf(story, index);
  const { nodeId, atMs, sample } = question;
  return {
    nodeId,
    atMs,
    version: span?.version ?? null,
    known: span !== null,
    fromMs: span === null ? null : (spans[beganOf(spans, index)]?.fromMs ?? null),
    toMs: span?.toMs ?? null,
    by: placing?.by ?? UNKNOWN,
    commandId: placing?.commandId ?? null,
    requestedMs: placing?.requestedMs ?? null,
    eventIds: [...(placing?.eventIds ?? []), ...(span === null ? [] : [span.eventId])],
    sample,
    sentence: sentenceOf(question, span, placing, spans.findLast(({ fromMs }) => fromMs <= question.atMs)),
  };
}
