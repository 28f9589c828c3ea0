import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ModelVersion, NodeId } from "../../shared/fleet/ids";
import { encodeString } from "../../shared/wire/cdr";
import { encodeDeploy } from "../../shared/wire/deploy";
import { parseFleetMessage } from "../../shared/wire/message";
import {
  DEPLOY_PUBLICATION_QOS,
  METRICS_SUBSCRIPTION_QOS,
  topicName,
  topicType,
  type TopicKind,
} from "../../shared/wire/topics";
import type { InboundMessage, Link, LinkListener, LinkStatus, Subscription } from "./port";

/** A link with a fleet behind it, and the time that both live in. */
export interface LinkUnderTest {
  readonly link: Link;
  /** A node that publishes metrics and heartbeats soon after the start. */
  readonly nodeId: NodeId;
  /** Another one. */
  readonly otherNodeId: NodeId;
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
  /** Callbacks still to come; null where the clock is real. */
  timersLeft(): number | null;
  /** Ends what surrounds the link. The link itself was stopped. */
  dispose(): Promise<void>;
}

/** What the nodes of a fleet that takes deploys know. */
export interface DeployableVersions {
  /** Runs on every node at first. */
  readonly initial: ModelVersion;
  readonly deployable: ModelVersion;
  readonly unknown: ModelVersion;
}

/** How long anything that must happen may take, ms. */
const SOON_MS = 6_000;
/** How long something that must not happen is waited for, ms. */
const NEVER_MS = 2_500;
const STEP_MS = 50;

/**
 * What every adapter of the link port must do, whatever fleet is behind it.
 * @param versions Null where the fleet takes no deploys.
 * @param make Gives a link that was not started.
 */
