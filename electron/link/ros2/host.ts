/**
 * The process that speaks ROS 2, and the only one that loads rclnodejs. It interprets nothing: CDR bytes go
 * in and out as they are. It may die at any time; its supervisor starts it again and the link asks for
 * everything once more.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Dispose } from "../../../shared/time";
import type { QosProfile } from "../../../shared/wire/topics";
import { childPort } from "../../supervision/child-port";
import { systemTimers } from "../../time/system-timers";
import { watchGraph } from "./host-graph";
import { createOutbox } from "./host-messages";
import { parseHostRequest, type HostReply, type HostRequest } from "./protocol";
import type { Rclnodejs, RclNode, RclPublisher, RclSubscription } from "./rclnodejs-api";
import { domainIdOf } from "./ros-environment";
import { RCLNODEJS_VERSION } from "./ros-folder";

/** Between two looks for a matching subscription while a publication waits, ms. */
const MATCH_LOOK_MS = 20;
/** The longest that a wait for messages may keep a new subscription from joining it, ms. */
const SPIN_MS = 20;

/** RMW_QOS_POLICY_HISTORY_KEEP_LAST. */
const KEEP_LAST = 1;

type Of<Kind extends HostRequest["kind"]> = Extract<HostRequest, { kind: Kind }>;

const port = childPort();
const timers = systemTimers;
const subscriptions = new Map<number, RclSubscription>();
const publishers = new Map<string, RclPublisher>();
let rcl: Rclnodejs | null = null;
let node: RclNode | null = null;

function post(reply: HostReply): void {
  port.post(reply);
}

const outbox = createOutbox(timers, post);

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Loads rclnodejs with the addon that is named: its own search for one ends in compiling. */
function load(request: Of<"open">): Rclnodejs {
  const require = createRequire(join(request.rclnodejs, "package.json"));
  const addon: unknown = require(request.addon);
  const loader = require.resolve("./lib/native_loader.js");
  require.cache[loader] = Object.assign(Object.create(null) as NodeJS.Module, { id: loader, filename: loader, loaded: true, exports: addon });
  return require("./index.js") as Rclnodejs;
}

async function open(request: Of<"open">): Promise<void> {
  try {
    rcl = load(request);
    await rcl.init();
    const options = new rcl.NodeOptions();
    options.startParameterServices = false;
    options.startTypeDescriptionService = false;
    options.enableRosout = false;
    node = new rcl.Node(request.nodeName, "", undefined, options);
    node.spin(SPIN_MS);
  } catch (error) {
    post({ kind: "failed", message: sentence(error) });
    return;
  }
  const domainId = domainIdOf(process.env);
  post({ kind: "opened", rmw: process.env["RMW_IMPLEMENTATION"] ?? "the default", rclnodejs: RCLNODEJS_VERSION, domainId });
}

function opened(): { readonly rcl: Rclnodejs; readonly node: RclNode } {
  if (rcl === null || node === null) throw new Error("the host was asked for something before it was opened");
  return { rcl, node };
}

function qosOf(qos: QosProfile): unknown {
  const reliability = qos.reliability === "reliable" ? 1 : 2;
  const durability = qos.durability === "transient-local" ? 1 : 2;
  return new (opened().rcl.QoS)(KEEP_LAST, qos.depth, reliability, durability);
}

function subscribe({ id, topic, type, qos }: Of<"subscribe">): void {
  const options = { isRaw: true, qos: qosOf(qos) } as const;
  const subscription = opened().node.createSubscription(type, topic, options, (message) => {
    outbox.add(id, message);
  });
  subscriptions.set(id, subscription);
}

function unsubscribe({ id }: Of<"unsubscribe">): void {
  const subscription = subscriptions.get(id);
  subscriptions.delete(id);
  if (subscription !== undefined) opened().node.destroySubscription(subscription);
}

/** The publisher of a topic stays: a node that starts later is handed the last command then. */
function publisherOf({ topic, type, qos }: Pick<Of<"advertise">, "topic" | "type" | "qos">): RclPublisher {
  const key = JSON.stringify([topic, type, qos]);
  const known = publishers.get(key);
  if (known !== undefined) return known;
  const publisher = opened().node.createPublisher(type, topic, { qos: qosOf(qos) });
  publishers.set(key, publisher);
  return publisher;
}

function publish(request: Of<"publish">): void {
  const { requestId } = request;
  const publisher = publisherOf(request);
  const untilMs = timers.monotonicMs() + request.awaitSubscriptionMs;
  let cancel: Dispose = () => undefined;
  function attempt(): void {
    cancel();
    const matchedSubscriptions = publisher.subscriptionCount;
    if (matchedSubscriptions === 0 && timers.monotonicMs() < untilMs) {
      cancel = timers.after(MATCH_LOOK_MS, attempt);
      return;
    }
    publisher.publish(Buffer.from(request.bytes));
    post({ kind: "published", requestId, publishedAtMs: timers.wallMs(), matchedSubscriptions });
  }
  attempt();
}

function receive(message: unknown): void {
  const request = parseHostRequest(message);
  if (request === null) {
    post({ kind: "trouble", topic: "", message: "The ROS 2 process was asked for something that it does not know." });
    return;
  }
  switch (request.kind) {
    case "open":
      void open(request);
      return;
    case "publish":
      try {
        publish(request);
      } catch (error) {
        post({ kind: "refused", requestId: request.requestId, code: "PUBLISH_FAILED", message: sentence(error) });
      }
      return;
    default:
      try {
        if (request.kind === "watch") watchGraph(opened().node, timers, post);
        else if (request.kind === "subscribe") subscribe(request);
        else if (request.kind === "advertise") publisherOf(request);
        else unsubscribe(request);
      } catch (error) {
        post({ kind: "trouble", topic: "topic" in request ? request.topic : "", message: sentence(error) });
      }
  }
}

port.onStop(() => {
  outbox.flush();
  rcl?.shutdown();
});
port.onMessage(receive);
