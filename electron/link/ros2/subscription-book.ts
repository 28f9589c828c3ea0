import type { Dispose } from "../../../shared/time";
import type { Subscription } from "../port";
import type { HostRequest } from "./protocol";

/** What is listened to, independent of the process that listens. */
export interface SubscriptionBook {
  /** Asks for a topic; the same topic, type and QoS is asked for once, and let go with its last asker. */
  subscribe(subscription: Subscription): Dispose;
  /** Forgets everything, without a word to the process: it has gone. */
  clear(): void;
  /** Asks a new process for everything. */
  askAgain(): void;
  byId(id: number): Subscription | null;
  all(): readonly Subscription[];
}

interface Entry {
  readonly id: number;
  readonly subscription: Subscription;
  askers: number;
}

/** An empty book. @param post Sends to the process; without one the request waits for `askAgain`. */
export function createSubscriptionBook(post: (request: HostRequest) => void): SubscriptionBook {
  const entries = new Map<string, Entry>();
  const byId = new Map<number, Entry>();
  let nextId = 0;

  function ask({ id, subscription }: Entry): void {
    post({ kind: "subscribe", id, ...subscription });
  }

  return {
    subscribe({ topic, type, qos }) {
      const key = JSON.stringify([topic, type, qos]);
      let entry = entries.get(key);
      if (entry === undefined) {
        entry = { id: nextId++, subscription: { topic, type, qos }, askers: 0 };
        entries.set(key, entry);
        byId.set(entry.id, entry);
        ask(entry);
      }
      entry.askers += 1;
      const asked = entry;
      let isLetGo = false;
      return () => {
        if (isLetGo) return;
        isLetGo = true;
        asked.askers -= 1;
        if (asked.askers > 0 || !byId.has(asked.id)) return;
        entries.delete(key);
        byId.delete(asked.id);
        post({ kind: "unsubscribe", id: asked.id });
      };
    },
    clear() {
      entries.clear();
      byId.clear();
    },
    askAgain() {
      for (const entry of entries.values()) ask(entry);
    },
    byId: (id) => byId.get(id)?.subscription ?? null,
    all: () => [...entries.values()].map((entry) => entry.subscription),
  };
}
