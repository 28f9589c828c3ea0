import type { PlacedBy } from "../contract/placed-by";

/** A request that came over the local socket has this before its id. */
export const CTL_REQUEST = "ctl-";

/** Who asked, as a list names it: "operator, window", "policy", "roll-out r-0001". */
export function askerName(by: PlacedBy): string {
  switch (by.kind) {
    case "operator":
      return "operator, window";
    case "ctl":
      return "operator, ./lydlr ctl";
    case "policy":
      return "policy";
    case "rollout":
      return `roll-out ${by.rolloutId}`;
    case "ab-test":
      return `A/B test ${by.testId}`;
  }
}

/** Who asked for a command, by its actor and the id of its request. */
export function placedBy(actor: string, requestId: string): PlacedBy {
  if (actor === "policy") return { kind: "policy" };
  const rolloutId = /^(r-\d+)-/.exec(requestId)?.[1];
  if (rolloutId !== undefined) return { kind: "rollout", rolloutId };
  const testId = /^(ab-\d+)-/.exec(requestId)?.[1];
  if (testId !== undefined) return { kind: "ab-test", testId };
  return { kind: requestId.startsWith(CTL_REQUEST) ? "ctl" : "operator" };
}
