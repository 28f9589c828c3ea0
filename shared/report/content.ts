import type { Figures } from "./figures";
import type { HostContent } from "./host";
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

/** Everything that a report tells, whatever it is written as. */
export interface ReportContent {
  readonly scope: ReportScope;
  readonly origin: ReportOrigin;
  readonly figures: Figures;
  readonly story: Story;
  readonly host: HostContent;
}
