import type { LimitedMetric } from "../judge/limits";

/** What interrupts a test. The first two end it: what ran before and after cannot be compared. */
export const INTERRUPTIONS = ["restart", "rollback", "node-lost", "no-metrics", "link-lost", "app-restart", "policy-change", "scene-change"] as const;
/** One of {@link INTERRUPTIONS}. */
export type Interruption = (typeof INTERRUPTIONS)[number];

/** Everything that a test is made of; the same inputs give the same result to the last bit. */
export type TestInput =
  | {
      readonly type: "sample";
      readonly tMs: number;
      readonly nodeId: string;
      /** By the node's own report. A sample of another version than planned does not count. */
      readonly modelVersion: string | null;
      /** Null, NaN or infinite: no data, never a zero. */
      readonly values: Readonly<Record<LimitedMetric, number | null>>;
    }
  | { readonly type: "tick"; readonly tMs: number }
  | { readonly type: "interrupted"; readonly tMs: number; readonly cause: Interruption; readonly nodeId: string | null }
  | { readonly type: "resumed"; readonly tMs: number }
  /** A version failed on a node by the judge's verdict: the test is over, whatever its numbers say. */
  | { readonly type: "breached"; readonly tMs: number; readonly metric: LimitedMetric | null; readonly sentence: string }
  /** Something happened that no result survives; `reason` is a clause such as "node_1 did not take 1.1.0". */
  | { readonly type: "invalidated"; readonly tMs: number; readonly reason: string }
  | { readonly type: "ended"; readonly tMs: number };

/** Whether a test cannot go on after it. */
export function isFatal(cause: Interruption): boolean {
  return cause === "restart" || cause === "rollback";
}

/** Says what happened, to be followed by when. */
export function interruptionText(cause: Interruption, nodeId: string | null): string {
  const node = nodeId ?? "a node";
  switch (cause) {
    case "restart":
      return `${node} restarted`;
    case "rollback":
      return `${node} was rolled back`;
    case "node-lost":
      return `${node} was lost`;
    case "no-metrics":
      return `${node} sends no metrics`;
    case "link-lost":
      return "the link was lost";
    case "app-restart":
      return "the application was restarted";
    case "policy-change":
      return "the policy changed";
    case "scene-change":
      return nodeId === null ? "the scene changed" : `the scene of ${nodeId} changed`;
  }
}
