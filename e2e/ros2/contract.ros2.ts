import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import type { ModelVersion, NodeId } from "../../shared/fleet/ids";
import { linkContract } from "../../electron/link/contract";
import { openRos2 } from "../../electron/link/ros2/open-ros2";
import { forkedProcess } from "../../electron/supervision/forked-process";
import { systemTimers } from "../../electron/time/system-timers";
import { graphVariables, installedRos } from "./graph";
import { startPeers, type Peers } from "./peers";

const NODES = ["contract_a", "contract_b"] as const;
const ENTRY = join(import.meta.dirname, "..", "..", "dist", "ros2-host.cjs");

let peers: Peers;

beforeAll(async () => {
  peers = await startPeers("--nodes", NODES.join(","), "--dialect", "both", "--known", "1.0.0,1.1.0");
});

afterAll(async () => {
  await peers.stop();
});

linkContract(
  "ROS 2",
  { initial: "1.0.0" as ModelVersion, deployable: "1.1.0" as ModelVersion, unknown: "9.9.9" as ModelVersion },
  async () => {
    // Back to the first version, whatever the test before deployed.
    process.kill(peers.pid, "SIGUSR1");
    return {
      link: openRos2(
        { spawn: forkedProcess, entry: ENTRY, environment: { ...process.env, ...graphVariables }, timers: systemTimers, graph: { domainId: null, discoveryRange: null } },
        installedRos(),
      ),
      nodeId: NODES[0] as NodeId,
      otherNodeId: NODES[1] as NodeId,
      pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      timersLeft: () => null,
      dispose: () => Promise.resolve(),
    };
  },
);
