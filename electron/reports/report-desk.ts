import type { ReportFile, ReportView } from "../../shared/contract/reports";
import type { EventView } from "../../shared/contract/snapshot";
import type { ReportOrigin } from "../../shared/report/content";
import { formatOfFile, type ReportFormat } from "../../shared/report/formats";
import { counted } from "../../shared/fleet/words";
import type { ReportScope } from "../../shared/report/scope";
import { fail, ok, type Result } from "../../shared/result";
import type { Dispose, Timers } from "../../shared/time";
import { writeFileInPieces, type OpenFile } from "./atomic-file";
import type { EventSource, HostSource, SampleSource } from "./source";
import type { UnfinishedFiles } from "./unfinished";
import { writeReport, type PrintPage, type ReportWriting } from "./writing";

/** Progress is told at most so often. */
const TELL_EVERY_MS = 200;

/** What reports are made of. */
export interface ReportDeskParts {
  readonly samples: SampleSource;
  readonly events: EventSource;
  readonly host: HostSource;
  readonly origin: () => Omit<ReportOrigin, "madeAtMs" | "store">;
  readonly timers: Timers;
  readonly unfinished: Pick<UnfinishedFiles, "note">;
  /** Writes an event of the journal. */
  readonly note: (draft: Omit<EventView, "id" | "tMs">) => void;
  readonly openTemporary?: OpenFile;
}

/** A report that is asked for. */
export interface ReportOrder {
  readonly scope: ReportScope;
  /** Absolute. */
  readonly path: string;
  readonly by: "window" | "command line";
}

/** Writes reports, one at a time, beside the engine's work. */
export class ReportDesk {
  private current: ReportView = { phase: "none" };
  private running: { readonly aborting: AbortController; readonly ended: Promise<unknown> } | null = null;
  private readonly listeners = new Set<(view: ReportView) => void>();
  private print: PrintPage | null = null;
  private lastToldMs = -Infinity;

  constructor(private readonly parts: ReportDeskParts) {}

  /** Where the report stands that is written now, or was written last. */
  get view(): ReportView {
    return this.current;
  }

  /** Where samples are read from. */
  get source(): SampleSource {
    return this.parts.samples;
  }

  /** Why nothing can be printed; null where it can. */
  get whyNoPdf(): string | null {
    return this.print === null
      ? "A PDF is printed by the window, and this runs without one. Write .html instead and print it from a browser, or ask the application that has a window."
      : null;
  }

  /** There is something that prints. */
  usePrinter(print: PrintPage): void {
    this.print = print;
  }

