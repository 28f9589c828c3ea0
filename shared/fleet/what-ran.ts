import type { EventView } from "../contract/snapshot";
import type { PlacedBy } from "../contract/placed-by";
import { FLEET_JOINED, VERSION_REPORTED } from "../rollout/replay";
import { placedBy } from "./placed-by";

/** Who put a version on a node. */
export interface PutBy {
  readonly kind: "deploy" | "rollback";
  readonly by: PlacedBy;
  readonly commandId: string;
  readonly requestedAtMs: number;
  /** Id of the request's event. */
  readonly eventId: number;
  readonly sentence: string;
}

/** What ran on a node at an instant, by its own reports. */
export interface WhatRan {
  readonly nodeId: string;
  readonly atMs: number;
  /** Null where it reported none, or nothing is known; `known` says which. */
  readonly version: string | null;
  /** `reported`: by its own report, and it was heard; `silent`: the last report, and nothing was heard then; `unknown`: no report of that run of the application. */
  readonly known: "reported" | "silent" | "unknown";
  /** When it was first reported, Unix ms. */
  readonly fromMs: number | null;
  /** When the next one was reported, Unix ms; null: not yet. */
  readonly toMs: number | null;
  /** Null where no command of this application put it there. */
  readonly putBy: PutBy | null;
  /** Since when the node was silent, Unix ms; null where it was heard. */
  readonly silentSinceMs: number | null;
}

/** What a person or the policy asked for. */
const REQUESTED: readonly string[] = ["deploy-requested", "rollback-requested"];
/** On disk before anything leaves for the node: without one of these, nothing was sent. */
const PUBLISHING: readonly string[] = ["deploy-publishing", "rollback-publishing"];

/** Events of commands that the answer is made of. */
export const COMMAND_EVENTS: readonly string[] = [...REQUESTED, ...PUBLISHING];

/** The events that the answer is made of. */
export const WHAT_RAN_EVENTS: readonly string[] = [FLEET_JOINED, VERSION_REPORTED, ...COMMAND_EVENTS, "node-stale", "node-lost", "node-live", "node-no-metrics", "node-joined"];

const HEARD = new Set(["node-live", "node-no-metrics", "node-joined", VERSION_REPORTED]);
const SILENT = new Set(["node-stale", "node-lost"]);

function textOf(value: EventView["detail"][string] | undefined): string | null {
  return typeof value === "string" ? value : null;
}

/** When a version was first reported: what a recalled history knew of it counts. */
function reportedFrom({ detail, tMs }: EventView): number {
  const { fromMs } = detail;
  return typeof fromMs === "number" ? fromMs : tMs;
}

function putByOf(event: EventView): PutBy | null {
  const commandId = textOf(event.detail["commandId"]);
  if (commandId === null) return null;
  return {
    kind: event.event === "deploy-requested" ? "deploy" : "rollback",
    by: placedBy(event.actor, textOf(event.detail["requestId"]) ?? ""),
    commandId,
    requestedAtMs: event.tMs,
    eventId: event.id,
    sentence: event.sentence,
  };
}

/**
 * The request that a report answers: the newest before it for that version that was sent, with no other report of the
 * version in between. One that was never sent put nothing there, though the node came to run just that.
 */
function requestFor(events: readonly EventView[], report: EventView): PutBy | null {
  const version = report.detail["version"];
  const before = events.filter(({ id }) => id < report.id);
  const sent = new Set(before.flatMap(({ event, detail }) => (PUBLISHING.includes(event) ? (textOf(detail["commandId"]) ?? []) : [])));
  const request = before.findLast(({ event, detail }) => REQUESTED.includes(event) && detail["version"] === version && sent.has(textOf(detail["commandId"]) ?? ""));
  if (request === undefined) return null;
  const isAnswered = before.some(({ event, id, detail }) => event === VERSION_REPORTED && id > request.id && detail["version"] === version);
  return isAnswered ? null : putByOf(request);
}

/** Events of one node and of the fleet, in order of their ids. */
function ofNode(events: readonly EventView[], nodeId: string): readonly EventView[] {
  return events.filter((event) => event.nodeId === nodeId || event.event === FLEET_JOINED).sort((left, right) => left.id - right.id);
}

