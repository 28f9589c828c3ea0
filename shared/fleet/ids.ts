import { fail, ok, type Result } from "../result";

declare const nodeIdBrand: unique symbol;
declare const modelVersionBrand: unique symbol;

/** The name of an edge node as it stands in its topics: an allow-listed string, never free text. */
export type NodeId = string & { readonly [nodeIdBrand]: true };

/** The name of a model version as nodes report it and deploys carry it: sent exactly as it was parsed. */
export type ModelVersion = string & { readonly [modelVersionBrand]: true };

/** A ROS topic token that starts with a letter (REP 144 names), at most 64 characters. */
const NODE_ID = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

const MODEL_VERSION = /^[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}$/;

/** Topic segments of the field that look like nodes and are none (wire protocol, 1.2). */
const NOT_NODES: ReadonlySet<string> = new Set(["fleet", "ground", "coordinator"]);

/** How much of an untrusted string an error sentence repeats. */
const QUOTED_CHARACTERS = 40;

/** Quotes an untrusted string for a sentence: control characters escaped, cut to 40 characters. */
export function quoteUntrusted(text: string): string {
  const shown = text.length > QUOTED_CHARACTERS ? `${text.slice(0, QUOTED_CHARACTERS)}…` : text;
  return JSON.stringify(shown);
}

/**
 * Parses a node id.
 * @returns BAD_NODE_ID for anything that is not 1 to 64 of A-Z a-z 0-9 _ starting with a letter, and
 * for the topic segments `fleet`, `ground` and `coordinator`, which are not nodes.
 */
export function parseNodeId(text: string): Result<NodeId, "BAD_NODE_ID"> {
  if (NOT_NODES.has(text)) {
    return fail("BAD_NODE_ID", `${quoteUntrusted(text)} is a part of the fleet's topics, not a node.`);
  }
  if (!NODE_ID.test(text)) {
    return fail(
      "BAD_NODE_ID",
      `${quoteUntrusted(text)} is not a node id: 1 to 64 of A-Z a-z 0-9 _, starting with a letter.`,
    );
  }
  return ok(text as NodeId);
}

/**
 * Parses a model version.
 * @returns BAD_VERSION for anything that is not 1 to 64 of A-Z a-z 0-9 . + _ - starting with a letter or digit.
 */
export function parseModelVersion(text: string): Result<ModelVersion, "BAD_VERSION"> {
  if (!MODEL_VERSION.test(text)) {
    return fail(
      "BAD_VERSION",
      `${quoteUntrusted(text)} is not a version: 1 to 64 of A-Z a-z 0-9 . + _ -, starting with a letter or digit.`,
    );
  }
  return ok(text as ModelVersion);
}
