/**
 * Makes the recording that benchmarks of the window replay (assets/recordings/README.md has the command):
 * two drones and four gateways that really compress for a minute.
 *
 * Arguments: the project's folder, the model version, the file to write. Exit 1 with a sentence on failure.
 */
import { join } from "node:path";
import { parseModelVersion } from "../../../shared/fleet/ids";
import { createSensorRig, HEALTHY_CAMERA_NOISE_SIGMA } from "../../edge/sensors/rig";
import { createInferenceClient } from "../../inference/client";
import { forkedProcess } from "../../supervision/forked-process";
import { supervise } from "../../supervision/supervisor";
import { systemTimers } from "../../time/system-timers";
import { createEmbeddedLink } from "../embedded/embedded-link";
import { planFleet } from "../embedded/fleet-plan";
import { recordLink } from "./record-link";

const NODES = 6;
const SEED = 1;
const DURATION_MS = 60_000;
const WARM_UP_MS = 5_000;
const COMPRESSION_LEVEL = 0.5;

async function main(root: string, versionText: string, file: string): Promise<string | null> {
  const version = parseModelVersion(versionText);
  if (!version.ok) return `${version.error.code}: ${version.error.message}`;
  const supervised = supervise({
    name: "inference",
    spawn: forkedProcess,
    entry: join(root, "dist", "inference-host.cjs"),
    timers: systemTimers,
  });
  const client = createInferenceClient(supervised.port, join(root, "models"));
  const notices = new Set<string>();
  const link = createEmbeddedLink({
    nodes: NODES,
    seed: SEED,
    timers: systemTimers,
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
    timers: systemTimers,
    durationMs: DURATION_MS,
    warmUpMs: WARM_UP_MS,
    nodeIds: planFleet(NODES, SEED).map((plan) => plan.nodeId),
    file,
  });
  client.close();
  await supervised.stop();
  for (const notice of notices) process.stderr.write(`${notice}\n`);
  if (!recorded.ok) return `${recorded.error.code}: ${recorded.error.message}`;
  const { messages, bytes } = recorded.value;
  process.stdout.write(`${file}: ${String(messages)} messages of ${String(NODES)} nodes in ${String(bytes)} bytes\n`);
  return null;
}

const [root, version, file] = process.argv.slice(2);
if (root === undefined || version === undefined || file === undefined) {
  process.stderr.write("BAD_USAGE: make-recording ROOT VERSION FILE\n");
  process.exitCode = 2;
} else {
  void main(root, version, file).then((failure) => {
    if (failure === null) return;
    process.stderr.write(`${failure}\n`);
    process.exitCode = 1;
  });
}
