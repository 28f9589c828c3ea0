import { METRICS } from "../../shared/fleet/sample";
import { REPORT_SCHEMA_VERSION, type ReportContent } from "../../shared/report/content";
import { EVENTS_HEADER, eventLine, HOST_HEADER, hostLines, isInScope, sampleLines, SAMPLES_HEADER, summaryCsv } from "../../shared/report/csv";
import type { ReportFormat } from "../../shared/report/formats";
import { HOST_QUANTITIES, type HostBatch } from "../../shared/report/host";
import { reportPage } from "../../shared/report/page/page";
import { sampleAt, type SampleBatch } from "../../shared/report/samples";
import type { ReportScope } from "../../shared/report/scope";
import { ok, type Result } from "../../shared/result";
import type { FileSink } from "./atomic-file";
import { McapReport } from "./mcap";
import { cancelled, CONTENT_PASSES, eachBatch, eachEvent, eachHostBatch, Progress, readContent, type ReportParts } from "./reading";

/** Prints a page; NOT_AVAILABLE where there is nothing that prints. */
export type PrintPage = (page: string, signal: AbortSignal) => Promise<Result<Uint8Array>>;

/** What one report is written with. */
export interface ReportWriting {
  readonly parts: ReportParts;
  readonly print: PrintPage;
  /** 0 to 1. */
  readonly tell: (share: number) => void;
  readonly signal: AbortSignal;
}

/** What a report holds. */
export interface Written {
  readonly samples: number;
  readonly events: number;
}

/** Writes a report in its format. What `signal` aborts ends as CANCELLED. */
export async function writeReport(format: ReportFormat, sink: FileSink, writing: ReportWriting): Promise<Result<Written>> {
  switch (format) {
    case "html":
    case "pdf":
      return writePage(format, sink, writing);
    case "summary-csv":
      return writeSummary(sink, writing);
    case "json":
      return writeJson(sink, writing);
    case "csv":
      return writeSamples(sink, writing);
    case "events-csv":
      return writeEvents(sink, writing);
    case "host-csv":
      return writeHost(sink, writing);
    case "mcap":
      return writeMcap(sink, writing);
  }
}

function countsOf({ figures, story }: ReportContent): Written {
  return { samples: figures.samples, events: story.events };
}

async function writePage(format: "html" | "pdf", sink: FileSink, { parts, print, tell, signal }: ReportWriting): Promise<Result<Written>> {
  const content = await readContent(parts, new Progress(CONTENT_PASSES, tell), signal);
  if (!content.ok) return content;
  const page = reportPage(content.value);
  const printed = format === "html" ? ok(page) : await print(page, signal);
  if (!printed.ok) return printed;
  if (signal.aborted) return cancelled();
  await sink.write(printed.value);
  return ok(countsOf(content.value));
}

async function writeSummary(sink: FileSink, { parts, tell, signal }: ReportWriting): Promise<Result<Written>> {
  const content = await readContent(parts, new Progress(CONTENT_PASSES, tell), signal);
  if (!content.ok) return content;
  await sink.write(summaryCsv(content.value.figures));
  return ok(countsOf(content.value));
}

async function writeSamples(sink: FileSink, { parts, tell, signal }: ReportWriting): Promise<Result<Written>> {
  let samples = 0;
  await sink.write(SAMPLES_HEADER);
  const read = await eachBatch(parts, new Progress(1, tell), signal, async (batch) => {
    samples += countIn(batch, parts.scope);
    await sink.write(sampleLines(batch, parts.scope));
  });
  return read.ok ? ok({ samples, events: 0 }) : read;
}

async function writeEvents(sink: FileSink, { parts, tell, signal }: ReportWriting): Promise<Result<Written>> {
  let events = 0;
  await sink.write(EVENTS_HEADER);
  const read = await eachEvent(parts, new Progress(1, tell), signal, async (event) => {
    events += 1;
    await sink.write(eventLine(event));
  });
  return read.ok ? ok({ samples: 0, events }) : read;
}

