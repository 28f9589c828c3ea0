import type { PlacedBy } from "../contract/placed-by";

/** A request that came over the local socket has this before its id. */
export const CTL_REQUEST = "ctl-";

/** Who asked for a command, by its actor and the id of its request. */
export function placedBy(actor: string, requestId: string): PlacedBy {
  if (actor === "policy") return { kind: "policy" };
  const rolloutId = /^(r-\d+)-/.exec(requestId)?.[1];
  if (rolloutId !== undefined) return { kind: "rollout", rolloutId };
  const testId = /^(ab-\d+)-/.exec(requestId)?.[1];
  if (testId !== undefined) return { kind: "ab-test", testId };
  return { kind: requestId.startsWith(CTL_REQUEST) ? "ctl" : "operator" };
}