/** Events in order without those of other fleets than the one of an instant: their nodes may have the same ids. */
function ofFleetAt(events: readonly EventView[], atMs: number): readonly EventView[] {
  const fleetOf = (joined: EventView | undefined): string | null => textOf(joined?.detail["fleet"]);
  const fleet = fleetOf(events.findLast(({ event, tMs }) => event === FLEET_JOINED && tMs <= atMs));
  let joined = fleet;
  return events.filter((event) => {
    if (event.event === FLEET_JOINED) joined = fleetOf(event);
    return event.event === FLEET_JOINED || joined === fleet;
  });
}

/**
 * What ran on a node at an instant and who put it there, from the journal's events. Pass those of
 * {@link WHAT_RAN_EVENTS}; others are passed over.
 */
export function whatRan(events: readonly EventView[], nodeId: string, atMs: number): WhatRan {
  const all = ofFleetAt(ofNode(events, nodeId), atMs);
  const past = all.filter(({ tMs }) => tMs <= atMs);
  const report = past.findLast(({ event }) => event === VERSION_REPORTED);
  const nothing = { nodeId, atMs, version: null, known: "unknown", fromMs: null, toMs: null, putBy: null, silentSinceMs: null } as const;
  if (report === undefined) return nothing;
  const next = all.find(({ event, id }) => event === VERSION_REPORTED && id > report.id);
  // After a restart nothing is known until the node reports again.
  const isOfThisRun = !past.some(({ event, id }) => event === FLEET_JOINED && id > report.id);
  const presence = past.findLast(({ event }) => HEARD.has(event) || SILENT.has(event));
  const isSilent = presence !== undefined && SILENT.has(presence.event);
  const silentSinceMs = isSilent ? presence.tMs - silentFor(presence) : null;
  return {
    nodeId,
    atMs,
    version: textOf(report.detail["version"]),
    known: isOfThisRun ? (isSilent ? "silent" : "reported") : "unknown",
    fromMs: reportedFrom(report),
    toMs: next === undefined ? null : reportedFrom(next),
    putBy: requestFor(all, report),
    silentSinceMs,
  };
}

function silentFor({ detail }: EventView): number {
  const { silentForMs } = detail;
  return typeof silentForMs === "number" ? silentForMs : 0;
}

/** A stretch in which a node reported one version. */
export interface RanSpan {
  readonly version: string | null;
  readonly fromMs: number;
  /** Null while it runs. */
  readonly toMs: number | null;
}

/** What one node ran, and when nothing was heard of it. */
export interface NodeStory {
  readonly nodeId: string;
  readonly spans: readonly RanSpan[];
  readonly silent: readonly { readonly fromMs: number; readonly toMs: number | null }[];
}

/** What a node ran over time, from the journal's events of it and of the fleet. */
export function nodeStory(events: readonly EventView[], nodeId: string): NodeStory {
  const spans: RanSpan[] = [];
  const silent: { fromMs: number; toMs: number | null }[] = [];
  const endSpan = (toMs: number): void => {
    const last = spans.at(-1);
    if (last?.toMs === null) spans[spans.length - 1] = { ...last, toMs: Math.max(last.fromMs, toMs) };
  };
  const endSilence = (toMs: number): void => {
    const last = silent.at(-1);
    if (last?.toMs === null) last.toMs = Math.max(last.fromMs, toMs);
  };
  for (const event of ofNode(events, nodeId)) {
    if (event.event === FLEET_JOINED) {
      const { lastHeardMs } = event.detail;
      const endedMs = typeof lastHeardMs === "number" ? lastHeardMs : event.tMs;
      endSpan(endedMs);
      endSilence(endedMs);
    } else if (event.event === VERSION_REPORTED) {
      const fromMs = reportedFrom(event);
      endSpan(fromMs);
      spans.push({ version: textOf(event.detail["version"]), fromMs, toMs: null });
      endSilence(event.tMs);
    } else if (SILENT.has(event.event)) {
      if (silent.at(-1)?.toMs !== null) silent.push({ fromMs: event.tMs - silentFor(event), toMs: null });
    } else if (HEARD.has(event.event)) endSilence(event.tMs);
  }
  return { nodeId, spans, silent };
}
