import { join } from "node:path";
import { crc32 } from "../../shared/codec/crc32";
import type { SensorFrame } from "../../shared/codec/sensor-frame";
import { parseModelVersion, parseNodeId, type ModelVersion, type NodeId } from "../../shared/fleet/ids";
import type { Vertical } from "../../shared/fleet/sample";
import { fail, ok, type Result } from "../../shared/result";
import { startEdgeNode, type EdgeNode } from "../edge/node";
import { createSensorRig } from "../edge/sensors/rig";
import { createInferenceClient } from "../inference/client";
import { INFERENCE_ENVIRONMENT } from "../inference/process-memory";
import { findRos2, openRos2, type Ros2Surroundings } from "../link/ros2/open-ros2";
import { MAX_DOMAIN_ID } from "../link/ros2/ros-environment";
import { parseDuration } from "../start-options";
import { forkedProcess } from "../supervision/forked-process";
import { supervise } from "../supervision/supervisor";
import { machineStatus } from "../../shared/system/machine-status";
import { systemPort } from "../system/linux-port";
import { ownCpuMs } from "../system/own-cpu";
import type { OwnProcess } from "../system/port";
import { startSampler } from "../system/sampler";
import { steadyTimers } from "../time/steady-timers";
import { systemTimers } from "../time/system-timers";
import type { ModelPlaces } from "../registry/registry";
import { openModelShelf } from "../version-shelf";
import { modelPlacesOf, parseArguments, refuse, type ParsedArguments } from "./arguments";
import type { Command, CommandIo } from "./command";

const HELP = `usage: ./lydlr edge --node-id ID [--link ros2] [--domain N] [--models DIR] [--vertical drone|iot]

Runs one real edge node on ROS 2: it renders its sensors, compresses every frame with its model, publishes
frames, metrics and heartbeats, and obeys deploys.

  --node-id ID       1 to 64 of A-Z a-z 0-9 _, beginning with a letter
  --domain N         ROS_DOMAIN_ID
  --models DIR       the versions that it can load (models)
  --version VERSION  what it runs at first (the lowest that is no drill)
  --vertical KIND    drone (10 Hz, the default) or iot (2 Hz)
  --for TIME         ends after 500ms, 20s, 2m, 1h
`;

/** The compression that it asks of its model, 0 (finest) to 1: the middle, as the embedded fleet's. */
const COMPRESSION_LEVEL = 0.5;

/** What was asked for. */
interface EdgePlan {
  readonly nodeId: NodeId;
  readonly vertical: Vertical;
  readonly domainId: number | null;
  readonly modelsDir: ModelPlaces;
  readonly version: ModelVersion;
  readonly forMs: number | null;
}

async function planOf(values: ParsedArguments["values"]): Promise<Result<EdgePlan>> {
  const text = (name: string): string | undefined => (typeof values[name] === "string" ? values[name] : undefined);
  if ((text("link") ?? "ros2") !== "ros2") return fail("BAD_USAGE", "--link takes ros2: an edge node runs on ROS 2.");
  const nodeId = parseNodeId(text("node-id") ?? "");
  if (!nodeId.ok) return fail("BAD_USAGE", `--node-id: ${nodeId.error.message}`);
  const vertical = text("vertical") ?? "drone";
  if (vertical !== "drone" && vertical !== "iot") return fail("BAD_USAGE", "--vertical takes drone or iot.");
  const domain = text("domain");
  if (domain !== undefined && !(/^\d+$/.test(domain) && Number(domain) <= MAX_DOMAIN_ID)) {
    return fail("BAD_USAGE", `--domain takes a whole number from 0 to ${String(MAX_DOMAIN_ID)}.`);
  }
  const duration = text("for") === undefined ? ok(null) : parseDuration(text("for") ?? "");
  if (!duration.ok) return duration;
  const modelsDir = modelPlacesOf(values);
  const shelf = await openModelShelf(modelsDir);
  const wanted = text("version") ?? shelf.initialVersion;
  if (wanted === null) return fail("MODEL_LOAD_FAILED", `No verified model that is no drill was found in ${modelsDir.join(" and ")}.`);
  const version = parseModelVersion(wanted);
  if (!version.ok) return version;
  return ok({
    nodeId: nodeId.value,
    vertical,
    domainId: domain === undefined ? null : Number(domain),
    modelsDir,
    version: version.value,
    forMs: duration.value,
  });
}

