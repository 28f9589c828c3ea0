import type { LinkView } from "../../shared/contract/snapshot";

/** One notice of the link. */
export type Notice = LinkView["notices"][number];

/** Notices that concern single topics or the hub: counted in the strip, listed in its explanation. */
const LISTED: ReadonlySet<string> = new Set(["TYPE_CLASH", "QOS_MISMATCH", "NOT_AVAILABLE", "HUB_DISAGREES"]);

/** Notices that somebody must act on: deploys of two programs cross each other. */
const WARNINGS: ReadonlySet<string> = new Set(["COMPETING_DEPLOYER"]);

/** Where a notice is shown beside the list in the link's explanation: as a warning over every page, as a line there, or not. */
export function bannerOf({ code }: Notice): "warning" | "line" | "none" {
  if (WARNINGS.has(code)) return "warning";
  return LISTED.has(code) ? "none" : "line";
}
