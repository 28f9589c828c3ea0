import * as ort from "onnxruntime-node";
import type { CameraImage } from "../../shared/codec/sensor-frame";
import { fail, ok, type Result } from "../../shared/result";
import type { ModelSession } from "../edge/codec/picture-codec";
import type { VerifiedModel } from "../registry/registry";

/** A model in memory, ready to run. */
export interface OpenModel extends ModelSession {
  /** Gives its memory back; it must not be used afterwards. */
  close(): Promise<void>;
}

/**
 * One core for one frame, without threads that spin while they wait: an edge node has other work, and so has
 * this desktop. The arena is off because it keeps the peak of every picture size for ever.
 */
const SESSION_OPTIONS: ort.InferenceSession.SessionOptions = {
  executionProviders: ["cpu"],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: "sequential",
  graphOptimizationLevel: "all",
  enableCpuMemArena: true,
  enableMemPattern: true,
  logSeverityLevel: 3,
  extra: { session: { intra_op: { allow_spinning: "0" }, inter_op: { allow_spinning: "0" } } },
};

/**
 * The picture that a new model is tried with, in patches: with patches of 8 pixels the size of an embedded
 * camera, so that the first frame after a swap is not the one that pays for the runtime's first allocations.
 */
const TRIAL = { rows: 30, columns: 40 } as const;

function reasonOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.split("\n")[0]?.slice(0, 200) ?? "";
}

async function openSessions(model: VerifiedModel): Promise<readonly [ort.InferenceSession, ort.InferenceSession]> {
  const analysis = await ort.InferenceSession.create(model.analysis, SESSION_OPTIONS);
  try {
    return [analysis, await ort.InferenceSession.create(model.synthesis, SESSION_OPTIONS)];
  } catch (thrown) {
    await analysis.release();
    throw thrown;
  }
}

/**
 * Opens a verified model and tries it on a black picture, so that a model that cannot work is refused here
 * and not in the middle of a flight.
 *
 * @returns MODEL_LOAD_FAILED with the runtime's reason.
 */
export async function openModel(model: VerifiedModel): Promise<Result<OpenModel, "MODEL_LOAD_FAILED">> {
  const { manifest, entropy } = model;
  let sessions: readonly [ort.InferenceSession, ort.InferenceSession];
  try {
    sessions = await openSessions(model);
  } catch (thrown) {
    return fail("MODEL_LOAD_FAILED", `Model ${manifest.version} could not be opened: ${reasonOf(thrown)}`);
  }
  const [analysis, synthesis] = sessions;

  type Graph = VerifiedModel["manifest"]["analysis"];
  const pictureTensor = ({ rgb, width, height }: CameraImage): ort.Tensor => new ort.Tensor("uint8", rgb, [1, height, width, 3]);
  async function run(session: ort.InferenceSession, graph: Graph, input: ort.Tensor, prediction: CameraImage | null): Promise<ort.Tensor> {
    if ((graph.prediction === undefined) !== (prediction === null)) throw new Error("a prediction that the model does not take, or none that it needs");
    const seen = graph.prediction === undefined || prediction === null ? {} : { [graph.prediction.name]: pictureTensor(prediction) };
    const outputs = await session.run({ [graph.input.name]: input, ...seen });
    const output = outputs[graph.output.name];
    if (output === undefined || output.type !== graph.output.dtype) {
      throw new Error(`no output ${graph.output.name} of ${graph.output.dtype}`);
    }
    return output;
  }
  const opened: OpenModel = {
    version: manifest.version,
    patch: manifest.patch,
    entropy,
    defaultLevel: manifest.defaultLevel,
    keyframeInterval: manifest.stream?.keyframeInterval ?? 1,
    analyse: async (image, prediction) => {
      const output = await run(analysis, manifest.analysis, pictureTensor(image), prediction);
      const values = output.data;
      const expected = (manifest.latents * image.width * image.height) / (manifest.patch * manifest.patch);
      if (!(values instanceof Float32Array) || values.length !== expected) throw new Error("the latents have another size than the manifest says");
      return values;
    },
    synthesise: async (latents, rows, columns, prediction) => {
      const input = new ort.Tensor("float32", latents, [1, manifest.latents, rows, columns]);
      const output = await run(synthesis, manifest.synthesis, input, prediction);
      const values = output.data;
      const expected = rows * columns * manifest.patch * manifest.patch * 3;
      if (!(values instanceof Uint8Array) || values.length !== expected) throw new Error("the picture has another size than the manifest says");
      return values;
    },
    close: async () => {
      await analysis.release();
      await synthesis.release();
    },
  };
  try {
    const width = TRIAL.columns * manifest.patch;
    const height = TRIAL.rows * manifest.patch;
    const black = { width, height, rgb: new Uint8Array(width * height * 3) };
    const prediction = manifest.stream === undefined ? null : black;
    const latents = await opened.analyse(black, prediction);
    await opened.synthesise(latents, TRIAL.rows, TRIAL.columns, prediction);
  } catch (thrown) {
    await opened.close();
    return fail("MODEL_LOAD_FAILED", `Model ${manifest.version} does not do what its manifest says: ${reasonOf(thrown)}`);
  }
  return ok(opened);
}
