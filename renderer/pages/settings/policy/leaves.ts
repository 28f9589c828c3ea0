import { parsePolicy, type Policy } from "../../../../shared/policy/policy";
import type { Result } from "../../../../shared/result";

/**
 * A policy taken apart into its values, each under the path that it has in the file. Edits are then changes of
 * single values: they can be counted, taken back one by one, and put onto a newer revision.
 */

/** One value of a policy. */
export type Leaf = number | boolean | string;

/** The names that lead to a value: `["verticals", "drone", "limits", "maxLatencyMs"]`. */
export type Path = readonly string[];

/** Values by the key of their path. */
export type Leaves = ReadonlyMap<string, Leaf>;

/** Changes of values; null takes one out, so that it is inherited. */
export type Edits = ReadonlyMap<string, Leaf | null>;

/** A path as the key of a map. Names may hold anything, so they are escaped. */
export function keyOf(path: Path): string {
  return path.map(encodeURIComponent).join("/");
}

/** The path behind a key. */
export function pathOf(key: string): Path {
  return key.split("/").map(decodeURIComponent);
}

function isLeaf(value: unknown): value is Leaf {
  return typeof value === "number" || typeof value === "boolean" || typeof value === "string";
}

function collect(value: unknown, path: Path, into: Map<string, Leaf>): void {
  if (isLeaf(value)) into.set(keyOf(path), value);
  else if (typeof value === "object" && value !== null) {
    for (const [name, inside] of Object.entries(value)) collect(inside, [...path, name], into);
  }
}

/** Takes a policy apart. What is empty is gone: it says nothing. */
export function leavesOf(policy: Policy): Leaves {
  const leaves = new Map<string, Leaf>();
  collect(policy, [], leaves);
  return leaves;
}

function assemble(entries: readonly (readonly [Path, Leaf])[]): unknown {
  const inside = new Map<string, (readonly [Path, Leaf])[]>();
  for (const [[first = "", ...rest], leaf] of entries) inside.set(first, [...(inside.get(first) ?? []), [rest, leaf]]);
  return Object.fromEntries(
    [...inside].map(([name, below]) => {
      const [only] = below;
      return [name, only !== undefined && only[0].length === 0 ? only[1] : assemble(below)];
    }),
  );
}

/** Puts a policy together; BAD_POLICY names the first value that it cannot have. */
export function policyFrom(leaves: Leaves): Result<Policy, "BAD_POLICY"> {
  return parsePolicy(assemble([...leaves].map(([key, leaf]) => [pathOf(key), leaf] as const)));
}

/** The values after some edits. */
export function edited(base: Leaves, edits: Edits): Leaves {
  const leaves = new Map(base);
  for (const [key, leaf] of edits) {
    if (leaf === null) leaves.delete(key);
    else leaves.set(key, leaf);
  }
  return leaves;
}

/** One more edit; one that changes nothing is none. */
export function withEdit(base: Leaves, edits: Edits, path: Path, leaf: Leaf | null): Edits {
  const key = keyOf(path);
  const next = new Map(edits);
  if (Object.is(base.get(key) ?? null, leaf)) next.delete(key);
  else next.set(key, leaf);
  return next;
}

/** The edits that make one policy of another. */
export function editsBetween(base: Leaves, wanted: Leaves): Edits {
  const edits = new Map<string, Leaf | null>();
  for (const [key, leaf] of wanted) if (!Object.is(base.get(key), leaf)) edits.set(key, leaf);
  for (const key of base.keys()) if (!wanted.has(key)) edits.set(key, null);
  return edits;
}
