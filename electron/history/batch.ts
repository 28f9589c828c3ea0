import { SAMPLE_COLUMNS, emptyColumns, type SampleColumns } from "../../shared/history/block";
import type { Dialect, MetricSample, Vertical } from "../../shared/fleet/sample";

/** What a sample came from, beside its node. */
export interface Origin {
  readonly version: string | null;
  readonly dialect: Dialect;
  readonly vertical: Vertical | null;
}

/** A node of a fleet: nodes of different fleets may have the same ids, and nothing else in common. */
export interface SeriesName {
  readonly fleet: string;
  readonly nodeId: string;
}

/** Numbers of a row: which series, which origin, then {@link SAMPLE_COLUMNS}. */
export const ROW_FIELDS = 2 + SAMPLE_COLUMNS.length;

/** Samples on their way to the file, in the order of arrival. */
export interface SampleBatch {
  /** Another one for each batch: the same batch twice is written once. */
  readonly token: string;
  readonly series: readonly SeriesName[];
  readonly origins: readonly Origin[];
  /** {@link ROW_FIELDS} numbers a sample; the first two are indices into `series` and `origins`. */
  readonly rows: Float64Array;
}

/** Collects samples into batches. */
export class BatchBuilder {
  private readonly series = new Map<string, { readonly index: number; readonly name: SeriesName }>();
  private readonly origins = new Map<string, { readonly index: number; readonly origin: Origin }>();
  private numbers: number[] = [];

  get count(): number {
    return this.numbers.length / ROW_FIELDS;
  }

  add(fleet: string, sample: MetricSample): void {
    const { modelVersion, dialect, vertical, nodeId } = sample;
    const seriesKey = `${fleet}\n${nodeId}`;
    const series = this.series.get(seriesKey) ?? { index: this.series.size, name: { fleet, nodeId } };
    this.series.set(seriesKey, series);
    const originKey = `${modelVersion ?? ""}\n${dialect}\n${vertical ?? ""}`;
    const origin = this.origins.get(originKey) ?? { index: this.origins.size, origin: { version: modelVersion, dialect, vertical } };
    this.origins.set(originKey, origin);
    // The order of SAMPLE_COLUMNS.
    this.numbers.push(
      series.index,
      origin.index,
      sample.receivedAtMs,
      sample.compressionRatio,
      sample.latencyMs,
      sample.qualityScore ?? Number.NaN,
      sample.bandwidthKbps ?? Number.NaN,
      sample.sentAtMs ?? Number.NaN,
      sample.sequence ?? Number.NaN,
      sample.compressionLevel ?? Number.NaN,
      sample.bytesIn ?? Number.NaN,
      sample.bytesOut ?? Number.NaN,
    );
  }

  /** What was collected, and begins anew. */
  take(token: string): SampleBatch {
    const batch = {
      token,
      series: [...this.series.values()].map(({ name }) => name),
      origins: [...this.origins.values()].map(({ origin }) => origin),
      rows: Float64Array.from(this.numbers),
    };
    this.series.clear();
    this.origins.clear();
    this.numbers = [];
    return batch;
  }
}

/** Rows of {@link ROW_FIELDS} numbers by series, as columns. The numbers of series and origin are those of the rows. */
export function columnsBySeries(parts: readonly Float64Array[]): ReadonlyMap<number, SampleColumns> {
  const counts = new Map<number, number>();
  for (const part of parts) {
    for (let at = 0; at < part.length; at += ROW_FIELDS) counts.set(part[at] ?? 0, (counts.get(part[at] ?? 0) ?? 0) + 1);
  }
  const filled = new Map([...counts].map(([series, count]) => [series, { samples: emptyColumns(count), next: 0 }]));
  for (const part of parts) {
    for (let at = 0; at < part.length; at += ROW_FIELDS) {
      const target = filled.get(part[at] ?? 0);
      if (target === undefined) continue;
      const row = target.next++;
      target.samples.origin[row] = part[at + 1] ?? 0;
      for (const [column, name] of SAMPLE_COLUMNS.entries()) target.samples.columns[name][row] = part[at + 2 + column] ?? Number.NaN;
    }
  }
  return new Map([...filled].map(([series, { samples }]) => [series, samples]));
}

/** Rows as bytes, and back. */
export function rowBytes(numbers: Float64Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** The rows of {@link rowBytes}. @throws RangeError where the bytes are no whole rows. */
export function rowsOfBytes(bytes: Uint8Array): Float64Array {
  if (bytes.byteLength % (8 * ROW_FIELDS) !== 0) throw new RangeError(`${bytes.byteLength} bytes are no whole samples`);
  // A copy, aligned: the bytes may be a part of a larger buffer.
  return new Float64Array(new Uint8Array(bytes).buffer);
}
