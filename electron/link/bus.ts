import type { Dispose, Timers } from "../../shared/time";
import { qosMatches } from "../../shared/wire/topics";
import type { OutboundMessage, Subscription } from "./port";

/** A message on its way to whoever subscribed. */
export type BusMessage = Pick<OutboundMessage, "topic" | "type" | "bytes" | "qos">;

/** Topics within one process, with the part of ROS 2's rules that decides who hears whom. */
export interface Bus {
  /** Hears the topic if type and QoS match what is published there. */
  subscribe(subscription: Subscription): Dispose;
  /** Whether a subscription matches: a message that nobody hears need not be made. */
  isWanted(endpoint: Pick<BusMessage, "topic" | "type" | "qos">): boolean;
  /** Hands the message on in a later turn; without a matching subscription it is gone. */
  publish(message: BusMessage): void;
  /** Calls in the same order as messages, never within a call of the receiver. */
  tell(event: () => void): void;
  /** Forgets what is on its way. Subscriptions stay. */
  clear(): void;
}

/**
 * A bus that delivers asynchronously and in order.
 * @param deliver Gets each message at most once, however many subscriptions match.
 */
export function createBus(timers: Timers, deliver: (message: BusMessage) => void): Bus {
  const subscriptions = new Map<string, Set<Subscription>>();
  let queue: (() => void)[] = [];
  let cancel: Dispose | null = null;

  function isWanted({ topic, type, qos }: Pick<BusMessage, "topic" | "type" | "qos">): boolean {
    for (const subscription of subscriptions.get(topic) ?? []) {
      if (subscription.type === type && qosMatches(qos, subscription.qos)) return true;
    }
    return false;
  }

  function flush(): void {
    const events = queue;
    queue = [];
    cancel = null;
    for (const event of events) event();
  }

  function tell(event: () => void): void {
    queue.push(event);
    cancel ??= timers.after(0, flush);
  }

  return {
    subscribe(subscription) {
      const entry = { ...subscription };
      const existing = subscriptions.get(entry.topic);
      if (existing === undefined) subscriptions.set(entry.topic, new Set([entry]));
      else existing.add(entry);
      return () => {
        const entries = subscriptions.get(entry.topic);
        entries?.delete(entry);
        if (entries?.size === 0) subscriptions.delete(entry.topic);
      };
    },
    isWanted,
    publish(message) {
      if (!isWanted(message)) return;
      tell(() => {
        // It may have been unsubscribed meanwhile.
        if (isWanted(message)) deliver(message);
      });
    },
    tell,
    clear() {
      queue = [];
      cancel?.();
      cancel = null;
    },
  };
}
