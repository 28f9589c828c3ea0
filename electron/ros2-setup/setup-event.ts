import type { SetupView } from "../../shared/contract/ros2-setup";
import type { EventDraft } from "../operations/event-log";

/** What the journal keeps of an installation: how it ended; null while it has not. */
export function setupEvent(view: SetupView): EventDraft | null {
  const ended = (sentence: string): EventDraft => ({
    event: `ros2-set-up-${view.state}`,
    nodeId: null,
    actor: "operator",
    sentence,
    detail: "tookMs" in view ? { tookMs: Math.round(view.tookMs) } : {},
  });
  switch (view.state) {
    case "idle":
    case "running":
    case "cancelling":
      return null;
    case "succeeded":
      return ended(view.sentence);
    case "failed":
      return ended(`ROS 2 was not set up: ${view.code}.`);
    case "cancelled":
      return ended("The set-up of ROS 2 was ended; what was there before is as it was.");
  }
}
