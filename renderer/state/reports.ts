import { create } from "zustand";
import type { ReportView } from "../../shared/contract/reports";
import { say } from "./announce";
import { request } from "./ops";

/** What the report dialog was opened for. */
export interface ReportIntent {
  /** Empty: all. */
  readonly nodeIds: readonly string[];
}

interface Reports {
  readonly view: ReportView;
  readonly intent: ReportIntent | null;
}

const useReportStore = create<Reports>(() => ({ view: { phase: "none" }, intent: null }));

/** Takes where the report stands; its end is said where nobody looks at it. */
export function takeReport(view: ReportView): void {
  const { view: before, intent } = useReportStore.getState();
  useReportStore.setState({ view });
  if (before.phase !== "writing" || intent !== null) return;
  if (view.phase === "done") say(`Report written to ${view.file.path}.`);
  if (view.phase === "failed" && view.code !== "CANCELLED") say(`${view.code}: ${view.sentence}`);
}

/** Asks where the report stands: a window that was loaded again does not know. */
export async function readReport(): Promise<void> {
  const answer = await request("reports/state", {});
  if (answer.ok) takeReport(answer.value);
}

/** Where the report stands that is written now, or was written last. */
export function useReport(): ReportView {
  return useReportStore(({ view }) => view);
}

/** Opens the report dialog, for some nodes or for all. */
export function openReport(nodeIds: readonly string[]): void {
  useReportStore.setState({ intent: { nodeIds } });
}

/** Closes the report dialog; a report that is written goes on. */
export function closeReport(): void {
  useReportStore.setState({ intent: null });
}

/** What the report dialog was opened for; null while it is closed. */
export function useReportIntent(): ReportIntent | null {
  return useReportStore(({ intent }) => intent);
}
