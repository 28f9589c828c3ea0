import { resolve } from "node:path";
import type { ControlBody } from "../../shared/contract/control";
import { formatOfFile } from "../../shared/report/formats";
import { fail, ok, type Result } from "../../shared/result";

/** Without a begin a report is of so much time. */
const DEFAULT_PERIOD_MS = 3_600_000;

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The options of `ctl report`, as they were written. */
export interface ReportOptions {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly nodes: string | undefined;
  readonly versions: string | undefined;
}

/** A moment: Unix ms, ISO 8601, or how long before `nowMs`; NaN for anything else. A time without a zone is this machine's. */
function momentOf(text: string, nowMs: number): number {
  if (/^\d{9,16}(\.\d+)?$/.test(text)) return Number(text);
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  if (amount !== undefined && unit !== undefined) return nowMs - Number(amount) * (UNITS_MS[unit] ?? NaN);
  return /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : NaN;
}

function listOf(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(",").map((item) => item.trim()).filter((item) => item !== "");
}

/** Reads what is asked of `ctl report`. BAD_USAGE for a file of no known ending, or a time that is none. */
export function reportOrder(file: string, options: ReportOptions, nowMs: number): Result<ControlBody<"report">> {
  const format = formatOfFile(file);
  if (!format.ok) return format;
  const toMs = options.to === undefined ? nowMs : momentOf(options.to, nowMs);
  const fromMs = options.from === undefined ? toMs - DEFAULT_PERIOD_MS : momentOf(options.from, nowMs);
  for (const [name, value, given] of [["from", fromMs, options.from], ["to", toMs, options.to]] as const) {
    if (!Number.isFinite(value)) return fail("BAD_USAGE", `--${name} ${given ?? ""} is no time: Unix ms, ISO 8601, or how long ago such as 15m.`);
  }
  if (!(fromMs < toMs)) return fail("BAD_USAGE", "--from is not before --to.");
  return ok({ path: resolve(file), fromMs, toMs, nodeIds: listOf(options.nodes), versions: listOf(options.versions) });
}
