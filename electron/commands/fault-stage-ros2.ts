import { spawn, type ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { ok, type Result } from "../../shared/result";
import { findRos2, openRos2, type Ros2Surroundings } from "../link/ros2/open-ros2";
import { plainRosEnvironment, type Variables } from "../link/ros2/ros-environment";
import { rosFolder, rosFolderPath } from "../link/ros2/ros-folder";
import { forkedProcess } from "../supervision/forked-process";
import { systemTimers } from "../time/system-timers";
import { FIRST_VERSION, RAMP_MS, RAMP_TO, startStageEngine, type FaultStage, type StageFault, type VersionManner } from "./fault-stage";

const NODES = 5;
/** Metrics of each node a second. */
const RATE_HZ = 5;

/** What a version does to a peer's metrics, as the program takes it. */
const MANNERS: Readonly<Record<VersionManner, object>> = {
  well: {},
  "low-quality": { quality_times: 0.55 },
  slow: { latency_times: 8 },
  large: { bytes_times: 4 },
  ramp: { quality_times: RAMP_TO, ramp_s: RAMP_MS / 1000 },
};
const BAD_WEATHER = 0.5;

function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

/** One rclpy node in a process of its own. */
interface Peer {
  process: ChildProcess;
  loss: number;
  isUnreadable: boolean;
  restart: NodeJS.Timeout | null;
}

/**
 * Nodes in rclpy, a process each, and the engine on ROS 2, all on a graph of their own on this machine. A frozen node is
 * a stopped process, a killed one gets SIGKILL and begins anew with the first version; what its metrics do is told to it.
 * @param program the nodes' program, `e2e/peers/edge_node.py`.
 * @returns NOT_AVAILABLE where ROS 2 is not set up.
 */
export async function openPeerStage(program: string): Promise<Result<FaultStage>> {
  const timers = systemTimers;
  const surroundings: Ros2Surroundings = {
    spawn: forkedProcess,
    entry: join(__dirname, "ros2-host.cjs"),
    environment: process.env,
    timers,
    graph: { domainId: randomInt(1, 100), discoveryRange: "LOCALHOST" },
  };
  const record = await findRos2(surroundings, false);
  if (!record.ok) return record;
  const { prefix } = rosFolder(rosFolderPath(surroundings.environment));
  const python = record.value.source === "private" ? join(prefix, "bin", "python") : "python3";
  const environment: Variables = { ...process.env, ...plainRosEnvironment(record.value, surroundings.environment, surroundings.graph), PYTHONUNBUFFERED: "1" };
  const nodeIds = Array.from({ length: NODES }, (_, index) => `node_${index}`);
  const versions: Record<string, object> = {};
  let isBadWeather = false;

  const begin = (nodeId: string): ChildProcess => {
    const args = [program, "--nodes", nodeId, "--rate", String(RATE_HZ), "--version", FIRST_VERSION, "--control"];
    const peer = spawn(python, args, { env: environment, stdio: ["pipe", "ignore", "inherit"] });
    // What is told to one that was just killed is lost with it; the next one is told everything anew.
    peer.stdin.on("error", ignoreBrokenPipe);
    return peer;
  };
  const peers = new Map<string, Peer>(nodeIds.map((nodeId) => [nodeId, { process: begin(nodeId), loss: 0, isUnreadable: false, restart: null }]));
  const tell = ({ process: { stdin }, loss, isUnreadable }: Peer): void => {
    stdin?.write(`${JSON.stringify({ loss, nan: isUnreadable, quality_times: isBadWeather ? BAD_WEATHER : 1, versions })}\n`);
  };
  const startAgain = (nodeId: string, peer: Peer): void => {
    if (peer.restart === null) return;
    clearTimeout(peer.restart);
    peer.restart = null;
    peer.process = begin(nodeId);
    tell(peer);
  };
  const set = (nodeId: string, fault: StageFault, level: number): void => {
    const peer = peers.get(nodeId);
    if (peer === undefined) return;
    if (fault === "silent") peer.process.kill(level > 0 ? "SIGSTOP" : "SIGCONT");
    else if (fault === "lossy-link") peer.loss = level;
    else if (fault === "nan-metrics") peer.isUnreadable = level > 0;
    else if (level === 0) startAgain(nodeId, peer);
    else {
      peer.process.kill("SIGKILL");
      peer.restart = setTimeout(() => {
        startAgain(nodeId, peer);
      }, level * 1000);
    }
    tell(peer);
  };

  const link = openRos2(surroundings, record.value);
  const engine = await startStageEngine(link, timers);
  return ok({
    ...engine,
    name: `${NODES} rclpy nodes on ROS 2, a process each, real clock`,
    pace: { learnMs: 60_000, watchMs: 40_000, lingerMs: 4_000, restMs: 12_000, relearnMs: 30_000 },
    nodeIds,
    nowMs: () => timers.wallMs(),
    set,
    allOff() {
      for (const nodeId of nodeIds) for (const fault of ["silent", "crash", "nan-metrics", "lossy-link"] as const) set(nodeId, fault, 0);
    },
    setWeather(isBad) {
      isBadWeather = isBad;
      for (const peer of peers.values()) tell(peer);
    },
    pass: (ms) =>
      new Promise((resolve) => {
        setTimeout(resolve, ms);
      }),
    deploy(nodeId, version, manner) {
      versions[version] = MANNERS[manner];
      const peer = peers.get(nodeId);
      if (peer !== undefined) tell(peer);
      return engine.deploy(nodeId, version);
    },
    async close() {
      for (const peer of peers.values()) {
        if (peer.restart !== null) clearTimeout(peer.restart);
        // It takes SIGTERM for itself, and a stopped one would not hear it.
        peer.process.kill("SIGKILL");
      }
      await engine.close();
    },
  });
}
