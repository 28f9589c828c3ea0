import type { PlacedBy } from "../../shared/contract/placed-by";
import type { EventView } from "../../shared/contract/snapshot";
import { placedBy } from "../../shared/fleet/placed-by";

/** Where a command came from, as it stands behind it: "from the window", "by ./lydlr ctl". */
export function originText(by: PlacedBy): string {
  switch (by.kind) {
    case "operator":
      return "from the window";
    case "ctl":
      return "by ./lydlr ctl";
    case "policy":
      return "by policy";
    case "rollout":
      return `by roll-out ${by.rolloutId}`;
    case "ab-test":
      return `by A/B test ${by.testId}`;
  }
}

/** Who did what an event tells; of a command also where it came from, at each of its steps. */
export function byText({ event, actor, detail }: Pick<EventView, "event" | "actor" | "detail">): string {
  const { requestId } = detail;
  const isCommand = event.startsWith("deploy-") || event.startsWith("rollback-");
  if (!isCommand || typeof requestId !== "string") return actor;
  if (event.endsWith("-requested")) {
    const by = placedBy(actor, requestId);
    return by.kind === "operator" ? "operator, window" : by.kind === "ctl" ? "operator, ./lydlr ctl" : originText(by).slice("by ".length);
  }
  // Later steps are the engine's and the node's; the request's id tells all origins but the policy's.
  const by = placedBy("operator", requestId);
  return by.kind === "operator" ? actor : `${actor}, ${by.kind === "ctl" ? "for ./lydlr ctl" : originText(by).replace(/^by /, "for ")}`;
}
