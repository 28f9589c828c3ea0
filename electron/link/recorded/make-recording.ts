/**
 * Makes the recording that benchmarks of the window replay (assets/recordings/README.md has the command):
 * a drone and two gateways that really compress for a minute.
 *
 * Arguments: the project's folder, the model version, the file to write, and by how much to stretch time
 * (default 1) on a machine too busy to keep the nodes' rates. Exit 1 with a sentence on failure.
 */
import { join } from "node:path";
import { parseModelVersion } from "../../../shared/fleet/ids";
import type { Timers } from "../../../shared/time";
import { HEARTBEAT_PERIOD_MS } from "../../edge/node";
import { SENSOR_PROFILES } from "../../edge/sensors/profile";
import { createSensorRig, HEALTHY_CAMERA_NOISE_SIGMA } from "../../edge/sensors/rig";
import { createInferenceClient } from "../../inference/client";
import { forkedProcess } from "../../supervision/forked-process";
import { supervise } from "../../supervision/supervisor";
import { systemTimers } from "../../time/system-timers";
import { createEmbeddedLink } from "../embedded/embedded-link";
import { planFleet } from "../embedded/fleet-plan";
import { recordLink } from "./record-link";

const NODES = 3;
const SEED = 1;
const DURATION_MS = 60_000;
const WARM_UP_MS = 5_000;
const COMPRESSION_LEVEL = 0.5;
/** A machine that was busy otherwise skipped frames, and its recording would ask less of the window. */
const LEAST_RATE_SHARE = 0.95;

/** Time that passes `factor` times slower: the nodes see their own rates, the machine has longer for each frame. */
function stretched(timers: Timers, factor: number): Timers {
  return {
    wallMs: () => timers.wallMs(),
    monotonicMs: () => timers.monotonicMs() / factor,
    after: (delayMs, callback) => timers.after(delayMs * factor, callback),
  };
}

async function main(root: string, versionText: string, file: string, stretch: number): Promise<string | null> {
  const timers = stretched(systemTimers, stretch);
  const version = parseModelVersion(versionText);
  if (!version.ok) return `${version.error.code}: ${version.error.message}`;
  const supervised = supervise({
    name: "inference",
    spawn: forkedProcess,
    entry: join(root, "dist", "inference-host.cjs"),
    timers: systemTimers,
  });
  const client = createInferenceClient(supervised.port, join(root, "models"));
  const plans = planFleet(NODES, SEED);
  const notices = new Set<string>();
  const link = createEmbeddedLink({
    nodes: NODES,
    seed: SEED,
    timers,
    inference: {
      load: client.load,
      encode: client.encode,
      onUp: supervised.port.onUp,
      onDown: supervised.port.onDown,
    },
    initialVersion: version.value,
    compressionLevel: COMPRESSION_LEVEL,
    healthyNoiseSigma: HEALTHY_CAMERA_NOISE_SIGMA,
    createRig: ({ seed, vertical }) => createSensorRig({ seed, vertical }),
    onIncident: (incident) => notices.add(incident.message),
  });
  const recorded = await recordLink({
    link,
    timers,
    durationMs: DURATION_MS,
    warmUpMs: WARM_UP_MS,
    nodeIds: plans.map((plan) => plan.nodeId),
    file,
  });
  client.close();
  await supervised.stop();
  for (const notice of notices) process.stderr.write(`${notice}\n`);
  if (!recorded.ok) return `${recorded.error.code}: ${recorded.error.message}`;
  const { messages, bytes } = recorded.value;
  const expectedHz = plans.reduce((sum, plan) => sum + 2 * SENSOR_PROFILES[plan.vertical].rateHz, 0);
  const expected = (expectedHz * DURATION_MS) / 1000 + (plans.length * DURATION_MS) / HEARTBEAT_PERIOD_MS;
  if (messages < LEAST_RATE_SHARE * expected) {
    return `NODE_SILENT: ${String(messages)} messages came, ${String(expected)} are due: record on an idle machine, or stretch time.`;
  }
  process.stdout.write(`${file}: ${String(messages)} messages of ${String(NODES)} nodes in ${String(bytes)} bytes\n`);
  return null;
}

const [root, version, file, stretch = "1"] = process.argv.slice(2);
if (root === undefined || version === undefined || file === undefined || !(Number(stretch) >= 1)) {
  process.stderr.write("BAD_USAGE: make-recording ROOT VERSION FILE [STRETCH]\n");
  process.exitCode = 2;
} else {
  void main(root, version, file, Number(stretch)).then((failure) => {
    if (failure === null) return;
    process.stderr.write(`${failure}\n`);
    process.exitCode = 1;
  });
}
