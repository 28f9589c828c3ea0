import type { CoordinationView, NodeView, RollbackOffer } from "../../shared/contract/snapshot";
import type { CoordinationRecord } from "../../shared/fleet/coordination";
import { describeNode } from "../../shared/fleet/describe";
import type { NodeId } from "../../shared/fleet/ids";
import { missedBasis } from "../../shared/fleet/missed-frames";
import { PROFILE_RATE_HZ, type TrackedNode } from "../../shared/fleet/tracked-node";
import { viewSpans } from "../../shared/fleet/version-history";
import { metricsBeyond } from "../../shared/judge/limits";
import type { Limits } from "../../shared/contract/settings";
import type { GuardView } from "../../shared/contract/guard";
import { viewCommand, type Command } from "../../shared/rollout/command";

/** What the engine knows of a node besides what the node said. */
export interface NodeSurroundings {
  readonly command: Command | null;
  readonly guard: GuardView | null;
  readonly limits: Limits;
  readonly rollback: RollbackOffer;
}

/**
 * Makes what the window shows of each node, and gives back the very same object, with the same revision,
 * while nothing of it changed: the window then has nothing to draw.
 */
export class NodeViews {
  private readonly made = new Map<NodeId, { readonly key: string; readonly view: NodeView }>();
  private revision = 0;

  constructor(private readonly isDrill: (version: string) => boolean) {}

  /** The view of a node at `wallMs` (Unix ms). */
  view(node: TrackedNode, around: NodeSurroundings, wallMs: number): NodeView {
    const { command, guard, limits, rollback } = around;
    const description = describeNode(node, command, guard, wallMs);
    const newestTick = node.ticks.last(1)[0]?.tMs ?? 0;
    const key = JSON.stringify([
      description,
      node.liveness,
      newestTick,
      node.lastHeardWallMs,
      node.modelVersion,
      node.malformed,
      node.coordination?.newest.receivedAtMs,
      node.versions.spans.at(-1)?.good,
      rollback,
      guard,
      command === null ? null : [command.commandId, command.steps.length, command.withinRun],
      limits,
    ]);
    const before = this.made.get(node.nodeId);
    if (before?.key === key) return before.view;
    this.revision += 1;
    const view = this.make(node, around, description);
    this.made.set(node.nodeId, { key, view });
    return view;
  }

  private make(
    node: TrackedNode,
    { command, guard, limits, rollback }: NodeSurroundings,
    description: ReturnType<typeof describeNode>,
  ): NodeView {
    const { latest, modelVersion } = node;
    return {
      nodeId: node.nodeId,
      revision: this.revision,
      vertical: node.vertical,
      dialect: node.dialect,
      profileRateHz: node.vertical === null ? null : PROFILE_RATE_HZ[node.vertical],
      sampleRateHz: node.liveness === "live" ? node.sampleRateHz() : null,
      liveness: node.liveness,
      livenessSinceMs: node.livenessSinceWallMs,
      state: description.state,
      attention: description.attention,
      stateSinceMs: description.sinceMs,
      sentence: description.sentence,
      modelVersion,
      drill: modelVersion !== null && this.isDrill(modelVersion),
      latest:
        latest === null
          ? null
          : {
              compressionRatio: latest.compressionRatio,
              latencyMs: latest.latencyMs,
              qualityScore: latest.qualityScore,
              bandwidthKbps: latest.bandwidthKbps,
              receivedAtMs: latest.receivedAtMs,
            },
      lastHeardAtMs: node.lastHeardWallMs,
      guard,
      limits: { ...limits },
      beyond: latest === null ? [] : [...metricsBeyond(latest, limits)],
      trail: node.trail(),
      command: command === null ? null : viewCommand(command),
      rollback,
      history: viewSpans(node.versions, this.isDrill),
      missedFrames: {
        basis: missedBasis(node.sequences),
        missed: node.sequences.missed,
        expected: node.sequences.expected,
        restarts: node.sequences.restarts,
      },
      coordination: node.coordination === null ? null : viewCoordination(node.coordination),
      malformed: node.malformed,
    };
  }
}

function viewCoordination({ newest, signals }: CoordinationRecord): CoordinationView {
  const { nodeId: _itsOwn, ...signal } = newest;
  return { ...signal, signals };
}
