import { describe, expect, test } from "vitest";
import { AcknowledgedPush } from "./acknowledged-push";

describe("an acknowledged push", () => {
  test("sends the first at once and holds the rest until it is acknowledged", () => {
    const sent: number[] = [];
    const push = new AcknowledgedPush<number>((body) => sent.push(body));
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

  test("starts anew for a new receiver", () => {
    const sent: number[] = [];
    const push = new AcknowledgedPush<number>((body) => sent.push(body));
    push.push(1);
    push.push(2);
    push.reset();
    push.push(5);
    expect(sent).toEqual([1, 5]);
  });
});
