import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ModelBenchmark, VerificationStep } from "../../../shared/contract/models";
import { fail, ok, type Result } from "../../../shared/result";
import { quantile } from "../../commands/measure";
import type { MonotonicMs } from "../../edge/codec/frame-codec";
import type { ModelSession } from "../../edge/codec/picture-codec";
import { openGraph, runtimeReason, type OpenGraph } from "../../inference/onnx-graph";
import { openModel } from "../../inference/onnx-session";
import { readOriginalBundle } from "../original-bundle";
import { readModel, type VerifiedModel } from "../registry";
import { benchmarkLevel, warmUp } from "./benchmark";
import { checkGolden, parseGolden } from "./golden";
import { checkContract, ORIGINAL_CONTRACT, type GraphContract } from "./graph-contract";
import type { VerifierReport, VerifierTask } from "./protocol";

/** What the checks need from their process. */
export interface CheckSurroundings {
  readonly nowMs: MonotonicMs;
  /** Tells the other side, at once: the next thing may be the last that this process does. */
  report(report: VerifierReport): void;
}

type Open = ModelSession & { close(): Promise<void> };

/** Runs the encoder of a bundle this often; its time hardly varies. */
const BUNDLE_RUNS = 8;

/** One step: told when it begins and when it ended. A step that throws is a fault of the model. */
async function step<Value>(
  { report }: CheckSurroundings,
  name: VerificationStep,
  work: () => Promise<Result<{ readonly value: Value; readonly sentence: string }>>,
): Promise<Result<Value>> {
  report({ kind: "step", step: name });
  let done: Result<{ readonly value: Value; readonly sentence: string }>;
  try {
    done = await work();
  } catch (thrown) {
    done = fail("MODEL_LOAD_FAILED", `The model failed while it ran: ${runtimeReason(thrown)}`);
  }
  report({ kind: "check", check: { step: name, passed: done.ok, sentence: done.ok ? done.value.sentence : done.error.message } });
  return done.ok ? ok(done.value.value) : done;
}

/** The graphs of a version with what its manifest says of them. */
function graphsOf({ manifest, analysis, synthesis }: VerifiedModel): readonly { readonly bytes: Uint8Array; readonly contract: GraphContract }[] {
  const of = (what: string, bytes: Uint8Array, graph: typeof manifest.analysis) => ({
    bytes,
    contract: { what, inputs: [graph.input, ...(graph.prediction === undefined ? [] : [graph.prediction])], outputs: [graph.output] },
  });
  return [of("The analysis", analysis, manifest.analysis), of("The synthesis", synthesis, manifest.synthesis)];
}

async function holdGraph(bytes: Uint8Array, contract: GraphContract): Promise<Result<null>> {
  const graph = await openGraph(bytes, contract.what);
  if (!graph.ok) return graph;
  const held = checkContract(graph.value, contract);
  await graph.value.close();
  return held;
}

/** Opens every graph, holds it against the manifest, then opens the whole model, which tries it on a picture. */
async function openChecked(model: VerifiedModel): Promise<Result<{ readonly value: Open; readonly sentence: string }>> {
  const graphs = graphsOf(model);
  for (const { bytes, contract } of graphs) {
    const held = await holdGraph(bytes, contract);
    if (!held.ok) return held;
  }
  const opened = await openModel(model);
  if (!opened.ok) return opened;
  return ok({ value: opened.value, sentence: `${graphs.length} graphs have the names, types and shapes of the manifest, and work on a picture.` });
}

async function decodeGolden(session: ModelSession, golden: Uint8Array | undefined): Promise<Result<{ readonly value: null; readonly sentence: string }>> {
  if (golden === undefined) {
    return fail("GOLDEN_MISMATCH", "It has no golden frames, so nothing shows that it decodes here to what it decoded to where it was made.");
  }
  const parsed = parseGolden(new TextDecoder().decode(golden));
  if (!parsed.ok) return parsed;
  const checked = await checkGolden(session, parsed.value);
  return checked.ok ? ok({ value: null, sentence: checked.value }) : checked;
}

function measured({ level, frames, ratio, msSsim, encodeP50Ms, encodeP95Ms }: ModelBenchmark): string {
  const what = level === null ? "" : `Level ${level}: `;
  const gain = ratio === null || msSsim === null ? "" : `ratio ${ratio.toFixed(1)}, MS-SSIM ${msSsim.toFixed(4)}, `;
  return `${what}${gain}encode ${encodeP50Ms.toFixed(1)} ms (p95 ${encodeP95Ms.toFixed(1)} ms) over ${frames} ${level === null ? "runs" : "frames"}.`;
}

