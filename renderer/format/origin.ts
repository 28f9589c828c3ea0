import type { PlacedBy } from "../../shared/contract/placed-by";
import type { EventView } from "../../shared/contract/snapshot";
import { askerName, placedBy } from "../../shared/fleet/placed-by";

/** Where a command came from, as it stands behind it: "from the window", "by ./lydlr ctl". */
export function originText(by: PlacedBy): string {
  switch (by.kind) {
    case "operator":
      return "from the window";
    case "ctl":
      return "by ./lydlr ctl";
    default:
      return `by ${askerName(by)}`;
  }
}

/** Who did what an event tells; of a command also where it came from, at each of its steps. */
export function byText({ event, actor, detail }: Pick<EventView, "event" | "actor" | "detail">): string {
  const { requestId } = detail;
  const isCommand = event.startsWith("deploy-") || event.startsWith("rollback-");
  if (!isCommand || typeof requestId !== "string") return actor;
  if (event.endsWith("-requested")) return askerName(placedBy(actor, requestId));
  // Later steps are the engine's and the node's; the request's id tells all origins but the policy's.
  const by = placedBy("operator", requestId);
  return by.kind === "operator" ? actor : `${actor}, for ${by.kind === "ctl" ? "./lydlr ctl" : askerName(by)}`;
}
