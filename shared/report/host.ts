import type { SystemColumn } from "../contract/system";
import { Tally, type TalliedFigures } from "./tally";

/** One quantity of this machine that a report tells. */
export interface HostQuantity {
  readonly column: SystemColumn;
  readonly name: string;
  /** Of the recorded values, as the figures and the exported samples have them. */
  readonly unit: string;
  /** Its column in the exported samples. */
  readonly field: string;
}

/** What a report tells of this machine, in the order in which it does. The GPU is the first one. */
export const HOST_QUANTITIES: readonly HostQuantity[] = [
  { column: "cpuPercent", name: "CPU, all cores", unit: "%", field: "cpu_percent" },
  { column: "appCpuPercent", name: "CPU of this application", unit: "%", field: "app_cpu_percent" },
  { column: "memoryPercent", name: "Memory in use", unit: "%", field: "memory_percent" },
  { column: "diskPercent", name: "Disk in use", unit: "%", field: "disk_percent" },
  { column: "diskReadBytesPerS", name: "Disk, read", unit: "B/s", field: "disk_read_bytes_per_s" },
  { column: "diskWrittenBytesPerS", name: "Disk, written", unit: "B/s", field: "disk_written_bytes_per_s" },
  { column: "networkReceivedBytesPerS", name: "Network, received", unit: "B/s", field: "network_received_bytes_per_s" },
  { column: "networkSentBytesPerS", name: "Network, sent", unit: "B/s", field: "network_sent_bytes_per_s" },
  { column: "temperatureC", name: "Hottest temperature", unit: "°C", field: "temperature_celsius" },
  { column: "gpuPercent", name: "GPU", unit: "%", field: "gpu_percent" },
  { column: "gpuMemoryPercent", name: "GPU memory in use", unit: "%", field: "gpu_memory_percent" },
];

/** What was recorded of this machine, one row a second; NaN is what was not known then. */
export interface HostBatch {
  readonly length: number;
  /** Unix ms. */
  readonly atMs: ArrayLike<number>;
  readonly columns: Readonly<Record<SystemColumn, ArrayLike<number>>>;
}

/** One quantity over the period. `n` 0: none was recorded. */
export interface HostFigures extends TalliedFigures {
  readonly column: SystemColumn;
  readonly name: string;
  readonly unit: string;
}

/** This machine over the period. */
export interface HostContent {
  /** Rows that were recorded; 0: nothing was. */
  readonly samples: number;
  /** Unix ms of the first and the last; null of none. */
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  readonly figures: readonly HostFigures[];
}

/** Computes the figures of this machine from rows that are given twice, as those of samples are computed. */
export class HostReader {
  private readonly tallies = HOST_QUANTITIES.map(() => new Tally());
  private samples = 0;
  private firstMs: number | null = null;
  private lastMs: number | null = null;

  /** First pass. */
  survey(batch: HostBatch): void {
    for (let row = 0; row < batch.length; row += 1) {
      const atMs = batch.atMs[row] ?? NaN;
      this.samples += 1;
      this.firstMs = Math.min(this.firstMs ?? atMs, atMs);
      this.lastMs = Math.max(this.lastMs ?? atMs, atMs);
    }
    this.each(batch, (tally, value) => tally.survey(value));
  }

  /** Between the passes. */
  settle(): void {
    for (const tally of this.tallies) tally.settle();
  }

  /** Second pass: the same batches. */
  collect(batch: HostBatch): void {
    this.each(batch, (tally, value) => tally.collect(value));
  }

  /** What both passes say. */
  content(): HostContent {
    const figures = HOST_QUANTITIES.flatMap(({ column, name, unit }, index) => {
      const tally = this.tallies[index];
      return tally === undefined ? [] : [{ column, name, unit, ...tally.figures() }];
    });
    return { samples: this.samples, firstMs: this.firstMs, lastMs: this.lastMs, figures };
  }

  private each(batch: HostBatch, take: (tally: Tally, value: number) => void): void {
    for (const [index, { column }] of HOST_QUANTITIES.entries()) {
      const tally = this.tallies[index];
      if (tally === undefined) continue;
      for (let row = 0; row < batch.length; row += 1) {
        const value = batch.columns[column][row] ?? NaN;
        if (Number.isFinite(value)) take(tally, value);
      }
    }
  }
}
