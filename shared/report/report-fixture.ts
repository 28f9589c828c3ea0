import type { EventView } from "../contract/snapshot";
import { seededRandom } from "../random";
import { SYSTEM_COLUMNS, type SystemColumn } from "../contract/system";
import type { ReportContent } from "./content";
import { FigureReader } from "./figures";
import { HostReader, type HostBatch } from "./host";
import { batchOf, type ReportSample, type SampleBatch } from "./samples";
import type { ReportScope } from "./scope";
import { StoryReader } from "./story";

/** Unix ms at which the periods of these tests begin. */
export const START_MS = Date.UTC(2026, 2, 1, 14);

/** A period of ten minutes of everything. */
export const WHOLE: ReportScope = { fromMs: START_MS, toMs: START_MS + 600_000, nodeIds: [], versions: [] };

/**
 * Ten minutes of three nodes: node_0 at 10 Hz, node_1 at 2 Hz with a silence of 40 s over a change of its version,
 * node_10 at 2 Hz without a quality for a while.
 */
export function threeNodes(): readonly ReportSample[] {
  const random = seededRandom(11);
  const samples: ReportSample[] = [];
  const add = (nodeId: string, atMs: number, modelVersion: string | null, qualityScore: number): void => {
    samples.push({ atMs, nodeId, modelVersion, compressionRatio: 8 + random.normal(), latencyMs: 20 * Math.exp(random.normal() / 3), qualityScore, bandwidthKbps: Math.round(900 * random.next()) });
  };
  for (let tick = 0; tick < 6_000; tick += 1) {
    const atMs = START_MS + tick * 100 + random.next() * 8;
    add("node_0", atMs, "1.0.0", 0.9 + 0.01 * random.normal());
    if (tick % 5 !== 0) continue;
    if (tick < 2_000 || tick >= 2_400) add("node_1", atMs, tick < 2_000 ? "1.0.0" : "1.1.0", 0.88);
    add("node_10", atMs, null, tick > 3_000 && tick < 4_000 ? NaN : 0.7 + 0.0001 * tick);
  }
  return samples.sort((left, right) => left.atMs - right.atMs);
}

/** Samples in batches of so many. */
export function batches(samples: readonly ReportSample[], size = 500): readonly SampleBatch[] {
  return Array.from({ length: Math.ceil(samples.length / size) }, (_, index) => batchOf(samples.slice(index * size, (index + 1) * size)));
}

/** An event some seconds after the begin of the period. */
export function eventAt(id: number, seconds: number, event: string, nodeId: string | null, detail: EventView["detail"] = {}, more: Partial<EventView> = {}): EventView {
  return { id, tMs: START_MS + seconds * 1_000, event, nodeId, actor: "engine", sentence: `${event} of ${nodeId ?? "the fleet"}.`, detail, ...more };
}

/** What was recorded of a machine: a row a second from the begin of the period, without a GPU, its disk known every 10 s. */
export function hostBatches(seconds: number, size = 100): readonly HostBatch[] {
  const random = seededRandom(5);
  const rows = Array.from({ length: seconds }, (_, second) => {
    const row: Partial<Record<SystemColumn, number>> = { cpuPercent: 40 + 10 * random.normal(), memoryPercent: 50, diskWrittenBytesPerS: Math.round(1e6 * random.next()), ...(second % 10 === 0 ? { diskPercent: 70 + random.next() } : {}) };
    return row;
  });
  return Array.from({ length: Math.ceil(seconds / size) }, (_, index) => {
    const part = rows.slice(index * size, (index + 1) * size);
    const columns = Object.fromEntries(SYSTEM_COLUMNS.map((column) => [column, Float64Array.from(part, (row) => row[column] ?? Number.NaN)])) as Record<SystemColumn, Float64Array>;
    return { length: part.length, atMs: Float64Array.from(part, (_row, second) => START_MS + (index * size + second) * 1_000), columns };
  });
}

/** A report of samples, events and what was recorded of the machine. */
export function contentOf(scope: ReportScope, samples: readonly ReportSample[], events: readonly EventView[], machine: readonly HostBatch[] = []): ReportContent {
  const figures = new FigureReader(scope);
  const story = new StoryReader(scope);
  const all = batches(samples);
  for (const batch of all) figures.survey(batch);
  figures.settle();
  for (const batch of all) figures.collect(batch);
  for (const event of events) story.take(event);
  const host = new HostReader();
  for (const batch of machine) host.survey(batch);
  host.settle();
  for (const batch of machine) host.collect(batch);
  const origin = { appVersion: "0.1.0", madeAtMs: scope.toMs + 1_000, link: "embedded fleet, seed 7", isEmbedded: true, store: "a test" };
  return { scope, origin, figures: figures.figures(), story: story.story(), host: host.content() };
}
