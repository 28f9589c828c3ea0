import type { EventView } from "../../shared/contract/snapshot";
import type { ReportContent, ReportOrigin } from "../../shared/report/content";
import { FigureReader } from "../../shared/report/figures";
import { HostReader, type HostBatch } from "../../shared/report/host";
import type { SampleBatch } from "../../shared/report/samples";
import type { ReportScope } from "../../shared/report/scope";
import { isInScope, StoryReader } from "../../shared/report/story";
import { fail, ok, type Result } from "../../shared/result";
import { breathe } from "./breathe";
import type { EventSource, HostSource, SampleView } from "./source";

/** What a report is read from. */
export interface ReportParts {
  readonly scope: ReportScope;
  readonly origin: ReportOrigin;
  readonly samples: SampleView;
  readonly events: EventSource;
  readonly host: HostSource;
}

/** What is told while a report is read: passes that are through, and how much of the next. */
export class Progress {
  private done = 0;

  constructor(
    private readonly passes: number,
    private readonly tell: (share: number) => void,
  ) {}

  /** Within a pass, 0 to 1. */
  at(share: number): void {
    this.tell(Math.min(1, (this.done + share) / this.passes));
  }

  /** A pass is through. */
  next(): void {
    this.done += 1;
    this.at(0);
  }
}

/** Why nothing more is read. */
export function cancelled(): Result<never> {
  return fail("CANCELLED", "The report was cancelled. Nothing was written.");
}

/** Reads every sample once, in batches, with a breath after each. */
export async function eachBatch(
  { samples }: Pick<ReportParts, "samples">,
  progress: Progress,
  signal: AbortSignal,
  take: (batch: SampleBatch) => void | Promise<void>,
): Promise<Result<void>> {
  for await (const read of samples.read(signal)) {
    if (signal.aborted) return cancelled();
    if (!read.ok) return read;
    await take(read.value.value);
    progress.at(read.value.progress);
    await breathe();
  }
  if (signal.aborted) return cancelled();
  progress.next();
  return ok(undefined);
}

/** Reads every event of the scope once. */
export async function eachEvent(
  { events, scope }: Pick<ReportParts, "events" | "scope">,
  progress: Progress,
  signal: AbortSignal,
  take: (event: EventView) => void | Promise<void>,
): Promise<Result<void>> {
  for await (const read of events.read(scope.fromMs, scope.toMs, signal)) {
    if (signal.aborted) return cancelled();
    if (!read.ok) return read;
    for (const event of read.value.value) if (isInScope(scope, event)) await take(event);
    progress.at(read.value.progress);
    await breathe();
  }
  if (signal.aborted) return cancelled();
  progress.next();
  return ok(undefined);
}

/** Reads every row of this machine in the period once. */
export async function eachHostBatch({ host, scope }: Pick<ReportParts, "host" | "scope">, signal: AbortSignal, take: (batch: HostBatch) => void | Promise<void>): Promise<Result<void>> {
  for await (const batch of host.read(scope.fromMs, scope.toMs)) {
    if (signal.aborted) return cancelled();
    await take(batch);
    await breathe();
  }
  return signal.aborted ? cancelled() : ok(undefined);
}

async function readHost(parts: ReportParts, signal: AbortSignal): Promise<Result<HostReader>> {
  const host = new HostReader();
  const surveyed = await eachHostBatch(parts, signal, (batch) => {
    host.survey(batch);
  });
  if (!surveyed.ok) return surveyed;
  host.settle();
  const collected = await eachHostBatch(parts, signal, (batch) => {
    host.collect(batch);
  });
  return collected.ok ? ok(host) : collected;
}

/** Passes of {@link readContent}, of which what was recorded of this machine takes none: it is little. */
export const CONTENT_PASSES = 3;

/** Reads what a report tells: samples and this machine twice, events once. Memory does not grow with the samples. */
export async function readContent(parts: ReportParts, progress: Progress, signal: AbortSignal): Promise<Result<ReportContent>> {
  const { scope, origin } = parts;
  const figures = new FigureReader(scope);
  const surveyed = await eachBatch(parts, progress, signal, (batch) => {
    figures.survey(batch);
  });
  if (!surveyed.ok) return surveyed;
  figures.settle();
  const collected = await eachBatch(parts, progress, signal, (batch) => {
    figures.collect(batch);
  });
  if (!collected.ok) return collected;
  const story = new StoryReader(scope);
  const told = await eachEvent(parts, progress, signal, (event) => {
    story.take(event);
  });
  if (!told.ok) return told;
  const host = await readHost(parts, signal);
  if (!host.ok) return host;
  return ok({ scope, origin, figures: figures.figures(), story: story.story(), host: host.value.content() });
}
