import type { CoordinationView, MissedFrames, NodeView } from "../../../shared/contract/snapshot";
import { STALE_AFTER_MS } from "../../../shared/fleet/liveness";
import { formatWithUnit } from "../../charts/metric-words";
import { countOf, formatNumber, NOT_REPORTED } from "../../format/number";
import { formatAge } from "../../format/time";

/** In which words the node's dialects are named. */
export const DIALECT_WORDS = { lydt: "LYDT frames", legacy: "legacy arrays" } as const;

/** The node's bandwidth with the unit that its source has; "not reported" where nobody can know the unit. */
export function bandwidthText({ latest, dialect }: Pick<NodeView, "latest" | "dialect">): string {
  if (latest === null || latest.bandwidthKbps === null) return NOT_REPORTED;
  const source = dialect === null ? "" : ` in ${DIALECT_WORDS[dialect]}`;
  return `${formatWithUnit("bandwidthKbps", latest.bandwidthKbps)}, its own estimate${source}`;
}

/** What the coordinator allots, and where that comes from and how old it is. */
export interface AllottedText {
  readonly value: string;
  readonly source: string;
}

/** @param atMs Wall time of the tick, Unix ms. */
export function allottedText(coordination: CoordinationView | null, atMs: number): AllottedText | null {
  if (coordination === null) return null;
  const { allocatedMbps, targetCompression, dialect, receivedAtMs } = coordination;
  const ageMs = atMs - receivedAtMs;
  const silence = ageMs >= STALE_AFTER_MS ? "; the coordinator is silent" : "";
  return {
    value: `${formatNumber(allocatedMbps, allocatedMbps < 10 ? 2 : 1)} Mbit/s, compression level ${formatNumber(targetCompression, 2)}`,
    source: `by the coordinator in ${DIALECT_WORDS[dialect]}, ${formatAge(ageMs)}${silence}`,
  };
}

/** How many frames of the node never arrived, and on what that is based. */
export function missedText({ basis, missed, expected, restarts }: MissedFrames): { readonly value: string; readonly source: string } {
  const share = expected === 0 ? "" : ` (${formatNumber((100 * missed) / expected, 1)} %)`;
  const counted = `${formatNumber(missed, 0)} of ${formatNumber(expected, 0)}${share}`;
  const again = restarts === 0 ? "" : `; its number fell back ${countOf(restarts, "time")}`;
  switch (basis) {
    case "counted":
      return { value: counted, source: `by the sequence numbers of its samples${again}` };
    case "collecting":
      return { value: "not counted yet", source: "after 20 samples in a row, by their sequence numbers" };
    case "stepping":
      return { value: "not counted", source: `its sequence number goes up by more than 1 from sample to sample${again}` };
    case "none":
      return { value: "none reported", source: "its messages carry no sequence number" };
  }
}
