import { fail, ok, type Result } from "../result";
import { decodeFloat32MultiArray, decodeUInt8MultiArray } from "./cdr";
import { decodeLydtFrame } from "./lydt";

/** What a coordinator gives a node (wire protocol, 1.4): five numbers, of which an edge acts on two. */
export interface Coordination {
  /** How aggressively to compress, 0 to 1; higher is more. */
  readonly targetCompression: number;
  /** The node's share of the uplink, Mbit/s, > 0. */
  readonly allocatedMbps: number;
}

/** What can be wrong with a coordination message. */
export type CoordinationErrorCode = "BAD_CDR" | "BAD_FRAME" | "BAD_META" | "NOT_FINITE" | "OUT_OF_RANGE" | "WRONG_FRAME_TYPE" | "FRAME_TOO_SHORT" | "LENGTH_MISMATCH" | "BAD_NODE_ID";

function checked(targetCompression: unknown, allocatedMbps: unknown): Result<Coordination, "BAD_META" | "NOT_FINITE" | "OUT_OF_RANGE"> {
  if (typeof targetCompression !== "number" || typeof allocatedMbps !== "number") {
    return fail("BAD_META", "The coordination lacks its target or its share of the uplink.");
  }
  if (!Number.isFinite(targetCompression) || !Number.isFinite(allocatedMbps)) return fail("NOT_FINITE", "The coordination has a value that is no number.");
  if (targetCompression < 0 || targetCompression > 1) return fail("OUT_OF_RANGE", "The coordination's target is not between 0 and 1.");
  if (allocatedMbps <= 0 || allocatedMbps > 100_000) return fail("OUT_OF_RANGE", "The coordination's share of the uplink is out of range.");
  return ok({ targetCompression, allocatedMbps });
}

/** Reads a coordination message of the LYDT dialect. */
export function decodeCoordination(bytes: Uint8Array): Result<Coordination, CoordinationErrorCode> {
  const data = decodeUInt8MultiArray(bytes);
  if (!data.ok) return data;
  const frame = decodeLydtFrame(data.value);
  if (!frame.ok) return frame;
  if (frame.value.type !== "coordination") return fail("WRONG_FRAME_TYPE", `A ${frame.value.type} frame came on a topic for coordination frames.`);
  return checked(frame.value.meta["target_compression"], frame.value.meta["allocated_mbps"]);
}

/** Reads a coordination message of the seed-era dialect: the same numbers by place. */
export function decodeLegacyCoordination(bytes: Uint8Array): Result<Coordination, CoordinationErrorCode> {
  const numbers = decodeFloat32MultiArray(bytes);
  return numbers.ok ? checked(numbers.value[0], numbers.value[1]) : numbers;
}
