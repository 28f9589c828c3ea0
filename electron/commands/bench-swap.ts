import { join } from "node:path";
import type { ModelVersion, NodeId } from "../../shared/fleet/ids";
import type { SensorFrame } from "../../shared/codec/sensor-frame";
import { fail } from "../../shared/result";
import { encodeDeploy } from "../../shared/wire/deploy";
import { startEdgeNode, type EdgeIncident } from "../edge/node";
import { createSensorRig } from "../edge/sensors/rig";
import { createInferenceClient } from "../inference/client";
import { INFERENCE_ENVIRONMENT } from "../inference/process-memory";
import { listModels } from "../registry/registry";
import { forkedProcess } from "../supervision/forked-process";
import { supervise } from "../supervision/supervisor";
import { systemTimers } from "../time/system-timers";
import { modelsFolderOf, parseArguments, refuse } from "./arguments";
import type { CommandIo, ExitCode } from "./command";

const HELP = `usage: ./lydlr bench swap [--swaps N] [--models DIR] [--plain-memory] [--json]
       ./lydlr bench swap --app [--swaps N] [--json]

Runs one edge node at 10 Hz with its inference process and swaps its model back and forth while it runs.
Counts frames that were sampled and not put out, and the memory of the inference process before and after.

  --swaps N       how many (50)
  --plain-memory  without what the inference process is told about asking for memory
  --app           in the window, with the inference process that runs there, and only its memory
`;

const NODE = "node_0" as NodeId;
const WARM_UP_SWAPS = 10;
/** Frames put out with a version before the next swap. */
const FRAMES_EACH = 4;
/** "Within 10 %". */
const MOST_GROWTH = 1.1;

/** `./lydlr bench swap`. */
export async function run(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  const parsed = parseArguments(args, { swaps: { type: "string" }, models: { type: "string" }, "plain-memory": { type: "boolean" }, json: { type: "boolean" } });
  if (!parsed.ok) return refuse(io, parsed.error);
  const { values, positionals } = parsed.value;
  if (values["help"] === true) {
    io.stdout(HELP);
    return 0;
  }
  const swaps = Number(values["swaps"] ?? 50);
  if (positionals.length > 0 || !Number.isInteger(swaps) || swaps < 1 || swaps > 10_000) return refuse(io, fail("BAD_USAGE", "see ./lydlr bench swap --help.").error);
  const folder = modelsFolderOf(values);
  const listed = await listModels(folder);
  if (!listed.ok) return refuse(io, listed.error);
  const versions = listed.value.flatMap(({ model }) => (model.ok && !model.manifest.drill ? [model.manifest.version as ModelVersion] : [])).slice(-2);
  const [first, second] = versions;
  if (first === undefined || second === undefined) return refuse(io, fail("UNKNOWN_VERSION", "Two usable versions are needed to swap between.").error);

  const env = values["plain-memory"] === true ? {} : INFERENCE_ENVIRONMENT;
  const supervised = supervise({ name: "inference", spawn: forkedProcess, entry: join(__dirname, "inference-host.cjs"), env, timers: systemTimers });
  const client = createInferenceClient(supervised.port, folder);
  const incidents: EdgeIncident[] = [];
  let waiting: (() => void) | null = null;
  const node = startEdgeNode<SensorFrame>({
    nodeId: NODE,
    vertical: "drone",
    timers: systemTimers,
    rig: createSensorRig({ seed: 1, vertical: "drone" }),
    encoder: client,
    initialVersion: first,
    compressionLevel: 0.5,
    phaseMs: 0,
    publish: ({ kind }) => {
      if (kind === "compressed") waiting?.();
    },
    onIncident: (incident) => incidents.push(incident),
  });
  const stopListening = supervised.port.onUp(() => {
    node.inferenceCameUp();
  });
  const framesOut = (count: number, isRight: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      let left = count;
      waiting = () => {
        if (isRight()) left -= 1;
        if (left > 0) return;
        waiting = null;
        resolve();
      };
    });
  async function swapTo(version: ModelVersion, other: ModelVersion): Promise<number> {
    const { topic, bytes } = encodeDeploy(NODE, "lydt", version);
    node.receive(topic, bytes);
    await framesOut(FRAMES_EACH, () => node.modelVersion() === version);
    await client.unload(other);
    const stats = await client.stats();
    return stats.ok ? stats.value.rssBytes : Number.NaN;
  }
  try {
    await framesOut(FRAMES_EACH, () => true);
    let memory: number[] = [];
    const startedAtMs = systemTimers.monotonicMs();
    for (let swap = 0; swap < WARM_UP_SWAPS + swaps; swap++) {
      // Pages of the runtime itself come in with the first swaps: they are not what a swap keeps.
      if (swap === WARM_UP_SWAPS) memory = memory.slice(-2);
      memory.push(await (swap % 2 === 0 ? swapTo(second, first) : swapTo(first, second)));
    }
    // So slowly that no frame is under way when it is stopped: what was sampled then must have been put out.
    node.setRateFactor(0.2);
    await framesOut(2, () => true);
    node.stop();
    const { sampled, putOut, skipped } = node.frames();
    // Even and odd swaps end at different versions: like is compared with like.
    const before = ((memory[0] ?? 0) + (memory[1] ?? 0)) / 2;
    const after = ((memory.at(-1) ?? 0) + (memory.at(-2) ?? 0)) / 2;
    const lost = sampled - putOut;
    const line = {
      type: "summary",
      versions,
      swaps,
      sampled,
      putOut,
      lost,
      skipped,
      incidents: incidents.length,
      memoryBeforeBytes: before,
      memoryAfterBytes: after,
      memoryRatio: after / before,
      seconds: (systemTimers.monotonicMs() - startedAtMs) / 1000,
    };
    if (values["json"] !== true) io.stderr(`memory after each swap, MB: ${memory.map((bytes) => (bytes / 1e6).toFixed(0)).join(" ")}\n`);
    const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
    io.stdout(
      values["json"] === true
        ? `${JSON.stringify(line)}\n`
        : `${String(swaps)} swaps between ${first} and ${second}: ${String(sampled)} frames sampled, ${String(putOut)} put out, ${String(lost)} lost, ${String(skipped)} deadlines skipped; memory of the inference process ${megabytes(before)} MB before, ${megabytes(after)} MB after (${(line.memoryRatio * 100).toFixed(1)} %)\n`,
    );
    return lost === 0 && incidents.length === 0 && line.memoryRatio <= MOST_GROWTH ? 0 : 1;
  } finally {
    stopListening();
    node.stop();
    client.close();
    await supervised.stop();
  }
}