/** Runs the node until it is told to end; resolves with what it did. */
async function runEdge(plan: EdgePlan, io: CommandIo): Promise<Result<ReturnType<EdgeNode["frames"]>>> {
  const { nodeId, vertical } = plan;
  const timers = steadyTimers(systemTimers, () => undefined);
  const surroundings: Ros2Surroundings = {
    spawn: forkedProcess,
    entry: join(__dirname, "ros2-host.cjs"),
    environment: process.env,
    timers,
    graph: { domainId: plan.domainId, discoveryRange: null },
    standby: false,
    nodeName: "lydlr_edge",
  };
  const record = await findRos2(surroundings, true);
  if (!record.ok) return record;
  const link = openRos2(surroundings, record.value);
  const inference = supervise({ name: "inference", spawn: forkedProcess, entry: join(__dirname, "inference-host.cjs"), env: INFERENCE_ENVIRONMENT, timers });
  const client = createInferenceClient(inference.port, plan.modelsDir);
  const ownProcesses = (): readonly OwnProcess[] => {
    const supervised = [inference.status(), ...link.processes()];
    return [{ pid: process.pid, kind: "edge" }, ...supervised.flatMap(({ name, pid }) => (pid === null ? [] : [{ pid, kind: name }]))];
  };
  const sampler = startSampler({ timers, port: systemPort(), dataDir: plan.modelsDir[0] ?? ".", processes: ownProcesses, cpuMs: ownCpuMs, onSample: () => undefined });
  const node = startEdgeNode<SensorFrame>({
    nodeId,
    vertical,
    timers,
    // The same id is the same place and the same sensors, in every run.
    rig: createSensorRig({ seed: crc32(new TextEncoder().encode(nodeId)), vertical }),
    encoder: client,
    initialVersion: plan.version,
    compressionLevel: COMPRESSION_LEVEL,
    phaseMs: 0,
    publish: (message) => {
      // A frame that nobody can be sent is gone, as on any network: the next one is 100 ms away.
      void link.publish({ ...message, awaitSubscriptionMs: 0 });
    },
    onIncident: ({ code, message }) => {
      io.stderr(`${code}: ${message}\n`);
    },
    machine: () => machineStatus(nodeId, sampler.stats()),
  });
  for (const endpoint of node.publications) link.advertise(endpoint);
  for (const endpoint of node.subscriptions) link.subscribe(endpoint);
  inference.port.onUp(() => {
    node.inferenceCameUp();
  });
  inference.port.onDown(() => {
    node.inferenceWentDown();
  });
  await link.start({
    onMessage: ({ topic, bytes }) => {
      node.receive(topic, bytes);
    },
    onGraphChange: () => undefined,
    onStatus: ({ state, sentence }) => {
      io.stderr(`lydlr: ${nodeId}: ${state}: ${sentence}\n`);
    },
  });
  await new Promise<void>((resolve) => {
    const end = (): void => {
      resolve();
    };
    process.once("SIGINT", end);
    process.once("SIGTERM", end);
    if (plan.forMs !== null) setTimeout(end, plan.forMs);
  });
  node.stop();
  sampler.stop();
  await link.stop();
  client.close();
  await inference.stop();
  return ok(node.frames());
}

/** `./lydlr edge`: one edge node as a ROS 2 node. */
export const run: Command = async (args, io) => {
  const names = ["node-id", "link", "domain", "models", "version", "vertical", "for"];
  const parsed = parseArguments(args, Object.fromEntries(names.map((name) => [name, { type: "string" } as const])));
  if (!parsed.ok) return refuse(io, parsed.error);
  if (parsed.value.values["help"] === true) {
    io.stdout(HELP);
    return 0;
  }
  const plan = await planOf(parsed.value.values);
  if (!plan.ok) return refuse(io, plan.error);
  const done = await runEdge(plan.value, io);
  if (!done.ok) return refuse(io, done.error);
  const { sampled, putOut, skipped } = done.value;
  io.stdout(`${plan.value.nodeId}: ${String(sampled)} frames sampled, ${String(putOut)} put out, ${String(skipped)} skipped\n`);
  return 0;
};
