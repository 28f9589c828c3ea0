import { SAMPLE_COLUMNS } from "../../shared/history/block";
import { seededRandom, type Random } from "../../shared/random";
import { ROW_FIELDS, type SampleBatch } from "./batch";

/** How a fleet is invented. For benchmarks and crash tests alone. */
export interface InventedFleet {
  readonly nodes: number;
  readonly periodMs: number;
  readonly seed: number;
}

interface NodeState {
  readonly random: Random;
  sequence: number;
  /** Deviation of each metric, an AR(1) with 0.9 of the one before. */
  readonly deviations: Float64Array;
}

/** The fleet's name in a file. */
export const INVENTED_FLEET = "benchmark";
/** The name of an invented node. */
export function inventedNode(index: number): string {
  return `node_${index}`;
}

/** Mean and standard deviation of ratio, latency, quality, bandwidth. */
const MEANS = [8.2, 21, 0.91, 590] as const;
const SPREADS = [0.6, 3, 0.01, 40] as const;

/**
 * Makes batches that are as hard to pack as samples can be: every metric and the node's own time use all bits of a
 * double, arrivals jitter by milliseconds, the ratio is not the quotient of the bytes.
 */
export class SampleInventor {
  private readonly states: readonly NodeState[];
  private batches = 0;

  constructor(private readonly fleet: InventedFleet) {
    const root = seededRandom(fleet.seed);
    this.states = Array.from({ length: fleet.nodes }, (_, index) => ({ random: root.fork(index), sequence: 0, deviations: new Float64Array(MEANS.length) }));
  }

  /** The samples of all nodes from a moment on, in the order of arrival. */
  batch(fromMs: number, spanMs: number): SampleBatch {
    const { nodes, periodMs } = this.fleet;
    const ticks = Math.round(spanMs / periodMs);
    const numbers = new Float64Array(ticks * nodes * ROW_FIELDS);
    let at = 0;
    for (let tick = 0; tick < ticks; tick += 1) {
      let lastMs = fromMs + tick * periodMs;
      for (const [node, state] of this.states.entries()) {
        lastMs += (state.random.next() * periodMs * 0.9) / nodes;
        this.fill(numbers.subarray(at, at + ROW_FIELDS), node, state, lastMs);
        at += ROW_FIELDS;
      }
    }
    this.batches += 1;
    return {
      token: `invented:${String(this.batches).padStart(12, "0")}`,
      series: Array.from({ length: nodes }, (_, node) => ({ fleet: INVENTED_FLEET, nodeId: inventedNode(node) })),
      origins: [{ version: "1.1.0", dialect: "lydt", vertical: "iot" }],
      rows: numbers,
    };
  }

  private fill(row: Float64Array, node: number, state: NodeState, atMs: number): void {
    const { random, deviations } = state;
    state.sequence += 1;
    row[0] = node;
    const values: Readonly<Partial<Record<(typeof SAMPLE_COLUMNS)[number], number>>> = {
      atMs,
      sentAtMs: atMs - 2 - random.next(),
      sequence: state.sequence,
      compressionLevel: 0.5,
      bytesIn: 61_440,
      bytesOut: 7_000 + random.nextInt(1_200),
    };
    for (const [column, name] of SAMPLE_COLUMNS.entries()) row[2 + column] = values[name] ?? Number.NaN;
    for (const [metric, mean] of MEANS.entries()) {
      const next = 0.9 * (deviations[metric] ?? 0) + 0.436 * random.normal();
      deviations[metric] = next;
      row[3 + metric] = mean + (SPREADS[metric] ?? 0) * next;
    }
    if (random.next() < 0.001) row[5] = Number.NaN;
  }
}
