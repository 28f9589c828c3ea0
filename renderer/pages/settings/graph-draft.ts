import * as v from "valibot";
import { MAX_ROS_DOMAIN_ID, ros2SettingsSchema, type Ros2Settings } from "../../../shared/contract/settings";
import type { LinkView, NodeView } from "../../../shared/contract/snapshot";
import { isInFlight } from "../../commands/undo";

/** What stands in the fields of the graph; NaN where the domain's is empty. */
export interface GraphDraft {
  readonly domainId: number;
  readonly discoveryRange: Ros2Settings["discoveryRange"];
}

/** The fields filled with what is set. */
export function draftOf({ domainId, discoveryRange }: Ros2Settings): GraphDraft {
  return { domainId: domainId ?? NaN, discoveryRange };
}

/** What the fields mean, an empty domain being the environment's; null where they cannot be set. */
export function graphOf({ domainId, discoveryRange }: GraphDraft): Ros2Settings | null {
  const parsed = v.safeParse(ros2SettingsSchema, { domainId: Number.isNaN(domainId) ? null : domainId, discoveryRange });
  return parsed.success ? parsed.output : null;
}

/** Why the domain's field cannot be used; empty when it can. */
export function domainProblem(domainId: number): string {
  if (Number.isNaN(domainId)) return "";
  const isDomain = Number.isInteger(domainId) && domainId >= 0 && domainId <= MAX_ROS_DOMAIN_ID;
  return isDomain ? "" : `A whole number from 0 to ${MAX_ROS_DOMAIN_ID}, or nothing.`;
}

/** What a setting of the graph is called by. */
export function graphWord(value: Ros2Settings["domainId"] | Ros2Settings["discoveryRange"]): string {
  return value === null ? "as the environment says" : String(value);
}

/** A setting that applying would change, as text before and after. */
export interface GraphChange {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** What applying would change; empty where nothing would. */
export function changesOf(set: Ros2Settings, wanted: Ros2Settings): readonly GraphChange[] {
  const changes = [
    { name: "Domain", before: set.domainId, after: wanted.domainId },
    { name: "Discovery range", before: set.discoveryRange, after: wanted.discoveryRange },
  ];
  return changes
    .filter(({ before, after }) => before !== after)
    .map(({ name, before, after }) => ({ name, before: graphWord(before), after: graphWord(after) }));
}

/** What is in force of the graph, and why it is that. */
export interface InForce {
  readonly domain: string;
  readonly discoveryRange: string;
}

/**
 * What is in force now against what is set.
 * @param domainOption Of the command line, which wins for this run.
 */
export function inForceOf(link: LinkView, set: Ros2Settings, domainOption: number | null): InForce {
  if (link.kind !== "ros2") {
    const none = "none: ROS 2 is not in use in this run";
    return { domain: none, discoveryRange: none };
  }
  const because = (now: string | number | null, wanted: string | number | null): string => {
    if (now === null) return "not known";
    if (wanted === null) return `${now}, as the environment says`;
    return now === wanted ? `${now}, as set` : `${now}; ${wanted} is set and not in force yet`;
  };
  return {
    domain: domainOption === null ? because(link.domainId, set.domainId) : `${domainOption}, given by --domain at this start`,
    discoveryRange: because(link.discoveryRange, set.discoveryRange),
  };
}

/** Why the ROS 2 process cannot be restarted now; null where it can. The engine decides again when it is asked. */
export function restartObstacle(nodes: Iterable<NodeView>): string | null {
  const busy = [...nodes].filter(({ command }) => command !== null && isInFlight(command.phase)).map(({ nodeId }) => nodeId);
  const [first, ...others] = busy;
  if (first === undefined) return null;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return `A command is on its way to ${first}${more}: a restart would lose its report.`;
}
