import { userInfo } from "node:os";
import { ok } from "../../shared/result";
import type { AlertDesk } from "../alerts/alert-desk";
import type { RequestHandlers } from "../ipc/answer";
import type { TimelineDesk } from "../timeline/timeline-desk";

type AlertRequests = Pick<
  RequestHandlers,
  | "alerts/list"
  | "alerts/acknowledge"
  | "alerts/silence"
  | "alerts/end-silence"
  | "alerts/rules"
  | "alerts/save-rules"
  | "timeline/view"
  | "timeline/events"
  | "timeline/what-ran"
>;

/** Answers the window's requests about alerts and the timeline. */
export function alertHandlers(alerts: AlertDesk, timeline: TimelineDesk): AlertRequests {
  const by = { by: userInfo().username, via: "window" } as const;
  return {
    "alerts/list": () => ok(alerts.view()),
    "alerts/acknowledge": (body) => alerts.acknowledge({ ...body, ...by }),
    "alerts/silence": ({ forMs, reason, ...match }) => alerts.silence({ match, forMs, reason, ...by }),
    "alerts/end-silence": ({ silenceId }) => alerts.endSilence(silenceId, by),
    "alerts/rules": () => ok(alerts.rulesView()),
    "alerts/save-rules": (body) => alerts.saveRules({ ...body, ...by }),
    "timeline/view": ({ fromMs, toMs, nodeId }) => timeline.view(fromMs, toMs, nodeId),
    "timeline/events": (body) => timeline.events(body),
    "timeline/what-ran": ({ nodeId, atMs }) => timeline.whatRan(nodeId, atMs),
  };
}