export function linkContract(
  name: string,
  versions: DeployableVersions | null,
  make: () => Promise<LinkUnderTest>,
): void {
  describe(`the ${name} link, as every link,`, () => {
    let test: LinkUnderTest;
    let messages: InboundMessage[];
    let statuses: LinkStatus[];
    let graphChanges: number;
    /** What the listener does with a message, besides keeping it. */
    let onHeard: (message: InboundMessage) => void;
    const listener: LinkListener = {
      onMessage: (message) => {
        messages.push(message);
        onHeard(message);
      },
      onStatus: (status) => statuses.push(status),
      onGraphChange: () => {
        graphChanges += 1;
      },
    };

    beforeEach(async () => {
      test = await make();
      messages = [];
      statuses = [];
      graphChanges = 0;
      onHeard = () => undefined;
    });

    afterEach(async () => {
      await test.link.stop();
      expect(test.timersLeft() ?? 0).toBe(0);
      await test.dispose();
    });

    async function soon(what: string, isSo: () => boolean): Promise<void> {
      for (let passedMs = 0; passedMs < SOON_MS; passedMs += STEP_MS) {
        if (isSo()) return;
        await test.pass(STEP_MS);
      }
      if (!isSo()) throw new Error(`${what} did not happen within ${String(SOON_MS)} ms`);
    }

    async function settled<Value>(promise: Promise<Value>): Promise<Value> {
      let outcome: { readonly value: Value } | null = null;
      void promise.then((value) => {
        outcome = { value };
      });
      await soon("an answer", () => outcome !== null);
      return promise;
    }

    async function start(): Promise<void> {
      await settled(test.link.start(listener));
      await soon("the link", () => test.link.status().state === "up");
    }

    function subscription(kind: TopicKind, nodeId: NodeId): Subscription {
      return { topic: topicName(kind, nodeId), type: topicType(kind), qos: METRICS_SUBSCRIPTION_QOS };
    }

    function of(kind: TopicKind, nodeId: NodeId): InboundMessage[] {
      return messages.filter((message) => message.topic === topicName(kind, nodeId));
    }

    function reportedVersion(): ModelVersion | null {
      const newest = of("lydt-metrics", test.nodeId).at(-1);
      if (newest === undefined) return null;
      const parsed = parseFleetMessage(newest);
      return parsed.ok && parsed.value.kind === "metrics" ? parsed.value.sample.modelVersion : null;
    }

    it("reports a status before its start resolves, and is up in the end", async () => {
      await settled(test.link.start(listener));
      expect(statuses.length).toBeGreaterThan(0);
      await soon("the link", () => test.link.status().state === "up");
      expect(test.link.status().sentence).not.toBe("");
      expect(statuses.at(-1)).toEqual(test.link.status());
    });

    it("delivers a topic that was asked for before the start, as messages that parse", async () => {
      test.link.subscribe(subscription("lydt-metrics", test.nodeId));
      await start();
      await soon("metrics", () => messages.length >= 3);
      for (const message of messages) {
        const parsed = parseFleetMessage(message);
        expect(parsed).toMatchObject({ ok: true, value: { kind: "metrics", sample: { nodeId: test.nodeId } } });
      }
    });

    it("delivers a topic that was asked for after the start, and only what was asked for", async () => {
      await start();
      await test.pass(NEVER_MS);
      expect(messages).toEqual([]);
      test.link.subscribe(subscription("heartbeat", test.nodeId));
      test.link.subscribe(subscription("legacy-metrics", test.otherNodeId));
      await soon("both topics", () => new Set(messages.map((message) => message.topic)).size === 2);
      expect(messages.length).toBe(of("heartbeat", test.nodeId).length + of("legacy-metrics", test.otherNodeId).length);
    });

    it("delivers each message once, however often its topic was asked for", async () => {
      test.link.subscribe(subscription("lydt-metrics", test.nodeId));
      test.link.subscribe(subscription("lydt-metrics", test.nodeId));
      await start();
      await soon("metrics", () => messages.length >= 5);
      const sequences = messages.map((message) => {
        const parsed = parseFleetMessage(message);
        return parsed.ok && parsed.value.kind === "metrics" ? parsed.value.sample.sequence : null;
      });
      expect(new Set(sequences).size).toBe(sequences.length);
    });

    it("falls silent on a topic once nobody asks for it any more", async () => {
      const first = test.link.subscribe(subscription("lydt-metrics", test.nodeId));
      const second = test.link.subscribe(subscription("lydt-metrics", test.nodeId));
      await start();
      await soon("metrics", () => messages.length > 0);
      first();
      first();
      const before = messages.length;
      await soon("more metrics", () => messages.length > before);
      second();
      await test.pass(STEP_MS);
      const after = messages.length;
      await test.pass(NEVER_MS);
      expect(messages.length).toBe(after);
    });

    // RobotWebTools/rclnodejs 896: a subscription that its own callback destroyed brought the process down.
    it("takes it that a topic is given up from within one of its messages: it falls silent, and the others go on", async () => {
      const giveUp = test.link.subscribe(subscription("lydt-metrics", test.nodeId));
      test.link.subscribe(subscription("heartbeat", test.otherNodeId));
      onHeard = ({ topic }) => {
        if (topic === topicName("lydt-metrics", test.nodeId)) giveUp();
      };
      await start();
      await soon("metrics", () => of("lydt-metrics", test.nodeId).length > 0);
      await test.pass(STEP_MS);
      const heard = of("lydt-metrics", test.nodeId).length;
      const others = of("heartbeat", test.otherNodeId).length;
      await test.pass(NEVER_MS);
      expect(of("lydt-metrics", test.nodeId)).toHaveLength(heard);
      expect(of("heartbeat", test.otherNodeId).length).toBeGreaterThan(others);
      expect(test.link.status().state).toBe("up");
    });

    it("lists in its graph the endpoints that are there, and says when they change", async () => {
      await start();
      await soon("the graph", () => graphChanges > 0 && test.link.graph().length > 0);
      const publishers = test.link.graph().filter((endpoint) => endpoint.role === "publisher");
      for (const nodeId of [test.nodeId, test.otherNodeId]) {
        expect(publishers).toContainEqual(
          expect.objectContaining({ topic: topicName("lydt-metrics", nodeId), type: topicType("lydt-metrics") }),
        );
      }
      expect(publishers.map((endpoint) => endpoint.topic)).not.toContain("/lydlr/nobody/transport/metrics");
    });

    it("publishes to nobody after waiting as long as it was told to, and says that nobody listened", async () => {
      await start();
      const receipt = await settled(
        test.link.publish({
          topic: "/lydlr/nobody/command/deploy",
          type: "std_msgs/msg/String",
          bytes: encodeString("1.0.0"),
          qos: DEPLOY_PUBLICATION_QOS,
          awaitSubscriptionMs: 300,
        }),
      );
      expect(receipt).toMatchObject({ ok: true, value: { matchedSubscriptions: 0 } });
    });

    it("refuses to publish when it is stopped", async () => {
      await start();
      await test.link.stop();
      const receipt = await test.link.publish({
        ...encodeDeploy(test.nodeId, "lydt", "1.0.0" as ModelVersion),
        awaitSubscriptionMs: 1_000,
      });
      expect(receipt).toMatchObject({ ok: false, error: { code: "LINK_DOWN" } });
    });

    it("calls its listener no more once it is stopped", async () => {
      test.link.subscribe(subscription("lydt-metrics", test.nodeId));
      await start();
      await soon("metrics", () => messages.length > 0);
      await test.link.stop();
      const before = [messages.length, statuses.length, graphChanges];
      await test.pass(NEVER_MS);
      expect([messages.length, statuses.length, graphChanges]).toEqual(before);
      expect(test.link.status().state).toBe("down");
      expect(test.link.graph()).toEqual([]);
    });

    it("answers a publication that is waiting when it is stopped", async () => {
      await start();
      const receipt = test.link.publish({
        ...encodeDeploy("nobody" as NodeId, "lydt", "1.0.0" as ModelVersion),
        awaitSubscriptionMs: 60_000,
      });
      await test.pass(STEP_MS);
      await test.link.stop();
      expect(await receipt).toMatchObject({ ok: false, error: { code: "LINK_DOWN" } });
    });

    if (versions === null) return;
    const { initial, deployable, unknown } = versions;

    it("carries a deploy to its node, whose own report then confirms it", async () => {
      test.link.subscribe(subscription("lydt-metrics", test.nodeId));
      await start();
      await soon("the first version", () => reportedVersion() === initial);
      const receipt = await settled(
        test.link.publish({ ...encodeDeploy(test.nodeId, "lydt", deployable), awaitSubscriptionMs: 1_000 }),
      );
      expect(receipt).toMatchObject({ ok: true, value: { matchedSubscriptions: 1 } });
      await soon("the deployed version", () => reportedVersion() === deployable);
    });

    it("leaves the old version running when the deployed one is unknown", async () => {
      test.link.subscribe(subscription("lydt-metrics", test.nodeId));
      await start();
      await soon("the first version", () => reportedVersion() === initial);
      await settled(test.link.publish({ ...encodeDeploy(test.nodeId, "lydt", unknown), awaitSubscriptionMs: 1_000 }));
      const before = messages.length;
      await test.pass(NEVER_MS);
      expect(messages.length).toBeGreaterThan(before);
      expect(reportedVersion()).toBe(initial);
    });
  });
}
