import type { ComparedFrame, Comparison, ReferenceCodecName, Side } from "../contract/comparison";
import { counted, fixed } from "../fleet/words";
import { LEAST_SCENES, type ComparisonSummary, type CurvePoint, type RateDifference, type RateFinding } from "./summary";

/** What the comparison says, as a sentence: `lead` is its point, `rest` the numbers behind it. */
export interface Verdict {
  readonly kind: "a-better" | "b-better" | "no-difference" | "undecided" | "not-comparable" | "too-few";
  readonly lead: string;
  /** Follows `lead` without a space. */
  readonly rest: string;
}

/** Bytes that differ by less than this at equal quality make no difference to an uplink, percent. */
export const NO_DIFFERENCE_PERCENT = 2;

/** From this much on the wall clock says something else than the processor's. */
const BUSY_SHARE = 1.25;

const REFERENCE_WORDS: Readonly<Record<ReferenceCodecName, string>> = { jpeg: "JPEG", webp: "WebP" };

/** A number with its sign. */
function signed(value: number, decimals: number): string {
  const text = fixed(value, decimals);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** How many percent fewer `b` needs than `a`, seen from `a`. */
function exchanged({ value, low, high, scenes }: RateDifference): RateDifference {
  const turn = (percent: number): number => (1 / (1 + percent / 100) - 1) * 100;
  return { value: turn(value), low: turn(high), high: turn(low), scenes };
}

function betweenPhrase({ low, high, scenes }: RateDifference): string {
  return `between ${signed(low, 1)} and ${signed(high, 1)} % on ${counted(scenes, "scene")}`;
}

function latencyPhrase(winner: Side, { latency }: ComparisonSummary, maxLatencyMs: number): string {
  const { p95Difference } = latency;
  const { p95Ms } = latency[winner];
  if (p95Difference === null) return "; its latency was not compared";
  const difference = winner === "b" ? p95Difference.value : -p95Difference.value;
  const ofLimit = p95Ms <= maxLatencyMs ? `${fixed(p95Ms, 1)} of ${fixed(maxLatencyMs, 0)} ms` : `${fixed(p95Ms, 1)} ms, beyond the limit of ${fixed(maxLatencyMs, 0)} ms`;
  const isTold = p95Difference.low > 0 || p95Difference.high < 0;
  if (!isTold || Math.abs(difference) < 0.05) return `, and cannot be told apart by its latency (p95 ${ofLimit})`;
  return `, and ${fixed(Math.abs(difference), 1)} ms ${difference > 0 ? "more" : "less"} at p95 (${ofLimit})`;
}

function referencePhrase(winner: Side, { againstReferences }: ComparisonSummary): string {
  const phrases = againstReferences.flatMap(({ codec, ...sides }) => {
    const finding = sides[winner];
    if (!finding.found) return [];
    const percent = finding.difference.value;
    return [`${fixed(Math.abs(percent), 0)} % ${percent < 0 ? "smaller" : "larger"} than ${REFERENCE_WORDS[codec]}`];
  });
  return phrases.length === 0 ? "" : ` At the same quality it is ${phrases.join(" and ")}.`;
}

function busyPhrase({ wallShare }: Comparison): string {
  if (wallShare < BUSY_SHARE) return "";
  return ` This machine was busy: by the clock encodes took ${fixed(wallShare, 1)} times as long.`;
}

function better(winner: Side, comparison: Comparison, difference: RateDifference, summary: ComparisonSummary, maxLatencyMs: number): Verdict {
  const name = comparison[winner].version;
  return {
    kind: winner === "a" ? "a-better" : "b-better",
    lead: `${name} needs ${fixed(Math.abs(difference.value), 0)} % fewer bytes for the same picture`,
    rest:
      ` (BD-rate ${signed(difference.value, 1)} % on MS-SSIM, ${betweenPhrase(difference)})` +
      `${latencyPhrase(winner, summary, maxLatencyMs)}.${referencePhrase(winner, summary)}${busyPhrase(comparison)}`,
  };
}

function reachPhrase(name: string, curve: readonly CurvePoint[]): string {
  const qualities = curve.map((point) => point.msSsim);
  return `${name} reaches MS-SSIM ${fixed(Math.min(...qualities), 3)} to ${fixed(Math.max(...qualities), 3)}`;
}

function withoutRate(
  comparison: Comparison,
  summary: ComparisonSummary,
  finding: Extract<RateFinding, { found: false }>,
  maxLatencyMs: number,
): Verdict {
  const { a, b } = comparison;
  if (finding.why === "too-few-scenes") {
    return {
      kind: "too-few",
      lead: `Too few scenes to judge: ${finding.scenes} of ${LEAST_SCENES}`,
      rest: `. What is measured here holds for ${finding.scenes === 1 ? "this scene" : "these scenes"} alone; compare on more.`,
    };
  }
  const reach = ` ${reachPhrase(a.version, summary.curves.a)}, ${reachPhrase(b.version, summary.curves.b)}.`;
  const ahead = aheadInAllScenes(comparison);
  if (ahead !== null) {
    return {
      kind: ahead === "a" ? "a-better" : "b-better",
      lead: `${comparison[ahead].version} is better in both: fewer bytes and a better picture`,
      rest: `, in each of ${counted(summary.scenes, "scene")} at the default levels${latencyPhrase(ahead, summary, maxLatencyMs)}. They never make equally good pictures, so there is no BD-rate:${reach}${busyPhrase(comparison)}`,
    };
  }
  return {
    kind: "not-comparable",
    lead: "Bytes cannot be compared: the two never make equally good pictures",
    rest: `.${reach}`,
  };
}

/** Mean bytes and MS-SSIM of a version at its default level over some frames. */
function atDefault(comparison: Comparison, frames: readonly ComparedFrame[], side: Side): { readonly bytes: number; readonly msSsim: number } {
  const points = frames.flatMap((frame) => frame[side]).filter((point) => point.level === comparison[side].defaultLevel);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return { bytes: mean(points.map((point) => point.cameraBytes)), msSsim: mean(points.map((point) => point.msSsim)) };
}

/** The version that needs fewer bytes for a better picture in every scene; null where there is none. */
function aheadInAllScenes(comparison: Comparison): Side | null {
  const names = [...new Set(comparison.frames.map((frame) => frame.scene))];
  const leads = new Set(
    names.map((name) => {
      const frames = comparison.frames.filter((frame) => frame.scene === name);
      const a = atDefault(comparison, frames, "a");
      const b = atDefault(comparison, frames, "b");
      if (a.bytes < b.bytes && a.msSsim > b.msSsim) return "a";
      return b.bytes < a.bytes && b.msSsim > a.msSsim ? "b" : null;
    }),
  );
  const [only] = leads;
  return leads.size === 1 && only !== undefined ? only : null;
}

/**
 * Says which version is better, by how much and at what cost, or that nothing can be said. A difference
 * counts when the 95 % interval over scenes leaves zero out.
 *
 * @param maxLatencyMs the limit that the fleet judges latency by.
 */
export function verdictOf(comparison: Comparison, summary: ComparisonSummary, maxLatencyMs: number): Verdict {
  const finding = summary.rate.msSsim;
  if (!finding.found) return withoutRate(comparison, summary, finding, maxLatencyMs);
  const { difference } = finding;
  const { a, b } = comparison;
  if (difference.low > -NO_DIFFERENCE_PERCENT && difference.high < NO_DIFFERENCE_PERCENT) {
    return {
      kind: "no-difference",
      lead: "No difference that matters",
      rest: `: for the same picture ${b.version} needs ${signed(difference.value, 1)} % bytes against ${a.version}, ${betweenPhrase(difference)}; less than ${NO_DIFFERENCE_PERCENT} % is none.`,
    };
  }
  if (difference.high < 0) return better("b", comparison, difference, summary, maxLatencyMs);
  if (difference.low > 0) return better("a", comparison, exchanged(difference), summary, maxLatencyMs);
  return {
    kind: "undecided",
    lead: "Nothing can be said yet",
    rest: `: for the same picture ${b.version} needs ${signed(difference.value, 1)} % bytes against ${a.version}, ${betweenPhrase(difference)}. Compare on more frames.`,
  };
}
