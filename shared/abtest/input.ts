import type { LimitedMetric } from "../judge/limits";

/** What interrupts a test. The first two end it: what ran before and after cannot be compared. */
export type Interruption = "restart" | "rollback" | "node-lost" | "policy-change" | "scene-change";

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
    case "policy-change":
      return "the policy changed";
    case "scene-change":
      return nodeId === null ? "the scene changed" : `the scene of ${nodeId} changed`;
  }
}
