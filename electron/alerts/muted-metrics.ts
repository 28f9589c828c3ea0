import type { PolicyView } from "../../shared/contract/policy";
import type { NodeView } from "../../shared/contract/snapshot";
import type { LimitedMetric } from "../../shared/judge/limits";
import { nodePolicyOf } from "../../shared/policy/policy";

/** Tells which metrics the policy only shows; worked out once for each node and revision. */
export function mutedMetrics(current: () => PolicyView): (node: NodeView, metric: LimitedMetric) => boolean {
  let revision: number | null = null;
  const known = new Map<string, ReturnType<typeof nodePolicyOf>>();
  return ({ nodeId, vertical }, metric) => {
    const view = current();
    if (view.revision !== revision) {
      revision = view.revision;
      known.clear();
    }
    const key = `${nodeId} ${vertical ?? ""}`;
    const policy = known.get(key) ?? nodePolicyOf(view.policy, nodeId, vertical);
    known.set(key, policy);
    return policy[metric].role === "muted";
  };
}
