import type { EventView } from "../contract/snapshot";
import type { Occurrence } from "./reading";

/** Events of A/B tests that can raise an alert by themselves. */
export const ABTEST_OCCURRENCE_EVENTS: readonly string[] = ["ab-test-verdict", "ab-test-node-back", "ab-test-promotion"];

/** What an event of an A/B test is an alert about; null where it is none. */
export function abTestOccurrenceOf({ id: eventId, event, sentence, detail }: EventView): Occurrence | null {
  const { testId, kind, nodeId, version, state, isByPerson, rolloutId } = detail;
  if (typeof testId !== "string") return null;
  const of = { subject: testId, nodeId: null, version: null, eventId, sentence };
  switch (event) {
    case "ab-test-verdict":
      if (kind === "harmful") return { ...of, ruleId: "abtest-harmful", title: `A/B test ${testId} ended for harm` };
      return kind === "invalid" ? { ...of, ruleId: "abtest-invalid", title: `A/B test ${testId} is invalid` } : null;
    case "ab-test-node-back":
      // What a person chose for a node meanwhile is left on purpose.
      if (state !== "left" || isByPerson === true || typeof nodeId !== "string" || typeof version !== "string") return null;
      return { ...of, ruleId: "abtest-left", subject: `${testId} ${nodeId}`, nodeId, version, title: `${nodeId} did not get ${version} back after ${testId}` };
    case "ab-test-promotion":
      return rolloutId === null ? { ...of, ruleId: "abtest-not-promoted", title: `The winner of ${testId} was not promoted` } : null;
    default:
      return null;
  }
}
