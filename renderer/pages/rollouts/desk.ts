import { create } from "zustand";
import type { RolloutPlan, RolloutView } from "../../../shared/contract/rollouts";
import type { Failure } from "../../../shared/result";
import { go, readPlace } from "../../state/navigation";
import { newRequestId, request } from "../../state/ops";
import { readRolloutNow, readRollouts } from "../../state/rollouts";

/** Which metric the chart of all swaps shows. */
export type SwapMetric = "compressionRatio" | "latencyMs" | "qualityScore";

/** What the operator is about to start or end, and how things are looked at. */
interface RolloutDesk {
  /** The dialog that starts one is open, with this version chosen; null: closed. */
  readonly start: { readonly version: string | null; readonly requestId: string } | null;
  /** The roll-out that is about to be aborted. */
  readonly aborting: string | null;
  /** Why the last act was refused, and of which roll-out. */
  readonly refusal: { readonly rolloutId: string; readonly failure: Failure } | null;
  readonly metric: SwapMetric;
}

const useRolloutDesk = create<RolloutDesk>(() => ({ start: null, aborting: null, refusal: null, metric: "qualityScore" }));

/** Reads the desk. */
export function useDesk<Value>(selector: (desk: RolloutDesk) => Value): Value {
  return useRolloutDesk(selector);
}

/** Opens the dialog that starts a roll-out. The same dialog is one request, however often it is sent. */
export function openStart(version: string | null): void {
  useRolloutDesk.setState({ start: { version, requestId: newRequestId() } });
}

/** Closes the dialog that starts a roll-out. */
export function closeStart(): void {
  useRolloutDesk.setState({ start: null });
}

/** Asks whether a roll-out is to be aborted; null: it is not. */
export function askAbort(rolloutId: string | null): void {
  useRolloutDesk.setState({ aborting: rolloutId });
}

/** Chooses what the chart of all swaps shows. */
export function showMetric(metric: SwapMetric): void {
  useRolloutDesk.setState({ metric });
}

/** Starts a roll-out and opens its page. @returns why not; null when it started. */
export async function startRollout(plan: RolloutPlan, requestId: string): Promise<Failure | null> {
  const answer = await request("rollouts/start", { plan, requestId });
  if (!answer.ok) return answer.error;
  await readRollouts();
  closeStart();
  go({ page: "rollouts", rolloutId: answer.value.rolloutId });
  return null;
}

async function act(rolloutId: string, asked: Promise<Awaited<ReturnType<typeof request<"rollouts/pause">>>>): Promise<void> {
  useRolloutDesk.setState({ refusal: null });
  const answer = await asked;
  if (!answer.ok) useRolloutDesk.setState({ refusal: { rolloutId, failure: answer.error } });
}

/** Pauses before the next node, or resumes. */
export async function pauseOrResume({ rolloutId, state }: Pick<RolloutView, "rolloutId" | "state">): Promise<void> {
  if (state === "running") await act(rolloutId, request("rollouts/pause", { rolloutId }));
  else if (state === "paused") await act(rolloutId, request("rollouts/resume", { rolloutId }));
}

/** Pauses or resumes the roll-out whose page is open. */
export async function pauseShown(): Promise<void> {
  const place = readPlace();
  const shown = place.page === "rollouts" && place.rolloutId !== null ? readRolloutNow(place.rolloutId) : undefined;
  if (shown !== undefined) await pauseOrResume(shown);
}

/** Aborts; with `isReturning` every changed node goes back. */
export async function abort(rolloutId: string, isReturning: boolean): Promise<void> {
  askAbort(null);
  await act(rolloutId, request("rollouts/abort", { rolloutId, return: isReturning }));
}
