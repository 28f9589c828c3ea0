import type { GraphValue } from "../../inference/onnx-graph";
import { fail, ok, type Result } from "../../../shared/result";

/** What a graph's inputs and outputs must be; a text is a dimension that may be free. */
export interface GraphContract {
  /** How sentences call the graph. */
  readonly what: string;
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
}

/**
 * The encoder of the original project's bundles (its `export_onnx_bundle.py`): float32, only the batch free.
 */
export const ORIGINAL_CONTRACT: GraphContract = {
  what: "The encoder",
  inputs: [
    { name: "image", dtype: "float32", shape: ["batch", 3, 480, 640] },
    { name: "lidar", dtype: "float32", shape: ["batch", 3072] },
    { name: "imu", dtype: "float32", shape: ["batch", 6] },
    { name: "audio", dtype: "float32", shape: ["batch", 16384] },
  ],
  outputs: [
    { name: "compressed", dtype: "float32", shape: ["batch", 64] },
    { name: "predicted_quality", dtype: "float32", shape: ["batch", 1] },
    { name: "quant_indices", dtype: "float32", shape: ["batch", 64] },
  ],
};

/** A shape as a person reads it. */
function shapeText(shape: GraphValue["shape"]): string {
  return `[${shape.join(", ")}]`;
}

/** Whether a shape of a graph serves where another is expected: a free dimension serves any, a fixed one itself. */
function serves(actual: GraphValue["shape"], expected: GraphValue["shape"]): boolean {
  return (
    actual.length === expected.length &&
    expected.every((wanted, i) => {
      const side = actual[i];
      // Where any size must do, one that is fixed to 1 still serves a batch of one.
      if (typeof wanted === "string") return typeof side === "string" || (i === 0 && side === 1);
      return typeof side === "string" || side === wanted;
    })
  );
}

function holdAgainst(
  what: string,
  side: "input" | "output",
  actual: readonly GraphValue[],
  expected: readonly GraphValue[],
): Result<null, "CONTRACT_MISMATCH"> {
  for (const wanted of expected) {
    const found = actual.find(({ name }) => name === wanted.name);
    const described = `${side} ${wanted.name} of ${wanted.dtype} ${shapeText(wanted.shape)}`;
    if (found === undefined) {
      const names = actual.map(({ name }) => name).slice(0, 8).join(", ");
      return fail("CONTRACT_MISMATCH", `${what} must have the ${described}; it has ${names === "" ? "none" : names}.`);
    }
    if (found.dtype !== wanted.dtype || !serves(found.shape, wanted.shape)) {
      return fail("CONTRACT_MISMATCH", `${what} must have the ${described}; there it is ${found.dtype} ${shapeText(found.shape)}.`);
    }
  }
  const extra = actual.find(({ name }) => !expected.some((wanted) => wanted.name === name));
  // An output too many is never asked for; an input too many could not be given.
  if (extra !== undefined && side === "input") {
    return fail("CONTRACT_MISMATCH", `${what} asks for an input ${extra.name} that its contract does not have.`);
  }
  return ok(null);
}

/** Holds a graph's names, types and shapes against its contract; CONTRACT_MISMATCH says where they part. */
export function checkContract(
  graph: { readonly inputs: readonly GraphValue[]; readonly outputs: readonly GraphValue[] },
  contract: GraphContract,
): Result<null, "CONTRACT_MISMATCH"> {
  const inputs = holdAgainst(contract.what, "input", graph.inputs, contract.inputs);
  return inputs.ok ? holdAgainst(contract.what, "output", graph.outputs, contract.outputs) : inputs;
}
