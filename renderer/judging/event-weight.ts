import type { EventView } from "../../shared/contract/snapshot";
import { glyphOfEvent, hueOfEvent } from "./event-glyphs";

/** Verdicts that ask nobody for anything. */
const CALM_OUTCOMES: ReadonlySet<unknown> = new Set(["pass", "inconclusive"]);
/** What only leads to something else: the request and the end of a command stand beside them. */
const STEP = /^(deploy|rollback)-(publishing|sent|acknowledged|verifying)$/;
const CALM: ReadonlySet<string> = new Set(["version-good", "baseline-frozen", "version-reported", "node-joined"]);

/** Whether an event is the ordinary course of things: nobody has to see it to know what happened. */
export function isRoutine({ event, detail }: Pick<EventView, "event" | "detail">): boolean {
  if (event === "verdict") return CALM_OUTCOMES.has(detail["outcome"]);
  return CALM.has(event) || STEP.test(event);
}

/** How much a person has to see an event: 3 red, 2 amber, 1 worth to know, 0 the ordinary course of things. */
export function weightOf(event: Pick<EventView, "event" | "detail">): 0 | 1 | 2 | 3 {
  const hue = hueOfEvent(glyphOfEvent(event));
  if (hue === "hue-high") return 3;
  if (hue === "hue-medium") return 2;
  return isRoutine(event) ? 0 : 1;
}
