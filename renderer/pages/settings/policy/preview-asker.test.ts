import { describe, expect, it } from "vitest";
import type { PolicyCost } from "../../../../shared/contract/policy";
import type { Policy } from "../../../../shared/policy/policy";
import { fail, type Result } from "../../../../shared/result";
import { PreviewAsker } from "./preview-asker";

const ANSWER: Result<PolicyCost> = fail("NOT_AVAILABLE", "A test has no engine.");
const policies: readonly Policy[] = [1, 2, 3].map((days) => ({ budget: { days } }));
const [first = {}, second = {}, third = {}] = policies;

function desk() {
  const asked: Policy[] = [];
  const taken: Policy[] = [];
  const waiting: ((answer: Result<PolicyCost>) => void)[] = [];
  const asker = new PreviewAsker<PolicyCost>(
    (policy) => {
      asked.push(policy);
      return new Promise((resolve) => waiting.push(resolve));
    },
    (_answer, of) => taken.push(of),
  );
  const answer = async (): Promise<void> => {
    waiting.shift()?.(ANSWER);
    // Two turns: the answer reaches the asker, and the asker asks again.
    await Promise.resolve();
    await Promise.resolve();
  };
  return { asker, asked, taken, answer };
}

describe("asking what a policy costs", () => {
  it("asks one at a time, then for the newest, and drops the answer that is outdated", async () => {
    const { asker, asked, taken, answer } = desk();
    for (const policy of policies) asker.ask(policy);
    expect(asked).toEqual([first]);
    await answer();
    expect([asked, taken]).toEqual([[first, third], []]);
    await answer();
    expect(taken).toEqual([third]);
  });

  it("takes nothing when nothing is wanted any more, or after it was stopped", async () => {
    const { asker, taken, answer } = desk();
    asker.ask(first);
    asker.ask(null);
    await answer();
    asker.ask(second);
    asker.stop();
    await answer();
    expect(taken).toEqual([]);
  });
});
