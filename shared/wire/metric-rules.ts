import type { MetricSample } from "../fleet/sample";
import { fail, ok, type Failure, type Result } from "../result";

/** The numbers of a metrics message as a node reports them; null where it reports none. */
export interface ReportedNumbers {
  readonly compressionRatio: number | null;
  readonly latencyMs: number | null;
  readonly compressionLevel: number | null;
  readonly qualityScore: number | null;
  readonly bandwidthEstimate: number | null;
  readonly bytesIn: number | null;
  readonly bytesOut: number | null;
}

/** The numbers of a metrics message once checked. */
export interface CheckedNumbers {
  /** All finite and in range; null where nothing can be said. */
  readonly numbers: Pick<
    MetricSample,
    "compressionRatio" | "latencyMs" | "compressionLevel" | "qualityScore" | "bandwidthKbps" | "bytesIn" | "bytesOut"
  >;
  /** What was reported but cannot be used, or does not fit together. */
  readonly warnings: readonly Failure<"OUT_OF_RANGE">[];
}

/** No encoder compresses a million times. */
const MAX_COMPRESSION_RATIO = 1e6;

/** About 17 minutes for one encode. */
const MAX_LATENCY_MS = 1e6;

/** A terabit a second. */
const MAX_BANDWIDTH_KBPS = 1e9;

/** How far the reported ratio may be from bytes in over bytes out before that is worth a warning. */
const RATIO_TOLERANCE = 0.01;

/**
 * Holds a node's numbers against what they can be (wire protocol, 1.5).
 *
 * A number that is not finite, or a ratio, latency, bandwidth or byte count outside its range, condemns the
 * whole message: a node that reports one of these wrongly is not believed about the others. A quality score
 * or compression level outside 0 to 1 is dropped with a warning, because the original's ONNX node reports
 * 0 to 255 there and its other numbers are sound.
 *
 * @returns BAD_META where the ratio or the latency is missing, NOT_FINITE, OUT_OF_RANGE.
 */
export function checkNumbers(
  reported: ReportedNumbers,
): Result<CheckedNumbers, "BAD_META" | "NOT_FINITE" | "OUT_OF_RANGE"> {
  const { compressionRatio, latencyMs, compressionLevel, qualityScore, bandwidthEstimate, bytesIn, bytesOut } =
    reported;
  if (compressionRatio === null) return fail("BAD_META", "The message does not give the compression ratio.");
  if (latencyMs === null) return fail("BAD_META", "The message does not give the latency.");

  const wrong =
    notFinite("compression ratio", compressionRatio) ??
    notFinite("latency", latencyMs) ??
    notFinite("compression level", compressionLevel) ??
    notFinite("quality score", qualityScore) ??
    notFinite("bandwidth", bandwidthEstimate) ??
    notFinite("count of bytes in", bytesIn) ??
    notFinite("count of bytes out", bytesOut) ??
    notWithin("compression ratio", compressionRatio, MAX_COMPRESSION_RATIO, "above 0") ??
    notWithin("latency in ms", latencyMs, MAX_LATENCY_MS, "above 0") ??
    notWithin("bandwidth in kbit/s", bandwidthEstimate, MAX_BANDWIDTH_KBPS, "from 0") ??
    notByteCount("count of bytes in", bytesIn) ??
    notByteCount("count of bytes out", bytesOut);
  if (wrong !== null) return { ok: false, error: wrong };

  const badQuality = notUnitInterval("quality score", qualityScore);
  const badLevel = notUnitInterval("compression level", compressionLevel);
  const badRatio = ratioDisagrees(compressionRatio, bytesIn, bytesOut);
  return ok({
    numbers: {
      compressionRatio,
      latencyMs,
      compressionLevel: badLevel === null ? compressionLevel : null,
      qualityScore: badQuality === null ? qualityScore : null,
      bandwidthKbps: bandwidthInKbps(bandwidthEstimate),
      bytesIn,
      bytesOut,
    },
    warnings: [badQuality, badLevel, badRatio].filter((warning) => warning !== null),
  });
}

/**
 * The bandwidth in kbit/s, or null where its unit cannot be known.
 *
 * Today's nodes report kbit/s (budgets of 51 and more); the seed era reports 0.1 to 1.0 of an unnamed whole,
 * with exactly 1.0 on an idle node, and the ONNX node the constant 0. So only a number above 1 has a unit.
 */
export function bandwidthInKbps(estimate: number | null): number | null {
  return estimate !== null && estimate > 1 ? estimate : null;
}

function notFinite(what: string, value: number | null): Failure<"NOT_FINITE"> | null {
  if (value === null || Number.isFinite(value)) return null;
  return { code: "NOT_FINITE", message: `The node reports its ${what} as ${value}.` };
}

/** A count of bytes is a whole number from 0 to 2^53. */
function notByteCount(what: string, value: number | null): Failure<"OUT_OF_RANGE"> | null {
  if (value === null || (Number.isSafeInteger(value) && value >= 0)) return null;
  return { code: "OUT_OF_RANGE", message: `The node reports its ${what} as ${value}, which is no count of bytes.` };
}

function notWithin(
  what: string,
  value: number | null,
  max: number,
  from: "above 0" | "from 0",
): Failure<"OUT_OF_RANGE"> | null {
  if (value === null || (value <= max && (from === "above 0" ? value > 0 : value >= 0))) return null;
  return { code: "OUT_OF_RANGE", message: `The node reports its ${what} as ${value}; it can be ${from} to ${max}.` };
}

function notUnitInterval(what: string, value: number | null): Failure<"OUT_OF_RANGE"> | null {
  if (value === null || (value >= 0 && value <= 1)) return null;
  return { code: "OUT_OF_RANGE", message: `The node reports its ${what} as ${value}; it can be 0 to 1.` };
}

function ratioDisagrees(
  ratio: number,
  bytesIn: number | null,
  bytesOut: number | null,
): Failure<"OUT_OF_RANGE"> | null {
  if (bytesIn === null || bytesOut === null || bytesIn === 0 || bytesOut === 0) return null;
  const counted = bytesIn / bytesOut;
  if (Math.abs(ratio - counted) <= RATIO_TOLERANCE * counted) return null;
  return {
    code: "OUT_OF_RANGE",
    message: `The node reports a compression ratio of ${ratio}, but ${bytesIn} bytes in over ${bytesOut} out.`,
  };
}
