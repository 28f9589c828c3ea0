import * as ort from "onnxruntime-node";
import { fail, ok, type Result } from "../../shared/result";

/** An input or output of a graph as the runtime sees it; a text is a dimension that is free. */
export interface GraphValue {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly (number | string)[];
}

/** A graph of which nothing is known but what it says of itself. */
export interface OpenGraph {
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  /** Runs it with zeros, free dimensions taken as 1. Rejects with the runtime's reason. */
  runOnZeros(): Promise<readonly GraphValue[]>;
  /** Gives its memory back; it must not be used afterwards. */
  close(): Promise<void>;
}

const OPTIONS: ort.InferenceSession.SessionOptions = {
  executionProviders: ["cpu"],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  enableCpuMemArena: false,
  enableMemPattern: false,
  logSeverityLevel: 4,
};

function valueOf(metadata: ort.InferenceSession.ValueMetadata): GraphValue {
  return metadata.isTensor
    ? { name: metadata.name, dtype: metadata.type, shape: metadata.shape }
    : { name: metadata.name, dtype: "no tensor", shape: [] };
}

function zeros({ name, dtype, shape }: GraphValue): ort.Tensor {
  const sides = shape.map((side) => (typeof side === "number" && side > 0 ? side : 1));
  const size = sides.reduce((product, side) => product * side, 1);
  if (dtype === "float32") return new ort.Tensor("float32", new Float32Array(size), sides);
  if (dtype === "uint8") return new ort.Tensor("uint8", new Uint8Array(size), sides);
  throw new Error(`the input ${name} is of ${dtype}`);
}

/** The first line of what the runtime threw, cut to 200 characters. */
export function runtimeReason(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.split("\n")[0]?.slice(0, 200) ?? "";
}

/**
 * Opens a graph from its bytes, without reading any file: the runtime refuses weights that lie outside.
 *
 * @returns MODEL_LOAD_FAILED with the runtime's reason.
 */
export async function openGraph(bytes: Uint8Array, what: string): Promise<Result<OpenGraph, "MODEL_LOAD_FAILED">> {
  let session: ort.InferenceSession;
  try {
    session = await ort.InferenceSession.create(bytes, OPTIONS);
  } catch (thrown) {
    return fail("MODEL_LOAD_FAILED", `${what} could not be opened: ${runtimeReason(thrown)}`);
  }
  const inputs = session.inputMetadata.map(valueOf);
  return ok({
    inputs,
    outputs: session.outputMetadata.map(valueOf),
    runOnZeros: async () => {
      const results = await session.run(Object.fromEntries(inputs.map((input) => [input.name, zeros(input)])));
      return Object.entries(results).map(([name, tensor]) => ({ name, dtype: tensor.type, shape: tensor.dims }));
    },
    close: () => session.release(),
  });
}
