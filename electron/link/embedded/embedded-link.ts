import type { ModelVersion } from "../../../shared/fleet/ids";
import { mixSeed, seededRandom } from "../../../shared/random";
import type { Result } from "../../../shared/result";
import type { Dispose, Timers } from "../../../shared/time";
import { qosMatches } from "../../../shared/wire/topics";
import type { FrameEncoder } from "../../edge/encoder";
import type { EdgeEndpoint, EdgeIncident, EdgeNode } from "../../edge/node";
import { SENSOR_PROFILES } from "../../edge/sensors/profile";
import { createBus } from "../bus";
import type { Link, LinkListener, LinkStatus, OutboundMessage, TopicEndpoint } from "../port";
import { createPublications, linkDown } from "../publications";
import { createCapacityGovernor, type NodeDemand } from "./capacity";
import { startEmbeddedNode, type EmbeddedNode, type NoisyRig } from "./embedded-node";
import { createFaultConsole, type FaultConsole } from "./fault-console";
import { planFleet, type PlannedNode } from "./fleet-plan";
import { createNoticeBoard, INFERENCE_DOWN, sameNotices } from "./notices";
import { createTurns } from "./turns";

/** The models of an embedded fleet: they may come and go with their process. */
export interface FleetInference<Frame> extends FrameEncoder<Frame> {
  /** The process listens (again). Called at once when it does already. */
  onUp(listener: () => void): Dispose;
  onDown(listener: () => void): Dispose;
}

/** What an embedded fleet is made of. */
export interface EmbeddedLinkOptions<Frame> {
  /** How many nodes, 1 and up. Default 6. */
  readonly nodes?: number;
  /** Fixes sensors, start phases and losses. */
  readonly seed: number;
  readonly timers: Timers;
  readonly inference: FleetInference<Frame>;
  /** What every node runs at first. */
  readonly initialVersion: ModelVersion;
  /** 0 to 1; higher is more aggressive. */
  readonly compressionLevel: number;
  readonly healthyNoiseSigma: number;
  createRig(plan: PlannedNode): NoisyRig<Frame>;
  /** Something that the wire cannot say, e.g. a version that a node could not take. */
  onIncident?(incident: EdgeIncident): void;
}

/** The embedded fleet's link. */
export interface EmbeddedLink extends Link {
  readonly faults: FaultConsole;
}

const DEFAULT_NODES = 6;
/** How often demand is held against capacity, ms. */
const REVIEW_PERIOD_MS = 1_000;

/** So long a start of the inference process is nothing to tell, ms. */
const INFERENCE_START_MS = 5_000;

function endpointOf(node: EdgeNode, { topic, type }: EdgeEndpoint, role: TopicEndpoint["role"]): TopicEndpoint {
  return { topic, type, role, nodeName: node.nodeId };
}

/**
 * A fleet within this process: nodes that really render, compress and measure, behind the same port as a
 * fleet on ROS 2. Everything crosses as CDR bytes, so that parsing is exercised. With the same seed,
 * clock and inference it replays message by message; only measured latencies differ.
 */
