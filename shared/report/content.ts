import type { Figures } from "./figures";
import type { ReportScope } from "./scope";
import type { Story } from "./story";

/** The form of a report that this application writes. */
export const REPORT_SCHEMA_VERSION = 1;

/** Where and of what a report was made. */
export interface ReportOrigin {
  readonly appVersion: string;
  /** Unix ms. */
  readonly madeAtMs: number;
  /** What the samples came from, e.g. "embedded, seed 7". */
  readonly link: string;
  /** The samples were made by the embedded fleet. */
  readonly isEmbedded: boolean;
  /** Where samples were read from, a clause, e.g. "the last 6 000 samples of each node". */
  readonly store: string;
}

/** One quantity of this machine over the period. */
export interface HostFigures {
  readonly name: string;
  readonly unit: string;
  readonly n: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  /** Nearest rank. */
  readonly p95: number;
}

/** Everything that a report tells, whatever it is written as. */
export interface ReportContent {
  readonly scope: ReportScope;
  readonly origin: ReportOrigin;
  readonly figures: Figures;
  readonly story: Story;
  /** Null where nothing of this machine was kept for the period. */
  readonly host: readonly HostFigures[] | null;
}