/** Measures levels one after another and tells each. */
async function measureLevels(
  around: CheckSurroundings,
  session: ModelSession,
  levels: readonly number[],
  frames: number,
): Promise<Result<{ readonly value: null; readonly sentence: string }>> {
  const warm = await warmUp(session, around.nowMs);
  if (!warm.ok) return warm;
  const sentences: string[] = [];
  for (const level of levels) {
    const line = await benchmarkLevel(session, level, frames, around.nowMs);
    if (!line.ok) return line;
    around.report({ kind: "benchmark", line: line.value });
    sentences.push(measured(line.value));
  }
  return ok({ value: null, sentence: sentences.join(" ") });
}

async function checkModel(around: CheckSurroundings, target: { readonly folder: string; readonly version: string }, work: VerifierTask["work"]): Promise<Result<string>> {
  const model = await step(around, "hashes", async () => {
    const read = await readModel(target.folder, target.version);
    if (!read.ok) return read;
    return ok({ value: read.value, sentence: `Every file is the one that its manifest names (${read.value.manifestSha256.slice(0, 12)}).` });
  });
  if (!model.ok) return model;
  const opened = await step(around, "contract", () => openChecked(model.value));
  if (!opened.ok) return opened;
  const session = opened.value;
  const { levels, defaultLevel } = model.value.manifest;
  if (work.kind === "verify") {
    const golden = await step(around, "golden", () => decodeGolden(session, model.value.golden));
    if (!golden.ok) return golden;
  }
  const chosen = work.kind === "verify" ? [defaultLevel] : levels.map(({ level }) => level);
  const bench = await step(around, "benchmark", () => measureLevels(around, session, chosen, work.frames));
  if (!bench.ok) return bench;
  await session.close();
  return ok(`Model ${target.version} is verified: hashes, contract, golden frames and benchmark.`);
}

/** Runs a bundle's encoder on zeros and holds what comes out against the contract: free dimensions have become numbers. */
async function runBundle({ nowMs, report }: CheckSurroundings, graph: OpenGraph): Promise<Result<{ readonly value: null; readonly sentence: string }>> {
  const ofOne = ORIGINAL_CONTRACT.outputs.map((output) => ({ ...output, shape: output.shape.map((side) => (typeof side === "string" ? 1 : side)) }));
  const timesMs: number[] = [];
  for (let run = 0; run <= BUNDLE_RUNS; run++) {
    const startMs = nowMs();
    const outputs = await graph.runOnZeros();
    // The first run pays for the runtime's first allocations.
    if (run > 0) timesMs.push(nowMs() - startMs);
    const held = checkContract({ inputs: [], outputs }, { what: "The encoder, when it runs,", inputs: [], outputs: ofOne });
    if (!held.ok) return held;
  }
  const line: ModelBenchmark = {
    level: null,
    isDefault: true,
    frames: BUNDLE_RUNS,
    ratio: null,
    msSsim: null,
    encodeP50Ms: quantile(timesMs, 0.5),
    encodeP95Ms: quantile(timesMs, 0.95),
    decodeP50Ms: null,
    decodeP95Ms: null,
  };
  report({ kind: "benchmark", line });
  return ok({ value: null, sentence: `${measured(line)} There is no decoder: quality and ratio cannot be measured.` });
}

async function checkBundle(around: CheckSurroundings, folder: string): Promise<Result<string>> {
  const bundle = await step(around, "hashes", async () => {
    const read = await readOriginalBundle(folder);
    if (!read.ok) return read;
    const { recordedSha256, sha256, name } = read.value.onnx;
    const sentence =
      recordedSha256 === null
        ? `The bundle records no checksum of ${name}: nothing proves which file it is (SHA-256 ${sha256.slice(0, 12)}).`
        : `${name} is the file whose checksum the bundle records (${sha256.slice(0, 12)}).`;
    return ok({ value: read.value, sentence });
  });
  if (!bundle.ok) return bundle;
  const opened = await step(around, "contract", async () => {
    const bytes = await readFile(join(folder, bundle.value.onnx.name));
    const graph = await openGraph(bytes, bundle.value.onnx.name);
    if (!graph.ok) return graph;
    const held = checkContract(graph.value, ORIGINAL_CONTRACT);
    return held.ok ? ok({ value: graph.value, sentence: "The encoder has the four inputs and three outputs of the original project's bundles." }) : held;
  });
  if (!opened.ok) return opened;
  const ran = await step(around, "benchmark", () => runBundle(around, opened.value));
  if (!ran.ok) return ran;
  await opened.value.close();
  const recorded = bundle.value.onnx.recordedSha256 === null ? "its hash is unrecorded" : "its hash is the recorded one";
  return ok(`Bundle ${bundle.value.version}: ${recorded}, its encoder keeps its contract. It has no decoder, so its quality stays a prediction.`);
}

/** Does a task and tells how it goes; the last report is `done` or `refused`. */
export async function runChecks(task: VerifierTask, around: CheckSurroundings): Promise<void> {
  const { target, work } = task;
  const result = target.kind === "model" ? await checkModel(around, target, work) : await checkBundle(around, target.folder);
  around.report(result.ok ? { kind: "done", sentence: result.value } : { kind: "refused", code: result.error.code, message: result.error.message });
}