async function writeHost(sink: FileSink, { parts, signal }: ReportWriting): Promise<Result<Written>> {
  let samples = 0;
  await sink.write(HOST_HEADER);
  const read = await eachHostBatch(parts, signal, async (batch) => {
    samples += batch.length;
    await sink.write(hostLines(batch));
  });
  return read.ok ? ok({ samples, events: 0 }) : read;
}

async function writeMcap(sink: FileSink, { parts, tell, signal }: ReportWriting): Promise<Result<Written>> {
  const progress = new Progress(2, tell);
  const report = new McapReport(sink);
  let samples = 0;
  let events = 0;
  await report.start(parts.scope, parts.origin);
  const read = await eachBatch(parts, progress, signal, async (batch) => {
    samples += await report.addSamples(batch, parts.scope);
  });
  if (!read.ok) return read;
  const told = await eachEvent(parts, progress, signal, async (event) => {
    events += 1;
    await report.addEvent(event);
  });
  if (!told.ok) return told;
  await report.end();
  return ok({ samples, events });
}

/** One JSON object: what the page tells, then every sample, every event and what was recorded of this machine. What was not reported is null. */
async function writeJson(sink: FileSink, { parts, tell, signal }: ReportWriting): Promise<Result<Written>> {
  const progress = new Progress(CONTENT_PASSES + 2, tell);
  const content = await readContent(parts, progress, signal);
  if (!content.ok) return content;
  const { scope, origin, figures, story, host } = content.value;
  const { groups, nodes } = figures;
  const head = { type: "report", schemaVersion: REPORT_SCHEMA_VERSION, ...scope, ...origin, sampleCount: figures.samples, eventCount: story.events, groups, nodes, ...storyLists(content.value), host };
  const columns = ["tMs", "nodeId", "modelVersion", ...METRICS];
  await sink.write(`${JSON.stringify(head).slice(0, -1)},"samples":{"columns":${JSON.stringify(columns)},"rows":[`);
  let separator = "\n";
  const read = await eachBatch(parts, progress, signal, async (batch) => {
    for (const row of rowsOf(batch, scope)) {
      await sink.write(separator + JSON.stringify(row));
      separator = ",\n";
    }
  });
  if (!read.ok) return read;
  await sink.write(`\n]},"events":[`);
  separator = "\n";
  const told = await eachEvent(parts, progress, signal, async (event) => {
    await sink.write(separator + JSON.stringify(event));
    separator = ",\n";
  });
  if (!told.ok) return told;
  await sink.write(`\n],"hostSamples":{"columns":${JSON.stringify(["tMs", ...HOST_QUANTITIES.map(({ column }) => column)])},"rows":[`);
  separator = "\n";
  const machine = await eachHostBatch(parts, signal, async (batch) => {
    for (const row of hostRows(batch)) {
      await sink.write(separator + JSON.stringify(row));
      separator = ",\n";
    }
  });
  if (!machine.ok) return machine;
  await sink.write("\n]}}\n");
  return ok(countsOf(content.value));
}

function storyLists({ story }: ReportContent): Omit<ReportContent["story"], "events"> {
  const { events: _counted, ...lists } = story;
  return lists;
}

function* rowsOf(batch: SampleBatch, scope: ReportScope): Generator<readonly (number | string | null)[]> {
  for (let index = 0; index < batch.length; index += 1) {
    const sample = sampleAt(batch, index);
    if (!isInScope(sample.atMs, sample.nodeId, sample.modelVersion, scope)) continue;
    yield [sample.atMs, sample.nodeId, sample.modelVersion, ...METRICS.map((metric) => (Number.isFinite(sample[metric]) ? sample[metric] : null))];
  }
}

function* hostRows({ length, atMs, columns }: HostBatch): Generator<readonly (number | null)[]> {
  const known = (value: number | undefined): number | null => (value !== undefined && Number.isFinite(value) ? value : null);
  for (let row = 0; row < length; row += 1) yield [known(atMs[row]), ...HOST_QUANTITIES.map(({ column }) => known(columns[column][row]))];
}

function countIn(batch: SampleBatch, scope: ReportScope): number {
  let count = 0;
  for (const _row of rowsOf(batch, scope)) count += 1;
  return count;
}
