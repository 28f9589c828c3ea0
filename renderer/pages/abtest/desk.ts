import { create } from "zustand";
import type { AbTestPreview, AbTestView } from "../../../shared/contract/abtest";
import type { RolloutPlan } from "../../../shared/contract/rollouts";
import type { LimitedMetric } from "../../../shared/judge/limits";
import type { Failure, Result } from "../../../shared/result";
import { say } from "../../state/announce";
import { readAbTests } from "../../state/abtests";
import { go, readPlace } from "../../state/navigation";
import { newRequestId, request } from "../../state/ops";
import { draftOf, INITIAL, missingOf, suggestedBy, type Form, type GuardrailForm, type Suggested } from "./form";
import { laneName, laneOf, moveNode, type Lane } from "./lanes";

/** What the operator is about to test, and about to do to a test; kept while other pages are open. */
interface AbTestDesk {
  readonly form: Form;
  /** The same draft is one test, however often it is sent. */
  readonly requestId: string;
  readonly suggested: Suggested;
  /** What the engine says of the draft; null until it answered, and while the draft is not whole. */
  readonly preview: AbTestPreview | null;
  /** Why it says nothing. */
  readonly previewFailure: Failure | null;
  /** A chip that has just been moved: it takes the focus where it lies now. */
  readonly focusOn: string | null;
  readonly isStarting: boolean;
  /** Why the draft could not be started. */
  readonly refusal: Failure | null;
  /** The test that is about to be ended, or promoted. */
  readonly ending: string | null;
  readonly promoting: string | null;
  /** Which metric the live page shows; null: the one that decides. */
  readonly metric: LimitedMetric | null;
}

const useAbTestDesk = create<AbTestDesk>(() => ({
  form: INITIAL,
  requestId: newRequestId(),
  suggested: {},
  preview: null,
  previewFailure: null,
  focusOn: null,
  isStarting: false,
  refusal: null,
  ending: null,
  promoting: null,
  metric: null,
}));

/** Reads the desk. */
export function useDesk<Value>(selector: (desk: AbTestDesk) => Value): Value {
  return useAbTestDesk(selector);
}

/** Changes the draft. Another draft is another request. */
export function changeForm(change: Partial<Form>): void {
  useAbTestDesk.setState(({ form }) => ({ form: { ...form, ...change }, refusal: null, requestId: newRequestId() }));
}

/** Chooses the metric that decides; what is suggested for the others is asked for anew. */
export function choosePrimary(primary: LimitedMetric): void {
  changeForm({ primary, smallestDifference: null, guardrails: INITIAL.guardrails });
}

/** Changes one guardrail. */
export function changeGuardrail(metric: LimitedMetric, change: Partial<GuardrailForm>): void {
  const { guardrails } = useAbTestDesk.getState().form;
  changeForm({ guardrails: { ...guardrails, [metric]: { ...guardrails[metric], ...change } } });
}

/** Puts a node into a lane, where its chip takes the focus, and says so. */
export function putNode(nodeId: string, lane: Lane): void {
  const { form } = useAbTestDesk.getState();
  if (laneOf(form, nodeId) === lane) return;
  // What the nodes allow is another thing now.
  changeForm({ ...moveNode(form, nodeId, lane), design: null });
  useAbTestDesk.setState({ focusOn: nodeId });
  say(`${nodeId} is in ${laneName(lane)}.`);
}

/** The chip that was moved has the focus. */
export function hasFocus(): void {
  useAbTestDesk.setState({ focusOn: null });
}

/** Takes what the engine says of the draft, and remembers what it suggests. */
export function takePreview(answer: Result<AbTestPreview>): void {
  if (answer.ok) useAbTestDesk.setState(({ suggested }) => ({ preview: answer.value, previewFailure: null, suggested: suggestedBy(suggested, answer.value) }));
  else useAbTestDesk.setState({ previewFailure: answer.error });
}

const EMPTY = { form: INITIAL, suggested: {}, preview: null, previewFailure: null, refusal: null } as const;

/** Opens the set-up, with a node in arm A and a version in arm B where they are meant. */
export function openSetup(nodeId: string | null, versionB: string | null = null): void {
  if (nodeId !== null) putNode(nodeId, "a");
  if (versionB !== null) changeForm({ versionB });
  go({ page: "abtests", view: "set-up" });
}

/** Opens the set-up with what a test was set up with. */
export function openSetupAgain({ nodesA, nodesB, versionA, versionB, design, primary, smallestDifference, blockMs, washOutMs, longestMs, alpha }: AbTestView): void {
  changeForm({
    ...INITIAL,
    nodesA,
    nodesB,
    versionA,
    versionB,
    design,
    primary,
    smallestDifference,
    blockS: blockMs / 1000,
    washOutS: washOutMs / 1000,
    longestMinutes: longestMs / 60_000,
    alphaPercent: alpha * 100,
  });
  go({ page: "abtests", view: "set-up" });
}

/** Throws the draft away and goes back to the list. */
export function discard(): void {
  go({ page: "abtests", view: "list" });
  useAbTestDesk.setState({ ...EMPTY, requestId: newRequestId() });
}

/** Starts the draft and opens its test; says what is missing where it cannot be started. */
export async function startDraft(): Promise<void> {
  const place = readPlace();
  const { form, suggested, preview, requestId, isStarting } = useAbTestDesk.getState();
  if (place.page !== "abtests" || place.view !== "set-up" || isStarting) return;
  const missing = missingOf(form, preview);
  const setup = draftOf(form, suggested);
  if (missing !== "" || setup === null) {
    say(missing);
    return;
  }
  useAbTestDesk.setState({ isStarting: true, refusal: null });
  const answer = await request("abtests/start", { setup, requestId });
  useAbTestDesk.setState({ isStarting: false, refusal: answer.ok ? null : answer.error });
  if (!answer.ok) return;
  await readAbTests();
  go({ page: "abtests", view: "test", testId: answer.value.testId });
  useAbTestDesk.setState({ ...EMPTY, requestId: newRequestId(), metric: null });
}

/** Opens the question how a test is to be ended; null closes it. */
export function askEnd(testId: string | null): void {
  useAbTestDesk.setState({ ending: testId });
}

/** Opens the question how a winner goes to the fleet; null closes it. */
export function askPromote(testId: string | null): void {
  useAbTestDesk.setState({ promoting: testId });
}

/** Shows a metric on the live page. */
export function showMetric(metric: LimitedMetric | null): void {
  useAbTestDesk.setState({ metric });
}

/** Ends a test. @returns why not; null when it ends. */
export async function endTest(testId: string, restoreVersion: string | null): Promise<Failure | null> {
  const answer = await request("abtests/stop", { testId, restoreVersion });
  if (!answer.ok) return answer.error;
  askEnd(null);
  return null;
}

/** Takes the winner to the fleet. @returns why not; null when it goes. */
export async function promote(testId: string, plan: RolloutPlan): Promise<Failure | null> {
  const answer = await request("abtests/promote", { testId, plan });
  if (!answer.ok) return answer.error;
  askPromote(null);
  say(`${plan.version} is promoted: its roll-out begins once every node has its version back.`);
  return null;
}

/** Writes the report of a test into a file that the operator names. @returns why not; null when it was written or not wanted. */
export async function exportTest(testId: string): Promise<Failure | null> {
  const answer = await request("abtests/export", { testId });
  if (answer.ok) say(`The test was written to ${answer.value.path}.`);
  return answer.ok || answer.error.code === "CANCELLED" ? null : answer.error;
}
