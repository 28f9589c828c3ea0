import { describe, expect, it } from "vitest";
import { virtualTimers } from "../time/virtual-timers";
import { fakeSpawn, type FakeChild } from "./fake-spawn";
import { supervise, type ProcessStatus, type SupervisionOptions } from "./supervisor";

function setUp(options: Partial<SupervisionOptions> = {}) {
  const timers = virtualTimers();
  const fake = fakeSpawn();
  const supervised = supervise({ name: "inference", spawn: fake.spawn, entry: "/child.cjs", timers, ...options });
  const states: ProcessStatus["state"][] = [];
  supervised.onStatus((status) => states.push(status.state));
  function child(index: number): FakeChild {
    const found = fake.children[index];
    if (found === undefined) throw new Error(`child ${String(index)} was never started`);
    return found;
  }
  return { timers, fake, supervised, states, child };
}

describe("a supervised process", () => {
  it("is starting until its child listens, then up, and gets name, entry and environment", () => {
    const { supervised, child } = setUp({ env: { MODELS: "/models" } });
    expect(supervised.status()).toMatchObject({ state: "starting", restarts: 0, pid: 1000 });
    expect(child(0).entry).toBe("/child.cjs");
    expect(child(0).options).toEqual({ name: "inference", env: { MODELS: "/models" } });

    child(0).becomeReady();
    expect(supervised.status()).toMatchObject({ state: "up", pid: 1000, sentence: "inference is up." });
  });

  it("is ended and started again when it does not listen in time", () => {
    const { timers, supervised, child, states } = setUp({ startTimeoutMs: 3_000 });
    timers.advance(2_999);
    expect(child(0).wasKilled()).toBe(false);
    timers.advance(1);
    expect(child(0).wasKilled()).toBe(true);
    timers.advance(0);
    expect(states).toEqual(["backing-off", "starting"]);
    expect(supervised.status()).toMatchObject({ restarts: 1, pid: 1001 });
  });

  it("gets its whole time to start again when the machine slept meanwhile", () => {
    const { timers, supervised, child } = setUp({ startTimeoutMs: 3_000 });
    timers.sleep(3_600_000);
    timers.advance(2_999);
    expect(child(0).wasKilled()).toBe(false);
    child(0).becomeReady();
    expect(supervised.status().state).toBe("up");
  });

  it("is restarted at once after its first crash, with the reason in words", () => {
    const { timers, supervised, child, fake } = setUp();
    child(0).becomeReady();
    child(0).write("loading\nSegmentation fault\n");
    child(0).exit({ signal: "SIGSEGV" });
    expect(supervised.status()).toMatchObject({
      state: "backing-off",
      pid: null,
      sentence: 'inference was ended by SIGSEGV ("Segmentation fault"); restart 1 of 5 follows at once.',
    });
    timers.advance(0);
    expect(fake.children).toHaveLength(2);
  });

  it("is unresponsive after one missed answer and ended after the second", () => {
    const { timers, supervised, child, states } = setUp({ heartbeatPeriodMs: 2_000 });
    child(0).becomeReady();
    timers.advance(20_000);
    expect(states).toEqual(["up"]);

    child(0).answersPings = false;
    timers.advance(2_000); // the ping on its way was still answered
    timers.advance(2_000);
    expect(supervised.status()).toMatchObject({
      state: "unresponsive",
      sentence: "inference has not answered for 2 s.",
    });
    expect(child(0).wasKilled()).toBe(false);
    timers.advance(2_000);
    expect(child(0).wasKilled()).toBe(true);
    expect(states).toEqual(["up", "unresponsive", "backing-off", "starting"]);
  });

  it("is up again when an unresponsive child answers before the second stage", () => {
    const { timers, supervised, child } = setUp();
    child(0).becomeReady();
    child(0).answersPings = false;
    timers.advance(4_000);
    expect(supervised.status().state).toBe("unresponsive");
    child(0).say({ kind: "pong", ping: 2 });
    expect(supervised.status()).toMatchObject({ state: "up", sentence: "inference answers again." });
    child(0).answersPings = true;
    timers.advance(60_000);
    expect(child(0).wasKilled()).toBe(false);
  });

  it("does not take a laptop's sleep for a hang, in either stage", () => {
    const { timers, supervised, child } = setUp();
    child(0).becomeReady();
    child(0).answersPings = false;
    timers.advance(2_000);
    timers.sleep(3_600_000);
    timers.advance(0);
    expect(supervised.status().state).toBe("up");
    timers.advance(2_000);
    expect(supervised.status().state).toBe("unresponsive");
    timers.sleep(3_600_000);
    timers.advance(0);
    expect(child(0).wasKilled()).toBe(false);
    timers.advance(4_000);
    expect(child(0).wasKilled()).toBe(true);
  });

  it("backs off exponentially, at most 5 restarts in a row, then stays down until a retry", () => {
    const { timers, supervised, child, fake } = setUp();
    for (const pauseMs of [0, 500, 1_000, 2_000, 4_000]) {
      child(fake.children.length - 1).exit({ code: 1 });
      const before = fake.children.length;
      if (pauseMs > 0) {
        timers.advance(pauseMs - 1);
        expect(fake.children).toHaveLength(before);
        timers.advance(1);
      }
      timers.advance(0);
      expect(fake.children).toHaveLength(before + 1);
    }
    child(5).exit({ code: 1 });
    expect(supervised.status()).toMatchObject({
      state: "down",
      restarts: 5,
      pid: null,
      sentence: "inference ended with code 1; it was restarted 5 times in a row and is left down. Retry starts it again.",
    });
    timers.advance(3_600_000);
    expect(fake.children).toHaveLength(6);
    expect(timers.pendingCount()).toBe(0);

    supervised.retry();
    child(6).becomeReady();
    expect(supervised.status().state).toBe("up");
    child(6).exit({ code: 1 });
    timers.advance(0);
    expect(fake.children).toHaveLength(8);
  });

  it("counts restarts from zero again after a minute up, and not before", () => {
    const { timers, supervised, child } = setUp();
    child(0).exit({ code: 1 });
    timers.advance(0);
    child(1).becomeReady();
    timers.advance(59_000);
    child(1).exit({ code: 1 });
    expect(supervised.status().sentence).toContain("restart 2 of 5 follows in 0.5 s");
    timers.advance(500);
    child(2).becomeReady();
    timers.advance(60_000);
    child(2).exit({ code: 1 });
    expect(supervised.status().sentence).toContain("restart 1 of 5 follows at once");
  });

  it("treats a start that the system refuses as a crash", () => {
    const timers = virtualTimers();
    const fake = fakeSpawn();
    fake.failNext("spawn EAGAIN");
    const supervised = supervise({ name: "inference", spawn: fake.spawn, entry: "/child.cjs", timers });
    expect(supervised.status()).toMatchObject({ state: "backing-off" });
    expect(supervised.status().sentence).toContain("could not be started: spawn EAGAIN");
    timers.advance(0);
    expect(fake.children).toHaveLength(1);
  });

  it("starts at once on a retry while it backs off, and only once", () => {
    const { timers, supervised, child, fake } = setUp();
    child(0).exit({ code: 1 });
    timers.advance(0);
    child(1).exit({ code: 1 });
    supervised.retry();
    expect(fake.children).toHaveLength(3);
    timers.advance(10_000);
    supervised.retry();
    expect(fake.children).toHaveLength(3);
  });

  it("ignores what a replaced child still says", () => {
    const { timers, supervised, child } = setUp({ startTimeoutMs: 1_000 });
    timers.advance(1_000);
    child(0).becomeReady();
    child(0).exit({ code: 0 });
    expect(supervised.status()).toMatchObject({ state: "starting", restarts: 1 });
  });

  it("asks its child to leave when stopped, ends it when it does not, and restarts nothing", async () => {
    const { timers, supervised, child, fake } = setUp({ stopTimeoutMs: 1_000 });
    child(0).becomeReady();
    const stopped = supervised.stop();
    expect(child(0).received.at(-1)).toEqual({ kind: "stop" });
    expect(child(0).wasKilled()).toBe(false);
    timers.advance(1_000);
    await stopped;
    expect(child(0).wasKilled()).toBe(true);
    expect(supervised.status()).toMatchObject({ state: "down", sentence: "inference was stopped." });
    supervised.retry();
    timers.advance(60_000);
    expect(fake.children).toHaveLength(1);
    expect(timers.pendingCount()).toBe(0);
  });

  it("leaves no timer behind when its child leaves as asked", async () => {
    const { timers, supervised, child } = setUp();
    child(0).becomeReady();
    const stopped = supervised.stop();
    child(0).exit({ code: 0 });
    await stopped;
    expect(child(0).wasKilled()).toBe(false);
    expect(timers.pendingCount()).toBe(0);
  });
});

