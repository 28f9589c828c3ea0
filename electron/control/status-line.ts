import type { StatusLine } from "../../shared/contract/control";
import type { Snapshot } from "../../shared/contract/snapshot";

/** A number with at most six decimals: what was measured, without the noise of a double. */
function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1e6) / 1e6;
}

/** The fleet of a snapshot in one line. */
export function statusLineOf(snapshot: Snapshot): StatusLine {
  return {
    type: "status",
    tMs: Math.round(snapshot.atMs),
    link: snapshot.link.kind,
    linkState: snapshot.link.state,
    nodes: snapshot.nodes.map((node) => ({
      nodeId: node.nodeId,
      state: node.state,
      modelVersion: node.modelVersion,
      compressionRatio: rounded(node.latest?.compressionRatio ?? null),
      latencyMs: rounded(node.latest?.latencyMs ?? null),
      qualityScore: rounded(node.latest?.qualityScore ?? null),
      sampleRateHz: rounded(node.sampleRateHz),
      ageMs: node.latest === null ? null : Math.max(0, Math.round(snapshot.atMs - node.latest.receivedAtMs)),
    })),
  };
}
