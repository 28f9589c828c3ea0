import { describe, expect, test } from "vitest";
import { AcknowledgedPush } from "./acknowledged-push";

describe("an acknowledged push", () => {
  function opened() {
    const sent: number[] = [];
    return { sent, push: new AcknowledgedPush<number>((body) => sent.push(body)) };
  }

  test("sends nothing before somebody listens, and then the newest", () => {
    const { sent, push } = opened();
    push.push(1);
    push.push(2);
    expect(sent).toEqual([]);
    push.acknowledge();
    expect(sent).toEqual([2]);
  });

  test("sends the next only when the one before is acknowledged, and drops what was overtaken", () => {
    const { sent, push } = opened();
    push.acknowledge();
    push.push(1);
    push.push(2);
    push.push(3);
    expect(sent).toEqual([1]);
    push.acknowledge();
    expect(sent).toEqual([1, 3]);
    push.acknowledge();
    push.push(4);
    expect(sent).toEqual([1, 3, 4]);
  });

  test("waits for a new receiver after a reload", () => {
    const { sent, push } = opened();
    push.acknowledge();
    push.push(1);
    push.reset();
    push.push(5);
    expect(sent).toEqual([1]);
    push.acknowledge();
    expect(sent).toEqual([1, 5]);
  });
});
