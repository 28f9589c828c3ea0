/**
 * What crosses between a supervisor and its child. The supervision's own messages never reach the
 * code on either side; the child's answer to a ping shows that its event loop turns.
 */
export type ToChild =
  | { readonly kind: "ping"; readonly ping: number }
  | { readonly kind: "stop" }
  | { readonly kind: "message"; readonly body: unknown };

/** The other direction. `ready`: the child listens. */
export type FromChild =
  | { readonly kind: "ready" }
  | { readonly kind: "pong"; readonly ping: number }
  | { readonly kind: "message"; readonly body: unknown };

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** Reads a message from a supervisor; null for anything else. */
export function parseToChild(value: unknown): ToChild | null {
  if (!isRecord(value)) return null;
  switch (value["kind"]) {
    case "ping":
      return typeof value["ping"] === "number" ? { kind: "ping", ping: value["ping"] } : null;
    case "stop":
      return { kind: "stop" };
    case "message":
      return { kind: "message", body: value["body"] };
    default:
      return null;
  }
}

/** Reads a message from a child; null for anything else. */
export function parseFromChild(value: unknown): FromChild | null {
  if (!isRecord(value)) return null;
  switch (value["kind"]) {
    case "ready":
      return { kind: "ready" };
    case "pong":
      return typeof value["ping"] === "number" ? { kind: "pong", ping: value["ping"] } : null;
    case "message":
      return { kind: "message", body: value["body"] };
    default:
      return null;
  }
}
