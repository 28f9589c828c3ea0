import type { FaultKind } from "../../../shared/contract/channels";
import type { ModelVersion } from "../../../shared/fleet/ids";
import type { Random } from "../../../shared/random";
import type { Dispose, Timers } from "../../../shared/time";
import type { EdgeMetrics } from "../../../shared/wire/edge-messages";
import type { FrameEncoder } from "../../edge/encoder";
import { startEdgeNode, type EdgeIncident, type EdgeMessage, type EdgeNode } from "../../edge/node";
import { FAULT_KINDS } from "./fault-levels";
import type { PlannedNode } from "./fleet-plan";

/** Sensors whose camera can be made noisy. */
export interface NoisyRig<Frame> {
  sample(frameIndex: number): Frame;
  /** Standard deviation of the camera's noise, grey levels. */
  setCameraNoise(sigma: number): void;
}

/** What the node of an embedded fleet is made of. */
export interface EmbeddedNodeOptions<Frame> {
  readonly plan: PlannedNode;
  readonly timers: Timers;
  readonly encoder: FrameEncoder<Frame>;
  readonly initialVersion: ModelVersion;
  readonly compressionLevel: number;
  /** Decides which messages a lossy link loses. */
  readonly random: Random;
  /** Noise of a healthy camera, grey levels. */
  readonly healthyNoiseSigma: number;
  /** Called when the first frame is rendered: building sensors takes a while. */
  createRig(plan: PlannedNode): NoisyRig<Frame>;
  takeTurn(render: () => void): void;
  publish(message: EdgeMessage): void;
  onIncident(incident: EdgeIncident): void;
  /** It came to the graph or left it. */
  onPresence(): void;
}

/** An edge node with the faults that an operator set on it. */
export interface EmbeddedNode {
  readonly plan: PlannedNode;
  /** The running node; null while it is crashed. */
  running(): EdgeNode | null;
  faultLevel(fault: FaultKind): number;
  /** @param level within the fault's range; 0 switches it off. */
  setFault(fault: FaultKind, level: number): void;
  setRateFactor(factor: number): void;
  stop(): void;
}

/** Starts a node of an embedded fleet. Faults act on what it publishes or measures, never by inventing numbers. */
export function startEmbeddedNode<Frame>(options: EmbeddedNodeOptions<Frame>): EmbeddedNode {
  const { plan, timers } = options;
  const levels = new Map<FaultKind, number>(FAULT_KINDS.map((fault) => [fault, 0]));
  let rig: NoisyRig<Frame> | null = null;
  let framesBefore = 0;
  let deployed = options.initialVersion;
  let rateFactor = 1;
  let cancelRestart: Dispose = () => undefined;
  let node: EdgeNode | null = start(plan.phaseMs);

  function level(fault: FaultKind): number {
    return levels.get(fault) ?? 0;
  }

  function applyNoise(): void {
    // Independent noise adds in its variance.
    rig?.setCameraNoise(Math.hypot(options.healthyNoiseSigma, level("noisy-camera")));
  }

  function sample(frameIndex: number): Frame {
    if (rig === null) {
      rig = options.createRig(plan);
      applyNoise();
    }
    return rig.sample(frameIndex);
  }

  function start(phaseMs: number): EdgeNode {
    return startEdgeNode({
      nodeId: plan.nodeId,
      vertical: plan.vertical,
      timers,
      rig: { sample },
      firstFrameIndex: framesBefore,
      encoder: options.encoder,
      initialVersion: deployed,
      compressionLevel: options.compressionLevel,
      isEmbedded: true,
      phaseMs,
      takeTurn: options.takeTurn,
      onIncident: options.onIncident,
      publish(message) {
        if (!isLost(message)) options.publish(message);
      },
      conditions: {
        encodeRepeats: () => Math.max(1, Math.round(level("slow-cpu"))),
        reported: (metrics) => (level("nan-metrics") > 0 ? withoutNumbers(metrics) : metrics),
      },
    });
  }

  function isLost(message: EdgeMessage): boolean {
    if (level("silent") > 0) return true;
    if (level("no-metrics") > 0 && message.kind !== "heartbeat" && message.kind !== "diagnostics") return true;
    const share = level("lossy-link");
    return share > 0 && options.random.next() < share;
  }

  function crash(seconds: number): void {
    cancelRestart();
    if (node !== null) {
      framesBefore += node.frames().sampled;
      deployed = node.modelVersion() ?? deployed;
      node.stop();
      node = null;
      options.onPresence();
    }
    cancelRestart = timers.after(seconds * 1000, restart);
  }

  function restart(): void {
    cancelRestart();
    levels.set("crash", 0);
    if (node !== null) return;
    node = start(0);
    node.setRateFactor(rateFactor);
    options.onPresence();
  }

  return {
    plan,
    running: () => node,
    faultLevel: level,
    setFault(fault, next) {
      levels.set(fault, next);
      if (fault === "noisy-camera") applyNoise();
      if (fault !== "crash") return;
      if (next > 0) crash(next);
      else restart();
    },
    setRateFactor(factor) {
      rateFactor = factor;
      node?.setRateFactor(factor);
    },
    stop() {
      cancelRestart();
      node?.stop();
      node = null;
    },
  };
}

/** What a node reports whose measuring broke, as a node in Python would: numbers that are none. */
function withoutNumbers(metrics: EdgeMetrics): EdgeMetrics {
  return { ...metrics, compressionRatio: NaN, latencyMs: NaN, qualityScore: NaN, bandwidthKbps: NaN };
}
