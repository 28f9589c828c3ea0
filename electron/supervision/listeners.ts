import type { Dispose } from "../../shared/time";

/** Those who want to hear about something. */
export interface Listeners<Value> {
  add(listener: (value: Value) => void): Dispose;
  /** Calls all that are listening now; one added meanwhile hears the next time. */
  tell(value: Value): void;
}

/** An empty set of listeners. The same function added twice is called twice. */
export function listeners<Value>(): Listeners<Value> {
  const all = new Set<{ readonly call: (value: Value) => void }>();
  return {
    add(listener) {
      const entry = { call: listener };
      all.add(entry);
      return () => {
        all.delete(entry);
      };
    },
    tell(value) {
      for (const entry of [...all]) if (all.has(entry)) entry.call(value);
    },
  };
}
