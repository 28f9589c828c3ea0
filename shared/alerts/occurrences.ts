import type { EventView } from "../contract/snapshot";
import { ABTEST_OCCURRENCE_EVENTS, abTestOccurrenceOf } from "./abtest-occurrences";
import type { Occurrence } from "./reading";

/** Events that can raise an alert by themselves. */
export const OCCURRENCE_EVENTS: readonly string[] = ["rollback-requested", "rollout-stopped", "rollout-aborted", "incident", "trouble", ...ABTEST_OCCURRENCE_EVENTS];

function textOf(value: EventView["detail"][string] | undefined): string | null {
  return typeof value === "string" ? value : null;
}

/** What an event is an alert about; null where it is none. */
export function occurrenceOf(event: EventView): Occurrence | null {
  const { id: eventId, nodeId, sentence, detail, actor } = event;
  switch (event.event) {
    case "rollback-requested": {
      if (actor !== "policy" || nodeId === null) return null;
      const version = textOf(detail["fromVersion"]);
      const title = `${version ?? "A version"} was taken back on ${nodeId}`;
      return { ruleId: "rolled-back", subject: `${nodeId} ${version ?? ""}`, nodeId, version, eventId, title, sentence };
    }
    case "rollout-stopped":
    case "rollout-aborted": {
      const rolloutId = textOf(detail["rolloutId"]);
      if (rolloutId === null) return null;
      const how = event.event === "rollout-stopped" ? "stopped" : "was aborted";
      return { ruleId: "rollout-stopped", subject: rolloutId, nodeId: null, version: textOf(detail["version"]), eventId, title: `Roll-out ${rolloutId} ${how}`, sentence };
    }
    case "incident":
      return { ruleId: "incident", subject: nodeId ?? "fleet", nodeId, version: null, eventId, title: `Incident on ${nodeId ?? "the fleet"}`, sentence };
    case "trouble":
      return { ruleId: "trouble", subject: "application", nodeId: null, version: null, eventId, title: "A fault of this application", sentence };
    default:
      return abTestOccurrenceOf(event);
  }
}
