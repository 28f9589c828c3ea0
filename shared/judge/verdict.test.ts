import { expect, test } from "vitest";
import { precedenceOf, type Outcome } from "./verdict";

test("a node takes the outcome of the metric that has precedence", () => {
  const order: readonly (readonly [Outcome, boolean])[] = [["fail", true], ["error", false], ["no-data", false], ["fail", false], ["inconclusive", false], ["warn", false], ["pass", false]];
  const ranks = order.map(([outcome, isCritical]) => precedenceOf(outcome, isCritical));
  expect(ranks).toEqual([6, 5, 4, 3, 2, 1, 0]);
  for (const [outcome] of order) if (outcome !== "fail") expect(precedenceOf(outcome, true)).toBe(precedenceOf(outcome, false));
});
