import type { Failure, Result } from "../../shared/result";
import type { Dispose } from "../../shared/time";
import type { QosProfile, RosType } from "../../shared/wire/topics";

export type { QosProfile, RosType };

/** One publisher or subscription of the graph that is not this application's own. */
export interface TopicEndpoint {
  readonly topic: string;
  /** As the graph says it, e.g. `std_msgs/msg/String`; may be a type that the fleet does not speak. */
  readonly type: string;
  readonly role: "publisher" | "subscription";
  /** The ROS node that owns it. Not unique in the field: nodes are told apart by topic. */
  readonly nodeName: string;
}

/** A message as it came from the wire: CDR bytes with the 4-byte encapsulation header. */
export interface InboundMessage {
  readonly topic: string;
  readonly type: RosType;
  readonly bytes: Uint8Array;
  /** Unix ms on this machine. */
  readonly receivedAtMs: number;
}

/** A message to be published. */
export interface OutboundMessage {
  readonly topic: string;
  readonly type: RosType;
  readonly bytes: Uint8Array;
  readonly qos: QosProfile;
  /** Publish only once a subscription matches, for at most this long. */
  readonly awaitSubscriptionMs: number;
}

/** What became of a publication. No receiver is implied: only a node's own report confirms a command. */
export interface PublishReceipt {
  readonly publishedAtMs: number;
  /** Subscriptions that matched when it was published. */
  readonly matchedSubscriptions: number;
}

/** Which fleet is behind the link. `recorded` replays recorded wire frames, for benchmarks only. */
export type LinkKind = "embedded" | "ros2" | "recorded";

/** Whether the link can be used. */
export type LinkState = "starting" | "up" | "unresponsive" | "down";

/** The link's condition, as the window shows it. */
export interface LinkStatus {
  readonly kind: LinkKind;
  readonly state: LinkState;
  /** Wall time since when the state holds, Unix ms. */
  readonly sinceMs: number;
  /** One sentence: why this link, or what is wrong and what to do. */
  readonly sentence: string;
  /** Things an operator should know while it works, e.g. lowered frame rates. */
  readonly notices: readonly Failure<string>[];
  /** Embedded fleet only. */
  readonly seed: number | null;
  /** ROS 2 only. */
  readonly domainId: number | null;
  /** ROS 2 only: ROS_AUTOMATIC_DISCOVERY_RANGE in force. */
  readonly discoveryRange: string | null;
}

/** Receives what the link reports. Calls are never re-entrant. */
export interface LinkListener {
  onMessage(message: InboundMessage): void;
  /** The graph changed: endpoints came or went. */
  onGraphChange(): void;
  onStatus(status: LinkStatus): void;
}

/** A topic that the engine wants to hear. */
export interface Subscription {
  readonly topic: string;
  readonly type: RosType;
  readonly qos: QosProfile;
}

/**
 * The one way to a fleet. Adapters: embedded (nodes inside this application), recorded (wire frames
 * from a file) and ROS 2. One contract suite (`contract.ts`) holds all of them to the same behaviour.
 */
export interface Link {
  /** Begins; resolves when the first status was reported. Failing to come up is a status, not a rejection. */
  start(listener: LinkListener): Promise<void>;
  /** Ends; after it resolves the listener is not called again. */
  stop(): Promise<void>;
  status(): LinkStatus;
  /** All endpoints known now. */
  graph(): readonly TopicEndpoint[];
  /** Asks for a topic; the adapter remembers it over its own restarts. Asking twice is harmless. */
  subscribe(subscription: Subscription): Dispose;
  publish(message: OutboundMessage): Promise<Result<PublishReceipt>>;
  /** Tries again after `down`. */
  retry(): void;
}
