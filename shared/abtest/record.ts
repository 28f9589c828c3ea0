import type { AbTestVerdictKind, Arm } from "../contract/abtest";
import type { RolloutPlan } from "../contract/rollouts";
import type { LimitedMetric } from "../judge/limits";
import type { Interruption } from "./input";
import type { TestPlan } from "./plan";

/** A node of a test: its lane, and what it ran before. */
export interface TestedNode {
  readonly nodeId: string;
  readonly arm: Arm;
  /** Samples in a row whose mean is one value of the test: about one value a period. */
  readonly every: number;
  readonly beforeVersion: string;
  /** What it runs once the test is over. */
  readonly restoreVersion: string;
}

/** A stretch in which a block ran without an interruption. */
export interface Segment {
  readonly index: number;
  /** On the test's own clock, ms, and in Unix ms. */
  readonly fromTestMs: number;
  readonly fromAtMs: number;
  readonly toAtMs: number;
  /** False where it was cut by a pause and is run again. */
  readonly isWhole: boolean;
}

/** What of a verdict the history shows. */
export interface VerdictNumbers {
  readonly kind: AbTestVerdictKind;
  readonly metric: LimitedMetric | null;
  readonly effect: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly pairs: number;
}

/** How a node stands once its test is over. */
export type BackState = "confirmed" | "left";

interface At {
  /** Unix ms. */
  readonly atMs: number;
  readonly sentence: string;
}

/** Everything that happens to a test besides its samples. Its state is made of these alone. */
export type TestEvent = At &
  (
    | {
        readonly type: "started";
        readonly testId: string;
        readonly requestId: string;
        readonly actor: string;
        readonly policyRevision: number;
        readonly plan: TestPlan;
        readonly nodes: readonly TestedNode[];
        readonly endAtWinner: boolean;
      }
    | ({ readonly type: "block" } & Segment)
    | { readonly type: "paused"; readonly cause: Interruption; readonly nodeId: string | null; readonly reason: string }
    | { readonly type: "resumed" }
    | ({ readonly type: "verdict" } & VerdictNumbers)
    | { readonly type: "ending"; readonly reason: string; readonly versions: readonly { readonly nodeId: string; readonly version: string }[] }
    | { readonly type: "node-back"; readonly nodeId: string; readonly version: string; readonly state: BackState; /** Left, because a person chose what it runs. */ readonly isByPerson: boolean }
    | ({ readonly type: "ended"; readonly ranMs: number } & VerdictNumbers)
    | { readonly type: "promoting"; readonly plan: RolloutPlan }
    | { readonly type: "promotion"; readonly rolloutId: string | null }
  );

/** One of {@link TestEvent}. */
export type TestEventOf<Type extends TestEvent["type"]> = Extract<TestEvent, { readonly type: Type }>;

/** A test. Immutable; {@link evolveTest} gives the next. */
export interface TestRecord {
  readonly started: TestEventOf<"started">;
  readonly segments: readonly Segment[];
  readonly pauses: readonly { readonly fromAtMs: number; readonly toAtMs: number | null; readonly reason: string }[];
  /** The newest verdict that was written; null while collecting. */
  readonly verdict: (VerdictNumbers & At) | null;
  readonly ending: { readonly reason: string; readonly versions: ReadonlyMap<string, string> } | null;
  readonly back: ReadonlyMap<string, { readonly state: BackState; readonly sentence: string }>;
  readonly end: { readonly atMs: number; readonly ranMs: number } | null;
  readonly promotion: { readonly plan: RolloutPlan; readonly isDecided: boolean; readonly rolloutId: string | null; readonly sentence: string } | null;
  /** Newest first. */
  readonly happened: readonly { readonly atMs: number; readonly event: string; readonly sentence: string }[];
}

/** Entries of the list of what happened that are kept. */
const KEPT = 100;

/** The test that a first event begins. */
export function beginTest(started: TestEventOf<"started">): TestRecord {
  return {
    started,
    segments: [],
    pauses: [],
    verdict: null,
    ending: null,
    back: new Map(),
    end: null,
    promotion: null,
    happened: [{ atMs: started.atMs, event: "started", sentence: started.sentence }],
  };
}

/** The test after an event. */
export function evolveTest(test: TestRecord, event: TestEvent): TestRecord {
  // Blocks that ran as planned are seen in the chart.
  const isTold = event.type !== "block";
  const happened = isTold ? [{ atMs: event.atMs, event: event.type, sentence: event.sentence }, ...test.happened].slice(0, KEPT) : test.happened;
  return { ...changed(test, event), happened };
}

function changed(test: TestRecord, event: TestEvent): TestRecord {
  const { atMs, sentence } = event;
  switch (event.type) {
    case "started":
      return test;
    case "block": {
      const { index, fromTestMs, fromAtMs, toAtMs, isWhole } = event;
      return { ...test, segments: [...test.segments, { index, fromTestMs, fromAtMs, toAtMs, isWhole }] };
    }
    case "paused":
      return { ...test, pauses: [...test.pauses, { fromAtMs: atMs, toAtMs: null, reason: event.reason }] };
    case "resumed":
      return { ...test, pauses: endPause(test, atMs) };
    case "verdict": {
      const { kind, metric, effect, low, high, pairs } = event;
      return { ...test, verdict: { kind, metric, effect, low, high, pairs, atMs, sentence } };
    }
    case "ending":
      return { ...test, pauses: endPause(test, atMs), ending: { reason: event.reason, versions: new Map(event.versions.map(({ nodeId, version }) => [nodeId, version])) } };
    case "node-back":
      return { ...test, back: new Map(test.back).set(event.nodeId, { state: event.state, sentence }) };
    case "ended":
      return { ...test, end: { atMs, ranMs: event.ranMs }, verdict: finalVerdict(test, event) };
    case "promoting":
      return { ...test, promotion: { plan: event.plan, isDecided: false, rolloutId: null, sentence } };
    case "promotion":
      return test.promotion === null ? test : { ...test, promotion: { ...test.promotion, isDecided: true, rolloutId: event.rolloutId, sentence } };
  }
}

/** The verdict stays when it fell; its numbers are those of the end. */
function finalVerdict(test: TestRecord, { kind, metric, effect, low, high, pairs, atMs, sentence }: TestEventOf<"ended">): TestRecord["verdict"] {
  const before = test.verdict ?? { atMs, sentence };
  return { kind, metric, effect, low, high, pairs, atMs: before.atMs, sentence: before.sentence };
}

function endPause(test: TestRecord, atMs: number): TestRecord["pauses"] {
  return test.pauses.map((pause) => (pause.toAtMs === null ? { ...pause, toAtMs: atMs } : pause));
}

/** Whether the test has the node still: it runs there, or its version is being put back. */
export function holdsNode(test: TestRecord, nodeId: string): boolean {
  return test.end === null && !test.back.has(nodeId) && test.started.nodes.some((node) => node.nodeId === nodeId);
}
