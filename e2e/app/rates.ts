import { expect } from "@playwright/test";

/** What is known of one node's rate. */
export interface NodeRate {
  readonly nodeId: string;
  /** What its profile asks for, Hz. */
  readonly wantedHz: number;
  readonly sampleRateHz: number | null;
}

/**
 * Every node keeps its profile's rate within 5 %; or the machine has too little left for that, and then the
 * application says FRAME_RATE_LOWERED and no node is faster than its profile, nor silent.
 */
export function expectRatesKeptOrToldLowered(nodes: readonly NodeRate[], lowered: string | null): void {
  expect(nodes.length).toBeGreaterThan(0);
  for (const { nodeId, wantedHz, sampleRateHz } of nodes) {
    const rateHz = sampleRateHz ?? 0;
    const sentence = `${nodeId}: ${String(rateHz)} Hz of ${String(wantedHz)} Hz, ${lowered ?? "and nothing says that rates are lowered"}`;
    expect(rateHz, sentence).toBeLessThanOrEqual(1.05 * wantedHz);
    expect(rateHz, sentence).toBeGreaterThanOrEqual(lowered === null ? 0.95 * wantedHz : 0.05 * wantedHz);
  }
  if (lowered !== null) expect(lowered).toMatch(/compresses about \d+ frames\/s; \d+ nodes ask for \d+/);
}
