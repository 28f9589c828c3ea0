import { parseNodeId, type NodeId } from "../../../shared/fleet/ids";
import type { Vertical } from "../../../shared/fleet/sample";
import { mixSeed, seededRandom } from "../../../shared/random";
import { SENSOR_PROFILES } from "../../edge/sensors/profile";

/** One node of an embedded fleet, as the seed fixes it. */
export interface PlannedNode {
  readonly nodeId: NodeId;
  readonly vertical: Vertical;
  /** Fixes its sensors. */
  readonly seed: number;
  /** From the fleet's start to its first frame, ms. */
  readonly phaseMs: number;
}

/**
 * Plans a fleet: `node_0`, `node_1`, ...; the first third are drones, the others iot gateways. Start
 * phases are spread over each kind's period, so that frames do not come in bursts.
 * @param count 1 and up.
 */
export function planFleet(count: number, seed: number): readonly PlannedNode[] {
  const drones = Math.ceil(count / 3);
  const random = seededRandom(mixSeed(seed, 1));
  return Array.from({ length: count }, (_, index) => {
    const isDrone = index < drones;
    const vertical: Vertical = isDrone ? "drone" : "iot";
    const nodeId = parseNodeId(`node_${String(index)}`);
    if (!nodeId.ok) throw new Error(nodeId.error.message);
    const rank = isDrone ? index : index - drones;
    const peers = isDrone ? drones : count - drones;
    const periodMs = 1000 / SENSOR_PROFILES[vertical].rateHz;
    const phaseMs = Math.floor((periodMs * (rank + random.next())) / peers);
    return { nodeId: nodeId.value, vertical, seed: mixSeed(seed, 1_000 + index), phaseMs };
  });
}
