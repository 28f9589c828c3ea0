import { parseModelVersion, parseNodeId, quoteUntrusted, type NodeId } from "../fleet/ids";
import type { HubNode, HubStatus } from "../fleet/hub-status";
import { fail, ok, type Result } from "../result";
import { decodeString } from "./cdr";
import { findBareNonFinite } from "./python-json";

/** What can be wrong with a fleet status. */
export type FleetStatusErrorCode = "BAD_CDR" | "BAD_STATUS" | "NOT_FINITE" | "OUT_OF_RANGE" | "BAD_NODE_ID" | "BAD_VERSION";

/** Nodes that a status may list; the largest known fleet has 200. */
export const MAX_HUB_NODES = 1_000;

/** A thousand nodes at 250 characters, four times over. */
const MAX_CHARACTERS = 1_000_000;

/** A profile's name is shown, so it is allow-listed like every other name. */
const PROFILE = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

const MAX_RATIO = 1e6;
const MAX_LATENCY_MS = 1e6;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads `/lydlr/fleet/status`, a String of JSON that the fleet hub writes once a second (wire protocol, 1.4).
 * Keys that are not known are ignored; the hub's timestamp too, since a status is as old as its arrival here.
 * Never throws, whatever the bytes are.
 *
 * @returns BAD_CDR; BAD_STATUS for what is not JSON of that shape, is too long, or lists a node twice;
 * NOT_FINITE for a bare NaN or Infinity, which Python writes, naming the key; OUT_OF_RANGE; BAD_NODE_ID and
 * BAD_VERSION for names that are not allow-listed: one of them condemns the whole status.
 */
export function readFleetStatus(bytes: Uint8Array, receivedAtMs: number): Result<HubStatus, FleetStatusErrorCode> {
  const text = decodeString(bytes);
  if (!text.ok) return text;
  if (text.value.length > MAX_CHARACTERS) {
    return fail("BAD_STATUS", `The status has ${text.value.length} characters; it can have ${MAX_CHARACTERS}.`);
  }
  const root = parseObject(text.value);
  if (!root.ok) return root;
  const profile = root.value["fleet_profile"] ?? "";
  if (typeof profile !== "string" || (profile !== "" && !PROFILE.test(profile))) {
    return fail("BAD_STATUS", `The status names its profile ${typeof profile === "string" ? quoteUntrusted(profile) : "as no text"}.`);
  }
  const listed = root.value["nodes"];
  if (!Array.isArray(listed)) return fail("BAD_STATUS", "The status has no list of nodes.");
  if (listed.length > MAX_HUB_NODES) return fail("BAD_STATUS", `The status lists ${listed.length} nodes; it can list ${MAX_HUB_NODES}.`);
  const nodes: HubNode[] = [];
  const seen = new Set<NodeId>();
  for (const entry of listed as readonly unknown[]) {
    const node = readNode(entry);
    if (!node.ok) return node;
    if (seen.has(node.value.nodeId)) return fail("BAD_STATUS", `The status lists ${node.value.nodeId} twice.`);
    seen.add(node.value.nodeId);
    nodes.push(node.value);
  }
  return ok({ receivedAtMs, profile: profile === "" ? null : profile, nodes });
}

function parseObject(text: string): Result<Fields, "BAD_STATUS" | "NOT_FINITE"> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    const bare = findBareNonFinite(text);
    if (bare === null) return fail("BAD_STATUS", "The status is not JSON.");
    const where = bare.key === null ? "a value" : quoteUntrusted(bare.key);
    return fail("NOT_FINITE", `The hub reports ${where} as ${bare.token}.`);
  }
  return isObject(parsed) ? ok(parsed) : fail("BAD_STATUS", "The status is not a JSON object.");
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readNode(entry: unknown): Result<HubNode, FleetStatusErrorCode> {
  if (!isObject(entry)) return fail("BAD_STATUS", "The status lists something that is no node.");
  const { node_id: id, alive, vertical = "", model_version: version } = entry;
  if (typeof id !== "string") return fail("BAD_STATUS", "The status lists a node without an id.");
  const nodeId = parseNodeId(id);
  if (!nodeId.ok) return nodeId;
  if (typeof alive !== "boolean") return fail("BAD_STATUS", `The status does not say whether ${nodeId.value} is alive.`);
  const name = version ?? "";
  if (typeof name !== "string") return fail("BAD_STATUS", `The status gives the version of ${nodeId.value} as something that is no text.`);
  const modelVersion = name === "" ? ok(null) : parseModelVersion(name);
  if (!modelVersion.ok) return modelVersion;
  const ratio = readNumber(entry, "compression_ratio", nodeId.value, MAX_RATIO);
  if (!ratio.ok) return ratio;
  const latencyMs = readNumber(entry, "latency_ms", nodeId.value, MAX_LATENCY_MS);
  if (!latencyMs.ok) return latencyMs;
  // A known node reports 0 to 255 as its quality, and the hub hands it on.
  const quality = readNumber(entry, "quality_score", nodeId.value, Number.MAX_VALUE);
  if (!quality.ok) return quality;
  return ok({
    nodeId: nodeId.value,
    isAlive: alive,
    vertical: vertical === "drone" || vertical === "iot" ? vertical : null,
    modelVersion: modelVersion.value,
    // Neither can be 0: it is what stands there before the first metrics.
    compressionRatio: ratio.value === 0 ? null : ratio.value,
    latencyMs: latencyMs.value === 0 ? null : latencyMs.value,
    qualityScore: quality.value !== null && quality.value <= 1 ? quality.value : null,
  });
}

function readNumber(entry: Fields, key: string, nodeId: NodeId, max: number): Result<number | null, "BAD_STATUS" | "OUT_OF_RANGE"> {
  const value = entry[key] ?? null;
  if (value === null) return ok(null);
  if (typeof value !== "number") return fail("BAD_STATUS", `The status gives "${key}" of ${nodeId} as something that is no number.`);
  // JSON itself cannot write an infinity, but 1e999 reads as one.
  if (value >= 0 && value <= max) return ok(value);
  return fail("OUT_OF_RANGE", `The status gives "${key}" of ${nodeId} as ${value}; it can be 0 to ${max}.`);
}
