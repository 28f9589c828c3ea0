import { expect, it } from "vitest";
import { virtualTimers } from "../../time/virtual-timers";
import { createOutbox } from "./host-messages";
import { parseHostReply, type HostReply } from "./protocol";

function setUp() {
  const timers = virtualTimers(1_000);
  const batches: Extract<HostReply, { kind: "messages" }>[] = [];
  return { timers, batches, outbox: createOutbox(timers, (batch) => batches.push(batch)) };
}

it("many messages within a moment cross as one batch, in order, each with its own time", () => {
  const { timers, batches, outbox } = setUp();
  outbox.add(3, Uint8Array.of(1, 2));
  timers.advance(5);
  outbox.add(4, Uint8Array.of());
  outbox.add(3, Uint8Array.of(9));
  expect(batches).toEqual([]);
  timers.advance(20);
  expect(batches).toEqual([
    { kind: "messages", subscriptions: [3, 4, 3], receivedAtMs: [1_000, 1_005, 1_005], lengths: [2, 0, 1], bytes: Uint8Array.of(1, 2, 9) },
  ]);
  expect(parseHostReply(batches[0])).toEqual(batches[0]);
  expect(timers.pendingCount()).toBe(0);
});

it("a batch that has grown large does not wait", () => {
  const { timers, batches, outbox } = setUp();
  outbox.add(1, new Uint8Array(300 * 1_024));
  expect(batches).toHaveLength(1);
  outbox.flush();
  timers.advance(100);
  expect(batches).toHaveLength(1);
});
