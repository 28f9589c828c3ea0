import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventView, NodeView, Snapshot } from "../../shared/contract/snapshot";
import { startEngine, type Engine } from "../../electron/engine";
import { forkedProcess } from "../../electron/supervision/forked-process";
import { graphVariables } from "./graph";

const PROJECT = join(import.meta.dirname, "..", "..");

/** The engine as it runs without a window, in this process, on the tests' own graph. */
export interface TestEngine extends Engine {
  readonly events: readonly EventView[];
  /** The first snapshot from now on that fits; fails with the last one after the limit. */
  until(what: string, isSo: (snapshot: Snapshot) => boolean, limitMs?: number): Promise<Snapshot>;
  node(nodeId: string): NodeView | undefined;
  /** Waits until a node is live with metrics at about its rate. */
  live(nodeId: string): Promise<NodeView>;
  /** Asks for a deploy as a click does. @returns the command's id. */
  deploy(nodeId: string, version: string): Promise<string>;
}

const LIMIT_MS = 15_000;

/** Builds and starts an engine on ROS 2. */
export async function startTestEngine(): Promise<TestEngine> {
  const dataDir = mkdtempSync(join(tmpdir(), "lydlr-ros2-"));
  const started = await startEngine({
    options: { link: "ros2", nodes: 6, seed: 7, dataDir, domainId: null, recording: null },
    modelsDir: join(PROJECT, "models"),
    inferenceEntry: join(PROJECT, "dist", "inference-host.cjs"),
    verifierEntry: join(PROJECT, "dist", "verifier-host.cjs"),
    ros2Entry: join(PROJECT, "dist", "ros2-host.cjs"),
    historyEntry: join(PROJECT, "dist", "history-thread.cjs"),
    spawn: forkedProcess,
    environment: { ...process.env, ...graphVariables },
  });
  if (!started.ok) throw new Error(`${started.error.code}: ${started.error.message}`);
  const engine = started.value;
  const { operations } = engine;
  const events: EventView[] = [];
  operations.onEvent((event) => events.push(event));
  let last = operations.snapshot();

  const until: TestEngine["until"] = (what, isSo, limitMs = LIMIT_MS) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        end();
        const nodes = last.nodes.map(({ nodeId, state, modelVersion, sentence }) => ({ nodeId, state, modelVersion, sentence }));
        reject(new Error(`${what} did not happen within ${String(limitMs)} ms: ${JSON.stringify({ link: last.link, nodes }, null, 1)}`));
      }, limitMs);
      const end = operations.onSnapshot((snapshot) => {
        last = snapshot;
        if (!isSo(snapshot)) return;
        clearTimeout(timer);
        end();
        resolve(snapshot);
      });
    });
  const find = (snapshot: Snapshot, nodeId: string): NodeView | undefined => snapshot.nodes.find((node) => node.nodeId === nodeId);

  return {
    ...engine,
    events,
    until,
    node: (nodeId) => find(operations.snapshot(), nodeId),
    async live(nodeId) {
      const snapshot = await until(`${nodeId} live`, (each) => {
        const node = find(each, nodeId);
        return node?.liveness === "live" && node.sampleRateHz !== null;
      });
      const node = find(snapshot, nodeId);
      if (node === undefined) throw new Error(`${nodeId} has gone`);
      return node;
    },
    async deploy(nodeId, version) {
      const expectedVersion = find(operations.snapshot(), nodeId)?.modelVersion ?? null;
      const asked = await operations.deployModel({ nodeId, version, expectedVersion, requestId: crypto.randomUUID() });
      if (!asked.ok) throw new Error(`${asked.error.code}: ${asked.error.message}`);
      return asked.value.commandId;
    },
    async stop() {
      await engine.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
