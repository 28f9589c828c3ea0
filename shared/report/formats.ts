import { fail, ok, type Result } from "../result";

/** What a report can be written as. */
export const REPORT_FORMATS = ["html", "pdf", "json", "csv", "summary-csv", "events-csv", "host-csv", "mcap"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** Endings of file names, the longest first. */
const ENDINGS: readonly (readonly [string, ReportFormat])[] = [
  [".summary.csv", "summary-csv"],
  [".events.csv", "events-csv"],
  [".host.csv", "host-csv"],
  [".html", "html"],
  [".htm", "html"],
  [".pdf", "pdf"],
  [".json", "json"],
  [".csv", "csv"],
  [".mcap", "mcap"],
];

/** The ending that files of a format have. */
export function endingOf(format: ReportFormat): string {
  return ENDINGS.find(([, known]) => known === format)?.[0] ?? "";
}

/** The format that a file's name asks for; BAD_USAGE for another ending, or none. */
export function formatOfFile(path: string): Result<ReportFormat, "BAD_USAGE"> {
  const name = path.toLowerCase();
  const found = ENDINGS.find(([ending]) => name.endsWith(ending) && !/[\\/]$/.test(name.slice(0, -ending.length)) && name.length > ending.length);
  if (found !== undefined) return ok(found[1]);
  return fail("BAD_USAGE", `A report's file ends in .html, .pdf, .json, .csv (samples), .summary.csv, .events.csv, .host.csv or .mcap; ${path} does not.`);
}
