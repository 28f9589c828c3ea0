import { create } from "zustand";
import type { HistoryProgress, HistoryStatus, Retention } from "../../shared/contract/history";
import type { Failure } from "../../shared/result";
import { request } from "./ops";

/** What the window knows of the history. */
export interface HistoryState {
  /** Null until it was asked. */
  readonly status: HistoryStatus | null;
  /** A check, a backup or an export that is on; null of none. */
  readonly progress: HistoryProgress | null;
  /** How the last piece of work ended; null before any. */
  readonly outcome: string | null;
  readonly failure: Failure | null;
}

const useHistoryStore = create<HistoryState>(() => ({ status: null, progress: null, outcome: null, failure: null }));

/** Takes how far a piece of work is. */
export function takeHistoryProgress(progress: HistoryProgress | null): void {
  useHistoryStore.setState({ progress });
}

/** Asks how the history stands. */
export async function readHistory(): Promise<void> {
  const answer = await request("history/status", {});
  useHistoryStore.setState(answer.ok ? { status: answer.value } : { failure: answer.error });
}

function ended(answer: { readonly ok: true; readonly value: string } | { readonly ok: false; readonly error: Failure }): void {
  if (answer.ok) useHistoryStore.setState({ outcome: answer.value, failure: null });
  else useHistoryStore.setState({ outcome: answer.error.code === "CANCELLED" ? answer.error.message : null, failure: answer.error.code === "CANCELLED" ? null : answer.error });
}

/** Sets how long what is kept. @returns why not; null where it holds. */
export async function retainHistory(retention: Retention): Promise<Failure | null> {
  const answer = await request("history/retain", retention);
  if (!answer.ok) return answer.error;
  useHistoryStore.setState({ status: answer.value });
  return null;
}

/** Reads the whole file and says whether it is whole. */
export async function checkHistory(): Promise<void> {
  const answer = await request("history/check", {});
  ended(answer.ok ? { ok: true, value: answer.value.sentence } : answer);
}

/** Asks for a name and writes a whole copy. */
export async function backUpHistory(): Promise<void> {
  const answer = await request("history/backup", {});
  ended(answer.ok ? { ok: true, value: `Backed up to ${answer.value.path}.` } : answer);
}

/** Asks for a name and writes every sample that is kept. */
export async function exportHistory(): Promise<void> {
  const answer = await request("history/export", { nodeIds: [], fromMs: 0, toMs: Date.now() });
  ended(answer.ok ? { ok: true, value: `${answer.value.rows} samples written to ${answer.value.path}.` } : answer);
}

/** Stops what is on. */
export function cancelHistoryWork(): void {
  void request("history/cancel", {});
}

/** What the window knows of the history. */
export function useHistory(): HistoryState {
  return useHistoryStore();
}
