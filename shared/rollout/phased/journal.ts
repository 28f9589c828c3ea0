import * as v from "valibot";
import { rolloutNodeStateSchema, rolloutPlanSchema } from "../../contract/rollouts";
import type { EventView } from "../../contract/snapshot";
import { eventName, type RolloutEvent } from "./state";

type Detail = EventView["detail"];

const nodeEvents = rolloutNodeStateSchema.options.map((state) => `rollout-node-${state}`);
const OTHERS = ["started", "node-returning", "gate-passed", "paused", "resumed", "stopped", "aborting", "aborted", "completed"].map((type) => `rollout-${type}`);

/** Every event that roll-outs are made of. */
export const ROLLOUT_EVENTS: readonly string[] = [...OTHERS, ...nodeEvents];

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const phase = v.picklist([0, 1, 2]);
const nullableText = v.nullable(v.string());
const json = <Schema extends v.GenericSchema>(schema: Schema) => v.pipe(v.string(), v.parseJson(), schema);
const at = { atMs: v.pipe(v.number(), v.finite()), sentence: v.string() };

const schema = v.variant("type", [
  v.object({
    type: v.literal("started"),
    rolloutId: v.string(),
    requestId: v.string(),
    actor: v.string(),
    policyRevision: count,
    plan: json(rolloutPlanSchema),
    nodes: json(v.array(v.strictObject({ nodeId: v.string(), phase, vertical: nullableText, fromVersion: nullableText }))),
    ...at,
  }),
  v.object({ type: v.literal("node"), nodeId: v.string(), state: rolloutNodeStateSchema, fromVersion: nullableText, attempt: count, note: v.string(), ...at }),
  v.object({ type: v.literal("node-returning"), nodeId: v.string(), returns: count, ...at }),
  v.object({ type: v.literal("gate-passed"), phase, ...at }),
  v.object({ type: v.literal("paused"), by: v.picklist(["operator", "LINK_DOWN", "JOURNAL_UNAVAILABLE", "COMMON_CAUSE", "VERSION_REFUSED"]), reason: v.string(), ...at }),
  v.object({ type: v.literal("resumed"), by: v.picklist(["operator", "engine"]), ...at }),
  v.object({ type: v.literal("stopped"), reason: v.string(), failures: count, judged: count, classes: json(v.array(nullableText)), ...at }),
  v.object({ type: v.literal("aborting"), isReturning: v.boolean(), reason: v.string(), ...at }),
  v.object({ type: v.literal("aborted"), ...at }),
  v.object({ type: v.literal("completed"), ...at }),
]);

/** What the journal keeps of an event: flat, with lists as JSON text, and enough to make the event again. */
export function rolloutDetail(rolloutId: string, version: string, event: RolloutEvent): Detail {
  const { sentence: _ofTheEvent, ...rest } = event;
  const flat = Object.entries(rest).map(([name, value]) => [name, typeof value === "object" && value !== null ? JSON.stringify(value) : value] as const);
  return { rolloutId, version, ...Object.fromEntries<Detail[string]>(flat) };
}

/** An event of a roll-out as it was written; null for one that is none, or was not written by a version that knows it. */
export function readRolloutEvent({ event, detail, sentence }: EventView): { readonly rolloutId: string; readonly event: RolloutEvent } | null {
  const { rolloutId } = detail;
  if (typeof rolloutId !== "string" || !event.startsWith("rollout-")) return null;
  const parsed = v.safeParse(schema, { ...detail, sentence });
  if (!parsed.success || eventName(parsed.output) !== event) return null;
  return { rolloutId, event: parsed.output };
}
