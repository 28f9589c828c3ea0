import { describe, expect, it } from "vitest";
import { comparisonFixture } from "../../shared/comparison/comparison-fixture";
import type { ComparisonView, ShownFrame } from "../../shared/contract/comparison";
import { fakeSpawn, type FakeChild } from "../supervision/fake-spawn";
import { virtualTimers } from "../time/virtual-timers";
import { openComparisonDesk, type ComparisonOrder } from "./desk";
import { parseComparisonRequest, type ComparisonReply, type ComparisonRequest } from "./protocol";

const ORDER: ComparisonOrder = { versionA: "1.0.0", versionB: "1.1.0", source: "held-out", size: "quick" };

function requestsOf(child: FakeChild): readonly ComparisonRequest[] {
  return child.received.flatMap((envelope) => {
    const request = parseComparisonRequest((envelope as { readonly body?: unknown }).body);
    return request === null ? [] : [request];
  });
}

/** Lets promise reactions run. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function openDesk() {
  const timers = virtualTimers();
  const spawned = fakeSpawn();
  const told: ComparisonView[] = [];
  const desk = openComparisonDesk({ spawn: spawned.spawn, entry: "comparison-host.cjs", timers, places: ["models"], tell: (view) => told.push(view) });
  const child = (): FakeChild => {
    const last = spawned.children.at(-1);
    if (last === undefined) throw new Error("no process was started");
    return last;
  };
  const say = async (reply: ComparisonReply): Promise<void> => {
    child().say({ kind: "message", body: reply });
    await settle();
  };
  return { desk, timers, spawned, told, child, say };
}

/** A desk whose process has opened both versions and measures. */
async function measuring() {
  const opened = openDesk();
  const started = opened.desk.start(ORDER, null);
  if (!started.ok) throw new Error(started.error.message);
  opened.child().becomeReady();
  await opened.say({ kind: "opened", requestId: 0 });
  return { ...opened, comparisonId: started.value.comparisonId };
}

async function finished() {
  const running = await measuring();
  await running.say({ kind: "measured", requestId: 1, comparison: comparisonFixture() });
  return running;
}

function shownFixture(): ShownFrame {
  const [frame] = comparisonFixture().frames;
  const [point] = frame?.a ?? [];
  if (point === undefined) throw new Error("the fixture has no point");
  const rgb = new Uint8Array(3);
  return { frame: 0, name: "x", width: 1, height: 1, original: rgb, a: { point, rgb }, b: { point, rgb } };
}

