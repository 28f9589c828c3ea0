import * as v from "valibot";
import type { EventView } from "../contract/snapshot";
import { FLEET_JOINED } from "../rollout/replay";
import { alertSeveritySchema, ruleIdSchema, ruleChangesSchema } from "./rule";
import { evolveAlerts, NO_ALERTS, type AlertEvent, type AlertState } from "./state";

/** The events that the state of alerts is made of. */
export const ALERT_EVENTS: readonly string[] = [
  FLEET_JOINED,
  ...["raised", "again", "frozen", "thawed", "resolved", "acknowledged", "silenced", "silence-ended", "rules-changed"].map((type) => `alert-${type}`),
];

/** An event as the log takes it. */
export type AlertDraft = Omit<EventView, "id" | "tMs">;

/** What is written of an event that concerns an alert; `of` is what a person calls it. */
export function alertDraft(event: Exclude<AlertEvent, { readonly type: "fleet-joined" }>, of: { readonly title: string; readonly nodeId: string | null }): AlertDraft {
  const name = `alert-${event.type}`;
  switch (event.type) {
    case "raised": {
      const { type: _raised, nodeId, nodeIds, sentence, ...detail } = event;
      return { event: name, nodeId, actor: "engine", sentence: `${event.title}. ${sentence}`.trim(), detail: { ...detail, text: sentence, nodeIds: nodeIds.join(" ") } };
    }
    case "again": {
      const { type: _again, sentence, ...detail } = event;
      return { event: name, nodeId: of.nodeId, actor: "engine", sentence: `${of.title}, again. ${sentence}`.trim(), detail: { ...detail, text: sentence } };
    }
    case "frozen":
      return { event: name, nodeId: of.nodeId, actor: "engine", sentence: `${of.title}: frozen, its node is silent.`, detail: { alertId: event.alertId, atMs: event.atMs } };
    case "thawed":
      return { event: name, nodeId: of.nodeId, actor: "engine", sentence: `${of.title}: its node is heard again.`, detail: { alertId: event.alertId, atMs: event.atMs } };
    case "resolved":
      return { event: name, nodeId: of.nodeId, actor: "engine", sentence: `${of.title}: over (${RESOLVED_WORDS[event.resolution]}).`, detail: { alertId: event.alertId, atMs: event.atMs, resolution: event.resolution } };
    case "acknowledged": {
      const { type: _acknowledged, ...detail } = event;
      const how = event.ends === "closed" ? "closed" : "acknowledged";
      return { event: name, nodeId: of.nodeId, actor: "operator", sentence: `${of.title}: ${how} by ${event.by}${event.note === "" ? "" : `: ${event.note}`}`, detail };
    }
    case "silenced": {
      const { type: _silenced, match, ...detail } = event;
      return { event: name, nodeId: match.nodeId, actor: "operator", sentence: `Silenced ${of.title} by ${event.by}: ${event.reason}`, detail: { ...detail, ...match } };
    }
    case "silence-ended": {
      const { type: _ended, ...detail } = event;
      return { event: name, nodeId: of.nodeId, actor: "operator", sentence: `Silence ${event.silenceId} ended by ${event.by}.`, detail };
    }
    case "rules-changed": {
      const { type: _changed, changes, ...detail } = event;
      return { event: name, nodeId: null, actor: "operator", sentence: `Alert rules ${event.revision} by ${event.by}: ${event.reason}`, detail: { ...detail, changes: JSON.stringify(changes) } };
    }
  }
}

const RESOLVED_WORDS = { recovered: "well again", "rule-off": "its rule was switched off", gone: "what it was about is gone", "closed-then-well": "closed before, well now" } as const;

const number = v.number();
const text = v.string();
const orNull = <Schema extends v.GenericSchema>(schema: Schema) => v.nullable(schema);
const by = { by: text, via: v.picklist(["window", "command line"]) };

const details = {
  raised: v.object({
    alertId: text, fleet: text, ruleId: ruleIdSchema, subject: text, version: orNull(text), severity: alertSeveritySchema, title: text, text,
    value: orNull(number), limit: orNull(number), atMs: number, occurrenceId: orNull(number), nodeIds: text,
  }),
  again: v.object({ alertId: text, atMs: number, value: orNull(number), text, occurrenceId: orNull(number) }),
  frozen: v.object({ alertId: text, atMs: number }),
  thawed: v.object({ alertId: text, atMs: number }),
  resolved: v.object({ alertId: text, atMs: number, resolution: v.picklist(["recovered", "closed-then-well", "rule-off", "gone"]) }),
  acknowledged: v.object({ ...by, alertId: text, atMs: number, note: text, ends: orNull(v.picklist(["acknowledged", "closed"])) }),
  silenced: v.object({ ...by, silenceId: text, ruleId: orNull(ruleIdSchema), nodeId: orNull(text), version: orNull(text), atMs: number, untilMs: number, reason: text }),
  "silence-ended": v.object({ ...by, silenceId: text, atMs: number }),
  "rules-changed": v.object({ ...by, revision: number, changes: v.pipe(v.string(), v.parseJson(), ruleChangesSchema), atMs: number, reason: text }),
} as const;

function parsed<Schema extends v.GenericSchema>(schema: Schema, detail: EventView["detail"]): v.InferOutput<Schema> | null {
  const read = v.safeParse(schema, detail);
  return read.success ? read.output : null;
}

/** What an event of the journal says of alerts; null where it says nothing, or cannot be read. */
export function alertEventOf({ event, detail, nodeId }: EventView): AlertEvent | null {
  switch (event) {
    case FLEET_JOINED:
      return typeof detail["fleet"] === "string" ? { type: "fleet-joined", fleet: detail["fleet"] } : null;
    case "alert-raised": {
      const read = parsed(details.raised, detail);
      if (read === null) return null;
      const { text: sentence, nodeIds, ...of } = read;
      return { type: "raised", ...of, sentence, nodeId, nodeIds: nodeIds === "" ? [] : nodeIds.split(" ") };
    }
    case "alert-again": {
      const read = parsed(details.again, detail);
      if (read === null) return null;
      const { text: sentence, ...of } = read;
      return { type: "again", ...of, sentence };
    }
    case "alert-frozen":
    case "alert-thawed": {
      const read = parsed(details.frozen, detail);
      return read === null ? null : { type: event === "alert-frozen" ? "frozen" : "thawed", ...read };
    }
    case "alert-resolved": {
      const read = parsed(details.resolved, detail);
      return read === null ? null : { type: "resolved", ...read };
    }
    case "alert-acknowledged": {
      const read = parsed(details.acknowledged, detail);
      return read === null ? null : { type: "acknowledged", ...read };
    }
    case "alert-silenced": {
      const read = parsed(details.silenced, detail);
      if (read === null) return null;
      const { ruleId, nodeId: of, version, ...rest } = read;
      return { type: "silenced", ...rest, match: { ruleId, nodeId: of, version } };
    }
    case "alert-silence-ended": {
      const read = parsed(details["silence-ended"], detail);
      return read === null ? null : { type: "silence-ended", ...read };
    }
    case "alert-rules-changed": {
      const read = parsed(details["rules-changed"], detail);
      return read === null ? null : { type: "rules-changed", ...read };
    }
    default:
      return null;
  }
}

/** The alerts that a journal holds, from its events in order. */
export function replayAlerts(events: readonly EventView[]): AlertState {
  return events.reduce((state, event) => {
    const change = alertEventOf(event);
    return change === null ? state : evolveAlerts(state, change);
  }, NO_ALERTS);
}