  onChange(listener: (view: ReportView) => void): Dispose {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Ends the report that is written; what there is of it goes. */
  cancel(): void {
    this.running?.aborting.abort();
  }

  /** Ends the report that is written and waits until nothing is left of it. */
  async close(): Promise<void> {
    this.cancel();
    await this.running?.ended;
  }

  /**
   * Writes a report.
   * @param signal ends it as CANCELLED: whoever asked is gone.
   * @returns BAD_USAGE for a name of no known ending, BAD_REQUEST for a period that is none, REPORT_RUNNING,
   * UNKNOWN_NODE, NOT_AVAILABLE for a PDF without a window, FILE_WRITE_FAILED, CANCELLED, and what the stores say;
   * INTERNAL for a bug, which is logged. It never rejects: whoever asked may have gone.
   */
  async write(order: ReportOrder, signal?: AbortSignal): Promise<Result<ReportFile>> {
    const format = formatOfFile(order.path);
    if (!format.ok) return format;
    const refused = this.refusal(order, format.value);
    if (refused !== null) return refused;
    const aborting = new AbortController();
    signal?.addEventListener("abort", () => aborting.abort(), { once: true });
    if (signal?.aborted === true) aborting.abort();
    const isFromCommandLine = order.by === "command line";
    this.tell({ phase: "writing", path: order.path, share: 0, isFromCommandLine });
    const ended = this.perform(order, format.value, aborting.signal)
      .catch((error: unknown) => this.fault(error))
      .finally(() => {
        this.running = null;
      });
    this.running = { aborting, ended };
    const written = await ended;
    if (written.ok) this.noteWritten(order, written.value);
    this.tell(
      written.ok
        ? { phase: "done", file: written.value, isFromCommandLine }
        : { phase: "failed", path: order.path, code: written.error.code, sentence: written.error.message, isFromCommandLine },
    );
    return written;
  }

  private fault(error: unknown): Result<never> {
    const trouble = `A report threw: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    this.parts.note({ event: "trouble", nodeId: null, actor: "engine", sentence: trouble.slice(0, 400), detail: {} });
    return fail("INTERNAL", "The report failed by a fault of this application. It was logged.");
  }

  private refusal({ scope }: ReportOrder, format: ReportFormat): Result<never> | null {
    if (!(scope.fromMs < scope.toMs)) return fail("BAD_REQUEST", "The period ends before it begins.");
    if (this.running !== null) return fail("REPORT_RUNNING", "Another report is being written. Wait for its end, or cancel it.");
    if (format === "pdf" && this.whyNoPdf !== null) return fail("NOT_AVAILABLE", this.whyNoPdf);
    return null;
  }

  private async perform({ scope, path, by }: ReportOrder, format: ReportFormat, signal: AbortSignal): Promise<Result<ReportFile>> {
    const { timers, samples, events, host, unfinished, openTemporary } = this.parts;
    const known = await this.checkNodes(scope);
    if (!known.ok) return known;
    const madeAtMs = timers.wallMs();
    // Nothing is told of a moment that has not been: two reports of the same scope tell the same.
    const reported = { ...scope, toMs: Math.min(scope.toMs, madeAtMs) };
    await this.settle(reported.toMs, madeAtMs, signal);
    const view = await samples.open(reported);
    if (!view.ok) return view;
    const origin = { ...this.parts.origin(), madeAtMs, store: view.value.store };
    const writing: ReportWriting = {
      parts: { scope: reported, origin, samples: view.value, events, host },
      print: this.print ?? (() => Promise.resolve(fail("NOT_AVAILABLE", this.whyNoPdf ?? ""))),
      tell: (share) => this.tellShare(path, share, by === "command line"),
      signal,
    };
    const written = await writeFileInPieces(path, (sink) => writeReport(format, sink, writing), {
      noteTemporary: (temporary) => unfinished.note(temporary),
      ...(openTemporary === undefined ? {} : { openTemporary }),
    });
    return written.ok ? ok({ path, format, bytes: written.value.bytes, ...written.value.value }) : written;
  }

  private async checkNodes({ nodeIds }: ReportScope): Promise<Result<void>> {
    if (nodeIds.length === 0) return ok(undefined);
    const known = await this.parts.samples.nodes();
    if (!known.ok) return known;
    const unknown = nodeIds.filter((nodeId) => !known.value.includes(nodeId));
    return unknown.length === 0 ? ok(undefined) : fail("UNKNOWN_NODE", `No samples are kept of ${unknown.join(", ")}.`);
  }

  /** Waits until what came in up to the end of the period is in the stores. */
  private settle(toMs: number, nowMs: number, signal: AbortSignal): Promise<void> {
    const waitMs = this.parts.samples.settlesMs - (nowMs - toMs);
    if (waitMs <= 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = this.parts.timers.after(waitMs, resolve);
      signal.addEventListener(
        "abort",
        () => {
          stop();
          resolve();
        },
        { once: true },
      );
    });
  }

  private noteWritten({ scope, by }: ReportOrder, { path, format, bytes, samples, events }: ReportFile): void {
    this.parts.note({
      event: "report-written",
      nodeId: null,
      actor: "operator",
      sentence: `Report written to ${path} by the ${by}: ${counted(samples, "sample")}, ${counted(events, "event")}.`,
      detail: { path, format, bytes, samples, events, fromMs: scope.fromMs, toMs: scope.toMs, by },
    });
  }

  private tellShare(path: string, share: number, isFromCommandLine: boolean): void {
    const nowMs = this.parts.timers.monotonicMs();
    if (nowMs - this.lastToldMs < TELL_EVERY_MS) return;
    this.lastToldMs = nowMs;
    this.tell({ phase: "writing", path, share, isFromCommandLine });
  }

  private tell(view: ReportView): void {
    this.current = view;
    for (const listener of this.listeners) listener(view);
  }
}
