import * as v from "valibot";
import { abTestVerdictKindSchema, armSchema } from "../contract/abtest";
import { rolloutPlanSchema } from "../contract/rollouts";
import type { EventView } from "../contract/snapshot";
import { LIMITED_METRICS } from "../judge/limits";
import { DESIGNS } from "./arms";
import { INTERRUPTIONS, type TestInput } from "./input";
import { planTest, type TestPlan } from "./plan";
import type { TestEvent } from "./record";
import type { TestRequest } from "./request";

type Detail = EventView["detail"];

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
const metric = v.picklist(LIMITED_METRICS);
const nullableText = v.nullable(v.string());
const json = <Schema extends v.GenericSchema>(schema: Schema) => v.pipe(v.string(), v.parseJson(), schema);
const at = { atMs: finite, sentence: v.string() };

/** What a test was asked for, its design chosen; the plan follows from it. */
const requestSchema = v.strictObject({
  arms: v.strictObject({ nodesA: v.array(v.string()), nodesB: v.array(v.string()), canSwap: v.boolean(), canCalibrate: v.boolean() }),
  versionA: v.string(),
  versionB: v.string(),
  design: v.picklist(DESIGNS),
  primary: metric,
  smallestDifference: finite,
  guardrails: v.array(v.strictObject({ metric, allowed: finite })),
  alpha: finite,
  blockMs: finite,
  washOutMs: finite,
  longestMs: finite,
  periodMs: finite,
  seed: count,
});

const testedNode = v.strictObject({ nodeId: v.string(), arm: armSchema, every: count, beforeVersion: v.string(), restoreVersion: v.string() });
const numbers = { kind: abTestVerdictKindSchema, metric: v.nullable(metric), effect: v.nullable(finite), low: v.nullable(finite), high: v.nullable(finite), pairs: count };

const schema = v.variant("type", [
  v.object({
    type: v.literal("started"),
    testId: v.string(),
    requestId: v.string(),
    actor: v.string(),
    policyRevision: count,
    plan: json(requestSchema),
    nodes: json(v.array(testedNode)),
    endAtWinner: v.boolean(),
    ...at,
  }),
  v.object({ type: v.literal("block"), index: count, fromTestMs: finite, fromAtMs: finite, toAtMs: finite, isWhole: v.boolean(), ...at }),
  v.object({ type: v.literal("paused"), cause: v.picklist(INTERRUPTIONS), nodeId: nullableText, reason: v.string(), ...at }),
  v.object({ type: v.literal("resumed"), ...at }),
  v.object({ type: v.literal("verdict"), ...numbers, ...at }),
  v.object({ type: v.literal("ending"), reason: v.string(), versions: json(v.array(v.strictObject({ nodeId: v.string(), version: v.string() }))), ...at }),
  v.object({ type: v.literal("node-back"), nodeId: v.string(), version: v.string(), state: v.picklist(["confirmed", "left"]), isByPerson: v.optional(v.boolean(), false), ...at }),
  v.object({ type: v.literal("ended"), ranMs: finite, ...numbers, ...at }),
  v.object({ type: v.literal("promoting"), plan: json(rolloutPlanSchema), ...at }),
  v.object({ type: v.literal("promotion"), rolloutId: nullableText, ...at }),
]);

const TYPES = ["started", "block", "paused", "resumed", "verdict", "ending", "node-back", "ended", "promoting", "promotion"] as const satisfies readonly TestEvent["type"][];

/** The name of an event, as the journal has it. */
export function testEventName(type: TestEvent["type"]): string {
  return `ab-test-${type}`;
}

/** Every event that tests are made of. */
export const TEST_EVENTS: readonly string[] = TYPES.map(testEventName);

function requestOf({ blocks: _followFromIt, ...request }: TestPlan): TestRequest {
  return request;
}

/** What the journal keeps of an event: flat, with lists as JSON text, and enough to make the event again. */
export function testDetail(testId: string, event: TestEvent): Detail {
  const { sentence: _ofTheEvent, ...rest } = event.type === "started" ? { ...event, plan: requestOf(event.plan) } : event;
  const flat = Object.entries(rest).map(([name, value]) => [name, typeof value === "object" && value !== null ? JSON.stringify(value) : value] as const);
  return { testId, ...Object.fromEntries<Detail[string]>(flat) };
}

/** An event of a test as it was written; null for one that is none, or was not written by a version that knows it. */
export function readTestEvent({ event, detail, sentence }: EventView): { readonly testId: string; readonly event: TestEvent } | null {
  const { testId } = detail;
  if (typeof testId !== "string" || !event.startsWith("ab-test-")) return null;
  const parsed = v.safeParse(schema, { ...detail, sentence });
  if (!parsed.success || testEventName(parsed.output.type) !== event) return null;
  const written = parsed.output;
  if (written.type !== "started") return { testId, event: written };
  const plan = planTest(written.plan);
  return plan.ok ? { testId, event: { ...written, plan: plan.value } } : null;
}

const value = v.nullable(finite);
const tMs = finite;
const inputSchema = v.variant("type", [
  v.strictObject({
    type: v.literal("sample"),
    tMs,
    nodeId: v.string(),
    modelVersion: nullableText,
    values: v.strictObject({ compressionRatio: value, latencyMs: value, qualityScore: value }),
  }),
  v.strictObject({ type: v.literal("tick"), tMs }),
  v.strictObject({ type: v.literal("interrupted"), tMs, cause: v.picklist(INTERRUPTIONS), nodeId: nullableText }),
  v.strictObject({ type: v.literal("resumed"), tMs }),
  v.strictObject({ type: v.literal("breached"), tMs, metric: v.nullable(metric), sentence: v.string() }),
  v.strictObject({ type: v.literal("invalidated"), tMs, reason: v.string() }),
  v.strictObject({ type: v.literal("ended"), tMs }),
]);
const keptSchema = v.strictObject({ inputs: v.array(inputSchema), result: v.optional(v.unknown()) });

/** What is kept with the events of a test: the inputs of its inference since the last one; with its end also the result. */
export interface KeptInputs {
  readonly inputs: readonly TestInput[];
  /** The result as it was shown, in JSON; with the last event alone. */
  readonly result?: unknown;
}

/** Reads what was kept with an event; null where that is none. */
export function readKept(kept: unknown): KeptInputs | null {
  const parsed = v.safeParse(keptSchema, kept);
  return parsed.success ? parsed.output : null;
}
