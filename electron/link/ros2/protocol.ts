import * as v from "valibot";
import { ERROR_CODES, type ErrorCode } from "../../../shared/contract/errors";
import type { RosType } from "../../../shared/wire/topics";

/**
 * What crosses between the application and the process that speaks ROS 2. Both sides parse: a process that
 * may die may also talk nonsense first. CDR bytes cross uninterpreted.
 */

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const topic = v.pipe(v.string(), v.regex(/^\/[A-Za-z0-9_/]+$/), v.maxLength(255));
const types = ["std_msgs/msg/UInt8MultiArray", "std_msgs/msg/Float32MultiArray", "std_msgs/msg/String", "diagnostic_msgs/msg/DiagnosticArray"] as const satisfies readonly RosType[];
const type = v.picklist(types);
const bytes = v.custom<Uint8Array>((value) => value instanceof Uint8Array, "not bytes");
const timeMs = v.pipe(v.number(), v.finite(), v.minValue(0));
const errorCodes = Object.keys(ERROR_CODES) as readonly ErrorCode[];

const qos = v.strictObject({
  reliability: v.picklist(["reliable", "best-effort"]),
  durability: v.picklist(["volatile", "transient-local"]),
  depth: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000)),
});

const requestSchema = v.variant("kind", [
  /** Loads rclnodejs and joins the graph; answered with `opened` or `failed`. The first request. */
  v.strictObject({
    kind: v.literal("open"),
    /** Folder of the rclnodejs package, absolute. */
    rclnodejs: v.string(),
    /** The native addon, absolute: rclnodejs's own search may compile, which nobody asked for. */
    addon: v.string(),
    nodeName: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9_]*$/), v.maxLength(64)),
  }),
  /** Looks at the graph from now on; answered with a `graph` whenever it changes. Asked for once. */
  v.strictObject({ kind: v.literal("watch") }),
  v.strictObject({ kind: v.literal("subscribe"), id: count, topic, type, qos }),
  v.strictObject({ kind: v.literal("unsubscribe"), id: count }),
  /** Offers a topic before anything is published on it. */
  v.strictObject({ kind: v.literal("advertise"), topic, type, qos }),
  /** Answered with `published` or `refused`. */
  v.strictObject({
    kind: v.literal("publish"),
    requestId: count,
    topic,
    type,
    qos,
    bytes,
    /** Publish once a subscription matches, at the latest after this long. */
    awaitSubscriptionMs: v.pipe(v.number(), v.minValue(0), v.maxValue(600_000)),
  }),
]);

const name = v.pipe(v.string(), v.maxLength(1_024));

const endpoint = v.strictObject({
  topic: name,
  type: name,
  role: v.picklist(["publisher", "subscription"]),
  nodeName: name,
  /** Null for a policy that is neither of the two, e.g. one of another vendor. */
  reliability: v.nullable(v.picklist(["reliable", "best-effort"])),
  durability: v.nullable(v.picklist(["volatile", "transient-local"])),
  /** What it promises, or demands of those it is to match, beyond these: times that must be kept. */
  timings: v.array(v.picklist(["deadline", "liveliness"])),
});

const replySchema = v.variant("kind", [
  v.strictObject({ kind: v.literal("opened"), rmw: v.string(), rclnodejs: v.string(), domainId: count }),
  v.strictObject({ kind: v.literal("failed"), message: v.string() }),
  /** Messages in the order of arrival; one element of each list a message, the bytes one after the other. */
  v.pipe(
    v.strictObject({
      kind: v.literal("messages"),
      subscriptions: v.array(count),
      receivedAtMs: v.array(timeMs),
      lengths: v.array(count),
      bytes,
    }),
    v.check(
      ({ subscriptions, receivedAtMs, lengths, bytes: all }) =>
        subscriptions.length === lengths.length &&
        receivedAtMs.length === lengths.length &&
        lengths.reduce((sum, length) => sum + length, 0) === all.length,
      "the lists do not fit the bytes",
    ),
  ),
  /** All endpoints, whenever one came, went or changed. */
  v.strictObject({ kind: v.literal("graph"), endpoints: v.array(endpoint), nodes: v.array(name) }),
  v.strictObject({ kind: v.literal("published"), requestId: count, publishedAtMs: timeMs, matchedSubscriptions: count }),
  v.strictObject({ kind: v.literal("refused"), requestId: count, code: v.picklist(errorCodes), message: v.string() }),
  /** A topic that could not be subscribed to or offered; the others go on. */
  v.strictObject({ kind: v.literal("trouble"), topic: name, message: v.string() }),
]);

/** A message to the process that speaks ROS 2. */
export type HostRequest = v.InferOutput<typeof requestSchema>;
/** A message from it. */
export type HostReply = v.InferOutput<typeof replySchema>;
/** An endpoint of the graph with the policies that decide whether it matches. */
export type HostEndpoint = v.InferOutput<typeof endpoint>;

/** Parses a message that came in at the host; null for anything else. */
export function parseHostRequest(message: unknown): HostRequest | null {
  const parsed = v.safeParse(requestSchema, message);
  return parsed.success ? parsed.output : null;
}

/** Parses a message that came from the host; null for anything else. */
export function parseHostReply(message: unknown): HostReply | null {
  const parsed = v.safeParse(replySchema, message);
  return parsed.success ? parsed.output : null;
}
