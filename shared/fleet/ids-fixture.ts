import { parseModelVersion, parseNodeId, type ModelVersion, type NodeId } from "./ids";

/** A version for tests; throws on a name that is none. */
export function version(text: string): ModelVersion {
  const parsed = parseModelVersion(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

/** A node id for tests; throws on a name that is none. */
export function node(text: string): NodeId {
  const parsed = parseNodeId(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}
