import type { CoordinationView, NodeView } from "../../../shared/contract/snapshot";
import { STALE_AFTER_MS } from "../../../shared/fleet/liveness";
import { formatWithUnit } from "../../charts/metric-words";
import { formatNumber, NOT_REPORTED } from "../../format/number";
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