export function createEmbeddedLink<Frame>(options: EmbeddedLinkOptions<Frame>): EmbeddedLink {
  const { seed, timers } = options;
  const plans = planFleet(options.nodes ?? DEFAULT_NODES, seed);
  const turns = createTurns(timers);
  const capacity = createCapacityGovernor(timers);
  const notices = createNoticeBoard(timers);
  const bus = createBus(timers, (message) => {
    const { topic, type, bytes } = message;
    listener?.onMessage({ topic, type, bytes, receivedAtMs: timers.wallMs() });
  });
  const publications = createPublications({
    timers,
    countMatching: (message) => receivers(message).length,
    send(message) {
      for (const node of receivers(message)) {
        bus.tell(() => {
          node.receive(message.topic, message.bytes);
        });
      }
    },
  });

  let listener: LinkListener | null = null;
  let nodes: readonly EmbeddedNode[] = [];
  let status = statusOf("starting", "The embedded fleet has not been started.");
  let endings: readonly Dispose[] = [];
  /** Since when the fleet waits for its first inference process, monotonic; null once it was there. */
  let missingSinceMs: number | null = null;

  function statusOf(state: LinkStatus["state"], sentence: string): LinkStatus {
    return {
      kind: "embedded",
      state,
      sinceMs: timers.wallMs(),
      sentence,
      notices: notices.all(),
      seed,
      domainId: null,
    };
  }

  function upSentence(): string {
    const drones = plans.filter((plan) => plan.vertical === "drone").length;
    const kinds = `${String(drones)} drone and ${String(plans.length - drones)} iot`;
    return `${String(plans.length)} nodes run inside this application: ${kinds}, seed ${String(seed)}.`;
  }

  /** Every encode counts as work of this machine; nodes that want the same version share one load. */
  const loading = new Map<ModelVersion, Promise<Result<unknown>>>();
  const encoder: FrameEncoder<Frame> = {
    load(version) {
      const shared = loading.get(version);
      if (shared !== undefined) return shared;
      const load = options.inference.load(version).finally(() => loading.delete(version));
      loading.set(version, load);
      return load;
    },
    async encode(frame, version, level, repeats, stream) {
      const endRoundTrip = capacity.beginRoundTrip();
      const encoded = await options.inference.encode(frame, version, level, repeats, stream);
      endRoundTrip(encoded.ok ? { encodeMs: encoded.value.latencyMs, repeats } : null);
      return encoded;
    },
  };

  function takeTurn(render: () => void): void {
    turns.take(() => {
      const beganMs = timers.monotonicMs();
      render();
      capacity.rendered(timers.monotonicMs() - beganMs);
    });
  }

  function startNode(plan: PlannedNode): EmbeddedNode {
    return startEmbeddedNode({
      plan,
      timers,
      encoder,
      initialVersion: options.initialVersion,
      compressionLevel: options.compressionLevel,
      healthyNoiseSigma: options.healthyNoiseSigma,
      random: seededRandom(mixSeed(plan.seed, 2)),
      createRig: (each) => options.createRig(each),
      takeTurn,
      publish: bus.publish,
      onIncident(incident) {
        notices.report(incident.nodeId, incident);
        options.onIncident?.(incident);
        tellStatus();
      },
      onPresence() {
        bus.tell(() => listener?.onGraphChange());
        publications.subscriptionsChanged();
      },
    });
  }

  function running(): readonly EdgeNode[] {
    return nodes.map((node) => node.running()).filter((node) => node !== null);
  }

  function demands(): readonly NodeDemand[] {
    return nodes.map((node) => ({
      rateHz: SENSOR_PROFILES[node.plan.vertical].rateHz,
      encodeRepeats: Math.max(1, Math.round(node.faultLevel("slow-cpu"))),
    }));
  }

  function applyRates(): void {
    const { factors } = capacity.shares(demands());
    nodes.forEach((node, index) => {
      node.setRateFactor(factors[index] ?? 1);
    });
    notices.set("capacity", capacity.notice());
    tellStatus();
  }

  function tellStatus(): void {
    const next = notices.all();
    if (sameNotices(next, status.notices)) return;
    status = { ...status, notices: next };
    const told = status;
    bus.tell(() => listener?.onStatus(told));
  }

  function scheduleReview(): Dispose {
    let cancel: Dispose = () => undefined;
    function review(): void {
      cancel = timers.after(REVIEW_PERIOD_MS, review);
      const missingMs = missingSinceMs === null ? 0 : timers.monotonicMs() - missingSinceMs;
      if (missingMs >= INFERENCE_START_MS) notices.set("inference", INFERENCE_DOWN);
      capacity.review(demands());
      notices.expire();
      applyRates();
    }
    cancel = timers.after(REVIEW_PERIOD_MS, review);
    return () => {
      cancel();
    };
  }

  /** Those that listen to a message now. */
  function receivers(message: OutboundMessage): readonly EdgeNode[] {
    return running().filter((node) =>
      node.subscriptions.some(
        ({ topic, type, qos }) => topic === message.topic && type === message.type && qosMatches(message.qos, qos),
      ),
    );
  }

  return {
    faults: createFaultConsole(() => nodes, applyRates),

    async start(next) {
      if (listener !== null) throw new Error("the embedded link was started twice");
      listener = next;
      await Promise.resolve();
      if (listener !== next) return;
      status = statusOf("up", upSentence());
      nodes = plans.map(startNode);
      missingSinceMs = timers.monotonicMs();
      endings = [
        options.inference.onUp(() => {
          missingSinceMs = null;
          notices.set("inference", null);
          capacity.inferenceCameUp();
          for (const node of running()) node.inferenceCameUp();
          tellStatus();
        }),
        options.inference.onDown(() => {
          notices.set("inference", INFERENCE_DOWN);
          for (const node of running()) node.inferenceWentDown();
          tellStatus();
        }),
        scheduleReview(),
      ];
      next.onStatus(status);
      next.onGraphChange();
    },

    async stop() {
      if (listener === null) return;
      listener = null;
      for (const end of endings) end();
      for (const node of nodes) node.stop();
      nodes = [];
      turns.clear();
      bus.clear();
      publications.refuseAll();
      status = statusOf("down", "The embedded fleet was stopped.");
      await Promise.resolve();
    },

    status: () => status,

    graph: () =>
      running().flatMap((node): readonly TopicEndpoint[] => [
        ...node.publications.map((endpoint) => endpointOf(node, endpoint, "publisher")),
        ...node.subscriptions.map((endpoint) => endpointOf(node, endpoint, "subscription")),
      ]),

    subscribe: bus.subscribe,

    publish: async (message) => (listener === null ? linkDown() : publications.publish(message)),

    // An embedded fleet that was started is up; it has no state that a retry would end.
    retry: () => undefined,
  };
}
