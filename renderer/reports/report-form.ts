import type { RequestBody } from "../../shared/contract/channels";
import type { ReportFormat } from "../../shared/report/formats";
import { momentOf, momentText } from "../format/moment";
import type { ClockKind } from "../format/time";
import type { SelectedRange } from "../state/selected-range";

/** Periods that are one click; `chosen` has its own begin and end. */
export const PERIODS = ["15min", "1h", "24h", "7d", "chosen"] as const;
export type Period = (typeof PERIODS)[number];

const LENGTHS_MS: Readonly<Record<Exclude<Period, "chosen">, number>> = { "15min": 900_000, "1h": 3_600_000, "24h": 86_400_000, "7d": 604_800_000 };

/** What the report dialog holds. */
export interface ReportForm {
  readonly period: Period;
  /** As a field for a moment has it: `2026-11-24 14:05`. */
  readonly from: string;
  readonly to: string;
  /** The clock that both are typed by. */
  readonly clock: ClockKind;
  readonly allNodes: boolean;
  readonly nodeIds: readonly string[];
  readonly allVersions: boolean;
  readonly versions: readonly string[];
  readonly format: ReportFormat;
}

const MINUTE_MS = 60_000;

/** What the dialog begins with: the last hour, or the range that the window shows. */
export function firstForm(nodeIds: readonly string[], nowMs: number, clock: ClockKind, range: SelectedRange | null): ReportForm {
  return {
    period: range === null ? "1h" : "chosen",
    from: range === null ? momentText(nowMs - LENGTHS_MS["1h"], clock) : momentText(range.fromMs, clock, true),
    // The minute or the second that runs is in it.
    to: range === null ? momentText(nowMs + MINUTE_MS, clock) : momentText(range.toMs + 999, clock, true),
    clock,
    allNodes: nodeIds.length === 0,
    nodeIds,
    allVersions: true,
    versions: [],
    format: "html",
  };
}

/** The period as a moment it begins and one it ends, Unix ms; NaN where a field holds none. */
export function periodOf(form: ReportForm, nowMs: number): { readonly fromMs: number; readonly toMs: number } {
  if (form.period !== "chosen") return { fromMs: nowMs - LENGTHS_MS[form.period], toMs: nowMs };
  return { fromMs: momentOf(form.from, form.clock), toMs: momentOf(form.to, form.clock) };
}

/** Why nothing can be written yet; empty where it can. */
export function missingOf(form: ReportForm, nowMs: number): string {
  const { fromMs, toMs } = periodOf(form, nowMs);
  if (!Number.isFinite(fromMs) || !Number.isFinite(toMs)) return "The period needs a begin and an end, as 2026-11-24 14:05.";
  if (fromMs >= toMs) return "The period ends before it begins.";
  if (fromMs >= nowMs) return "The period has not begun yet.";
  if (!form.allNodes && form.nodeIds.length === 0) return "Choose a node.";
  if (!form.allVersions && form.versions.length === 0) return "Choose a version.";
  return "";
}

/** What is asked of the application. */
export function orderOf(form: ReportForm, nowMs: number): RequestBody<"reports/write"> {
  return {
    ...periodOf(form, nowMs),
    nodeIds: form.allNodes ? [] : [...form.nodeIds],
    versions: form.allVersions ? [] : [...form.versions],
    format: form.format,
  };
}

/** Formats in the order in which they are offered, and what each is for. */
export const FORMAT_WORDS: readonly { readonly format: ReportFormat; readonly name: string; readonly fact: string }[] = [
  { format: "html", name: "Web page", fact: "one file with charts, to read and to send" },
  { format: "pdf", name: "PDF", fact: "the same pages, to print and to file" },
  { format: "json", name: "JSON", fact: "figures, lists, every sample and event" },
  { format: "csv", name: "CSV, samples", fact: "one line a sample" },
  { format: "summary-csv", name: "CSV, figures", fact: "one line a node and version" },
  { format: "events-csv", name: "CSV, events", fact: "one line an event of the journal" },
  { format: "host-csv", name: "CSV, this machine", fact: "one line a second: CPU, memory, disk, network" },
  { format: "mcap", name: "MCAP", fact: "for Foxglove, Lichtblick, PlotJuggler" },
];