describe("the port of a supervised process", () => {
  it("carries messages while a child is up and says when it could not", () => {
    const { timers, supervised, child } = setUp();
    const heard: unknown[] = [];
    supervised.port.onMessage((message) => heard.push(message));
    expect(supervised.port.post("too early")).toBe(false);
    child(0).becomeReady();
    expect(supervised.port.post("encode")).toBe(true);
    expect(child(0).received).toContainEqual({ kind: "message", body: "encode" });
    expect(child(0).received).not.toContainEqual({ kind: "message", body: "too early" });
    child(0).say({ kind: "message", body: "encoded" });
    child(0).say("noise");
    expect(heard).toEqual(["encoded"]);

    child(0).exit({ code: 1 });
    expect(supervised.port.post("lost")).toBe(false);
    timers.advance(0);
    child(1).becomeReady();
    child(1).say({ kind: "message", body: "again" });
    expect(heard).toEqual(["encoded", "again"]);
  });

  it("tells when a child comes up and goes, once each, and at once to who comes late", () => {
    const { timers, supervised, child } = setUp();
    const told: string[] = [];
    supervised.port.onUp(() => told.push("up"));
    supervised.port.onDown(() => told.push("down"));
    child(0).becomeReady();
    child(0).becomeReady();
    child(0).exit({ code: 1 });
    timers.advance(0);
    child(1).exit({ code: 1 });
    timers.advance(500);
    child(2).becomeReady();
    expect(told).toEqual(["up", "down", "up"]);
    supervised.port.onUp(() => told.push("late"));
    expect(told).toEqual(["up", "down", "up", "late"]);
  });
});
