/**
 * The part of rclnodejs 1.9 that the host uses. Written down here because the package lies in the ROS 2
 * folder of the machine that runs, not among the dependencies that this is compiled with.
 */

/** A duration of rmw. Infinite is 2^63 ns; what was left open is 0. */
export interface RclDuration {
  readonly seconds: bigint;
  readonly nanoseconds: number;
}

/** An endpoint as the graph says it. */
export interface RclEndpointInfo {
  readonly node_name: string;
  readonly node_namespace: string;
  readonly topic_type: string;
  /** Numbers of rmw: reliability 1 reliable, 2 best effort; durability 1 transient local, 2 volatile; liveliness 3 by topic. */
  readonly qos_profile: {
    readonly reliability: number;
    readonly durability: number;
    readonly deadline: RclDuration;
    readonly liveliness: number;
    readonly liveliness_lease_duration: RclDuration;
  };
}

/** Opaque. */
export interface RclSubscription {
  readonly topic: string;
}

/** Publishes raw CDR bytes where it is given a Buffer. */
export interface RclPublisher {
  readonly subscriptionCount: number;
  publish(message: Buffer): void;
}

/** A ROS node. */
export interface RclNode {
  createSubscription(
    type: string,
    topic: string,
    options: { readonly isRaw: true; readonly qos: unknown },
    callback: (message: Uint8Array) => void,
  ): RclSubscription;
  destroySubscription(subscription: RclSubscription): void;
  createPublisher(type: string, topic: string, options: { readonly qos: unknown }): RclPublisher;
  getTopicNamesAndTypes(): readonly { readonly name: string; readonly types: readonly string[] }[];
  getPublishersInfoByTopic(topic: string): readonly RclEndpointInfo[];
  getSubscriptionsInfoByTopic(topic: string): readonly RclEndpointInfo[];
  getNodeNames(): readonly string[];
  /** @param timeoutMs The longest wait for messages before changes of the node are taken in. */
  spin(timeoutMs: number): void;
}

/** The module. */
export interface Rclnodejs {
  init(): Promise<void>;
  shutdown(): void;
  readonly Node: new (name: string, namespace: string, context: undefined, options: unknown) => RclNode;
  readonly NodeOptions: new () => {
    startParameterServices: boolean;
    startTypeDescriptionService: boolean;
    enableRosout: boolean;
  };
  readonly QoS: new (history: number, depth: number, reliability: number, durability: number) => unknown;
}
