import { describe, expect, it } from "vitest";
import type { Series } from "../../../shared/contract/channels";
import { fail, type Result } from "../../../shared/result";
import { SeriesAsker, type SeriesBody } from "./series-asker";

const ANSWER: Result<Series> = fail("NOT_AVAILABLE", "A test has no engine.");

function desk(): {
  readonly asker: SeriesAsker;
  readonly asked: SeriesBody[];
  readonly taken: Result<Series>[];
  readonly answer: () => Promise<void>;
} {
  const asked: SeriesBody[] = [];
  const taken: Result<Series>[] = [];
  const waiting: ((answer: Result<Series>) => void)[] = [];
  const asker = new SeriesAsker(
    (body) => {
      asked.push(body);
      return new Promise((resolve) => waiting.push(resolve));
    },
    (answer) => taken.push(answer),
  );
  const answer = async (): Promise<void> => {
    waiting.shift()?.(ANSWER);
    // Two turns: the answer reaches the asker, and the asker asks again.
    await Promise.resolve();
    await Promise.resolve();
  };
  return { asker, asked, taken, answer };
}

const live = (rangeMs: number): SeriesBody => ({ nodeId: "node_0", rangeMs, maxPoints: 300 });

describe("SeriesAsker", () => {
  it("leaves a tick out while an answer is awaited, and asks again at the next", async () => {
    const { asker, asked, taken, answer } = desk();
    asker.ask(live(600_000));
    asker.ask(live(600_000));
    expect(asked).toHaveLength(1);
    await answer();
    expect([asked.length, taken.length]).toEqual([1, 1]);
    asker.ask(live(600_000));
    expect(asked).toHaveLength(2);
  });

  it("asks for the newest other stretch next and drops the answer that is outdated", async () => {
    const { asker, asked, taken, answer } = desk();
    asker.ask(live(600_000));
    asker.ask(live(300_000));
    asker.ask(live(60_000));
    await answer();
    expect(asked.map((body) => body.rangeMs)).toEqual([600_000, 60_000]);
    expect(taken).toHaveLength(0);
    await answer();
    expect(taken).toHaveLength(1);
  });

  it("takes nothing after it was stopped", async () => {
    const { asker, asked, taken, answer } = desk();
    asker.ask(live(600_000));
    asker.ask(live(60_000));
    asker.stop();
    await answer();
    expect([asked.length, taken.length]).toEqual([1, 0]);
  });
});