describe("the desk of comparisons", () => {
  it("starts a process of its own, which opens both versions before it measures", async () => {
    const { desk, spawned, child, told } = await measuring();
    expect(spawned.children.length).toBe(1);
    expect(child().options.name).toBe("comparison");
    expect(requestsOf(child()).map((request) => request.kind)).toEqual(["open", "measure"]);
    expect(desk.view()).toMatchObject({ phase: "measuring", versionA: "1.0.0", versionB: "1.1.0" });
    expect(told[0]).toMatchObject({ phase: "measuring", done: 0, total: 0 });
  });

  it("tells its progress at most twice a second, and all of it to who asks", async () => {
    const { desk, timers, told, say } = await measuring();
    const before = told.length;
    for (let done = 1; done <= 10; done++) await say({ kind: "progress", requestId: 1, done, total: 100, doing: "hall" });
    expect(told.length).toBe(before + 1);
    expect(desk.view()).toMatchObject({ done: 10, total: 100 });
    timers.advance(500);
    await say({ kind: "progress", requestId: 1, done: 11, total: 100, doing: "hall" });
    expect(told.length).toBe(before + 2);
  });

  it("keeps what was measured and shows its pictures", async () => {
    const { desk, say, child, comparisonId } = await finished();
    expect(desk.view()).toMatchObject({ phase: "done", comparisonId });
    const asked = desk.show(comparisonId, 2, 3, 4);
    await settle();
    const request = requestsOf(child()).at(-1);
    expect(request).toMatchObject({ kind: "show", frame: 2, levelA: 3, levelB: 4 });
    await say({ kind: "shown", requestId: request?.requestId ?? -1, shown: shownFixture() });
    expect(await asked).toEqual({ ok: true, value: shownFixture() });
  });

  it("gives the memory of an idle process back, and starts another one for the next picture", async () => {
    const { desk, timers, spawned, child, comparisonId } = await finished();
    timers.advance(120_000);
    expect(child().wasKilled()).toBe(true);
    const asked = desk.show(comparisonId, 0, 1, 1);
    expect(spawned.children.length).toBe(2);
    child().becomeReady();
    await settle();
    expect(requestsOf(child())[0]).toMatchObject({ kind: "open", job: { versionA: "1.0.0" } });
    desk.close();
    expect((await asked).ok).toBe(false);
  });

  it("ends the process at once when the operator cancels, and says so", async () => {
    const { desk, child, told } = await measuring();
    desk.cancel();
    await settle();
    expect(child().wasKilled()).toBe(true);
    expect(told.at(-1)).toMatchObject({ phase: "cancelled", versionA: "1.0.0" });
    expect(desk.start(ORDER, null).ok, "another one may be started").toBe(true);
    desk.close();
  });

  it("fails with how the process ended when it dies", async () => {
    const { desk, child } = await measuring();
    child().write("out of memory\n");
    child().exit({ signal: "SIGABRT" });
    await settle();
    expect(desk.view()).toMatchObject({ phase: "failed", code: "COMPARISON_FAILED" });
    expect(desk.view()).toMatchObject({ message: expect.stringMatching(/SIGABRT.*out of memory/) as unknown });
  });

  it("ends a process that says nothing for a minute, but not one that slept with the machine", async () => {
    const { desk, timers, child } = await measuring();
    timers.sleep(3_600_000);
    timers.advance(0);
    expect(child().wasKilled()).toBe(false);
    timers.advance(60_000);
    await settle();
    expect(child().wasKilled()).toBe(true);
    expect(desk.view()).toMatchObject({ phase: "failed", code: "COMPARISON_FAILED" });
  });

  it("hands on why a version cannot be opened", async () => {
    const { desk, child, say } = openDesk();
    desk.start(ORDER, null);
    child().becomeReady();
    await say({ kind: "failed", requestId: 0, code: "HASH_MISMATCH", message: "analysis.onnx of 1.1.0 is not the file that its manifest names." });
    expect(desk.view()).toMatchObject({ phase: "failed", code: "HASH_MISMATCH" });
    expect(child().wasKilled()).toBe(true);
  });

  it("says so when no process can be started", async () => {
    const { desk, spawned } = openDesk();
    spawned.failNext("EAGAIN");
    desk.start(ORDER, null);
    await settle();
    expect(desk.view()).toMatchObject({ phase: "failed", code: "COMPARISON_FAILED", message: expect.stringContaining("EAGAIN") as unknown });
  });

  it("refuses a second comparison, a version against itself, and pictures without a folder", async () => {
    const { desk } = await measuring();
    const second = desk.start(ORDER, null);
    expect(second.ok ? "" : second.error.code).toBe("COMPARISON_RUNNING");
    desk.cancel();
    const same = desk.start({ ...ORDER, versionB: "1.0.0" }, null);
    expect(same.ok ? "" : same.error.code).toBe("BAD_REQUEST");
    const folderless = desk.start({ ...ORDER, source: "images" }, null);
    expect(folderless.ok ? "" : folderless.error.message).toContain("No folder");
  });

  it("shows no picture of a comparison that is not the last one", async () => {
    const { desk } = await finished();
    const shown = await desk.show("m-99", 0, 1, 1);
    expect(shown.ok ? "" : shown.error.code).toBe("NOT_AVAILABLE");
    desk.close();
  });

  it("pays no heed to nonsense, and leaves no timer behind when it is closed", async () => {
    const { desk, child, timers, say } = await measuring();
    for (const body of [null, 3, { kind: "measured", requestId: 1 }]) child().say({ kind: "message", body });
    await say({ kind: "failed", requestId: 77, code: "INTERNAL", message: "for nobody" });
    expect(desk.view().phase).toBe("measuring");
    desk.close();
    expect(timers.pendingCount()).toBe(0);
  });
});
