import type { NodeId } from "../fleet/ids";
import type { MetricSample } from "../fleet/sample";

/** How long a node's LYDT metrics speak for its legacy ones as well, ms. */
export const DIALECT_MEMORY_MS = 5_000;

/** Keeps a node that speaks both dialects from being counted twice. */
export interface DialectFilter {
  /** Whether to use the sample. Remembers it if it is LYDT. */
  keep(sample: Pick<MetricSample, "nodeId" | "dialect" | "receivedAtMs">): boolean;
  /** Forgets a node that is gone for good. */
  forget(nodeId: NodeId): void;
}

/**
 * A filter that drops a node's legacy metrics while its LYDT metrics, which say more, were heard within the
 * last 5 s. Once they fall silent the legacy ones count again. Time is that of the samples.
 */
export function createDialectFilter(): DialectFilter {
  const lydtHeardAtMs = new Map<NodeId, number>();
  return {
    keep({ nodeId, dialect, receivedAtMs }) {
      if (dialect === "lydt") {
        lydtHeardAtMs.set(nodeId, receivedAtMs);
        return true;
      }
      const heardAtMs = lydtHeardAtMs.get(nodeId);
      // The distance, not the age: after the wall clock was set back, an age would stay negative for long.
      return heardAtMs === undefined || Math.abs(receivedAtMs - heardAtMs) > DIALECT_MEMORY_MS;
    },
    forget(nodeId) {
      lydtHeardAtMs.delete(nodeId);
    },
  };
}
