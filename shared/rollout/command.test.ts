import { describe, expect, test } from "vitest";
import type { ModelVersion } from "../fleet/ids";
import { node, version } from "../fleet/ids-fixture";
import {
  ACKNOWLEDGE_WITHIN_MS,
  advanceCommand,
  hasEnded,
  requestCommand,
  SETTLE_MS,
  VERIFY_WITHIN_MS,
  viewCommand,
  type Command,
  type CommandInput,
} from "./command";

const OLD = version("1.0.0");
const NEW = version("1.1.0");

/** Leads a command through inputs on its own clock and remembers how often it wanted to be published. */
class Walk {
  command: Command = requestCommand(
    { commandId: "c-0001", requestId: "r-000001", nodeId: node("node_3"), kind: "deploy", actor: "operator", version: NEW, fromVersion: OLD },
    0,
  );
  publications = 0;
  nowMs = 0;

  private feed(input: CommandInput): this {
    const outcome = advanceCommand(this.command, input);
    this.command = outcome.command;
    if (outcome.publish) this.publications += 1;
    return this;
  }
  private times() {
    return { atMs: this.nowMs, wallMs: this.nowMs };
  }
  published(matchedSubscriptions = 1): this {
    return this.feed({ type: "published", matchedSubscriptions, ...this.times() });
  }
  reports(reported: ModelVersion | null): this {
    return this.feed({ type: "reported", version: reported, ...this.times() });
  }
  samples(count: number, beyond: readonly "qualityScore"[] = [], of: ModelVersion | null = NEW): this {
    for (let index = 0; index < count; index += 1) this.feed({ type: "sample", version: of, beyond, ...this.times() });
    return this;
  }
  pass(ms: number, heard = { nodeReportsVersion: true, reportedVersion: OLD as ModelVersion | null, isHeard: true }): this {
    this.nowMs += ms;
    return this.feed({ type: "tick", ...heard, ...this.times() });
  }
  phases(): string[] {
    return this.command.steps.map((step) => step.phase);
  }
}

describe("a command", () => {
  test("walks to verified only on the node's own report and healthy samples after settling", () => {
    const walk = new Walk().published().reports(NEW);
    expect(walk.command.phase).toBe("acknowledged");
    walk.samples(50);
    expect(walk.command.phase).toBe("acknowledged");
    walk.pass(SETTLE_MS).samples(11);
    expect(walk.command.phase).toBe("verifying");
    walk.samples(1);
    expect(walk.command.phase).toBe("verified");
    expect(walk.phases()).toEqual(["requested", "sent", "acknowledged", "verifying", "verified"]);
    expect(walk.command.sentence).toBe("1.1.0 runs on node_3 by its own report; 12 samples within limits.");
  });

  test("is not acknowledged by a report that came before it was sent", () => {
    expect(new Walk().reports(NEW).command.phase).toBe("requested");
  });

  test("is sent three times, two seconds apart, and then failed when the node keeps the old version", () => {
    const walk = new Walk().published();
    walk.pass(ACKNOWLEDGE_WITHIN_MS - 1);
    expect(walk.publications).toBe(0);
    walk.pass(1).published().pass(ACKNOWLEDGE_WITHIN_MS).published().pass(ACKNOWLEDGE_WITHIN_MS);
    expect(walk.publications).toBe(2);
    expect(walk.command).toMatchObject({ phase: "failed", attempts: 3 });
    expect(walk.command.sentence).toBe("Sent 3 times. node_3 still reports 1.0.0.");
  });

  function sentThrice(heard: Parameters<Walk["pass"]>[1]): Walk {
    const walk = new Walk().published();
    for (let tries = 1; tries < 3; tries += 1) walk.pass(ACKNOWLEDGE_WITHIN_MS, heard).published();
    return walk.pass(ACKNOWLEDGE_WITHIN_MS, heard);
  }

  test("ends unconfirmed, never verified, on a node that reports no version", () => {
    const walk = sentThrice({ nodeReportsVersion: false, reportedVersion: null, isHeard: true });
    expect(walk.command.phase).toBe("unconfirmed");
    expect(walk.command.sentence).toContain("does not report a version");
  });

  test("ends unconfirmed on a node that fell silent, and takes a late report as what it is", () => {
    const walk = sentThrice({ nodeReportsVersion: true, reportedVersion: OLD, isHeard: false });
    expect(walk.command.phase).toBe("unconfirmed");
    expect(walk.reports(NEW).command.phase).toBe("acknowledged");
  });

  test("is inconsistent when the node reports a third version", () => {
    const walk = sentThrice({ nodeReportsVersion: true, reportedVersion: version("0.9.0"), isHeard: true });
    expect(walk.command.phase).toBe("inconsistent");
    expect(walk.command.sentence).toBe("Asked for 1.1.0, node_3 reports 0.9.0. Nothing more is sent until you choose.");
  });

  test("is inconsistent when the node leaves the version after it acknowledged", () => {
    expect(new Walk().published().reports(NEW).reports(OLD).command.phase).toBe("inconsistent");
  });

  test("fails verification after nine samples in a row beyond a limit", () => {
    const walk = new Walk().published().reports(NEW).pass(SETTLE_MS);
    walk.samples(8, ["qualityScore"]).samples(1).samples(8, ["qualityScore"]);
    expect(walk.command.phase).toBe("verifying");
    walk.samples(1, ["qualityScore"]);
    expect(walk.command.phase).toBe("failed");
    expect(walk.command.sentence).toContain("quality beyond the limit");
  });

  test("counts no samples of another version towards verification", () => {
    const walk = new Walk().published().reports(NEW).pass(SETTLE_MS).samples(40, [], OLD);
    expect(walk.command).toMatchObject({ phase: "verifying", withinRun: 0 });
  });

  test("ends unconfirmed when healthy samples do not come, and does not start over on the next report", () => {
    const walk = new Walk().published().reports(NEW).pass(SETTLE_MS).samples(5).pass(VERIFY_WITHIN_MS);
    expect(walk.command.phase).toBe("unconfirmed");
    expect(walk.reports(NEW).command.phase).toBe("unconfirmed");
  });

  test("says why it could not be sent", () => {
    const walk = new Walk();
    const { command } = advanceCommand(walk.command, { type: "publish-failed", reason: "the link is down.", atMs: 0, wallMs: 0 });
    expect(hasEnded(command)).toBe(true);
    expect(viewCommand(command)).toMatchObject({ phase: "failed", sentence: "1.1.0 was not sent: the link is down." });
  });
});
