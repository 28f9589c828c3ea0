import { fail, ok, type Result } from "../../shared/result";
import type { Dispose, Timers } from "../../shared/time";
import type { OutboundMessage, PublishReceipt } from "./port";

/** Publications that wait until somebody listens, or long enough. */
export interface Publications {
  /** Publishes as soon as a subscription matches, at the latest after `awaitSubscriptionMs`. */
  publish(message: OutboundMessage): Promise<Result<PublishReceipt>>;
  /** Subscriptions came: publishes what was waiting for them. */
  subscriptionsChanged(): void;
  /** Answers everything that waits with LINK_DOWN. */
  refuseAll(): void;
}

/** What publishing within this process means. */
export interface PublicationOptions {
  readonly timers: Timers;
  /** How many subscriptions match now. */
  countMatching(message: OutboundMessage): number;
  send(message: OutboundMessage): void;
}

interface Waiting {
  readonly message: OutboundMessage;
  readonly settle: (result: Result<PublishReceipt>) => void;
  readonly cancel: Dispose;
}

/** The answer to a publication on a link that is not running. */
export function linkDown(): Result<never> {
  return fail("LINK_DOWN", "The link is not running, so nothing was published.");
}

/** Publications of a link whose receivers live in this process. */
export function createPublications(options: PublicationOptions): Publications {
  const { timers } = options;
  const waiting = new Set<Waiting>();

  function publishNow(message: OutboundMessage): Result<PublishReceipt> {
    const matchedSubscriptions = options.countMatching(message);
    options.send(message);
    return ok({ publishedAtMs: timers.wallMs(), matchedSubscriptions });
  }

  return {
    async publish(message) {
      if (options.countMatching(message) > 0 || message.awaitSubscriptionMs <= 0) return publishNow(message);
      return new Promise((settle) => {
        const cancel = timers.after(message.awaitSubscriptionMs, () => {
          waiting.delete(entry);
          settle(publishNow(message));
        });
        const entry: Waiting = { message, settle, cancel };
        waiting.add(entry);
      });
    },
    subscriptionsChanged() {
      for (const entry of [...waiting]) {
        if (options.countMatching(entry.message) === 0) continue;
        waiting.delete(entry);
        entry.cancel();
        entry.settle(publishNow(entry.message));
      }
    },
    refuseAll() {
      for (const entry of waiting) {
        entry.cancel();
        entry.settle(linkDown());
      }
      waiting.clear();
    },
  };
}
