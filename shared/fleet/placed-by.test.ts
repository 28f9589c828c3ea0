import { expect, it } from "vitest";
import { placedBy } from "./placed-by";

it("tells roll-outs, tests, the policy and scripts apart by what their requests are called", () => {
  expect(placedBy("operator", "r-0012-node_3-back-1")).toEqual({ kind: "rollout", rolloutId: "r-0012" });
  expect(placedBy("operator", "ab-0002-node_3-1")).toEqual({ kind: "ab-test", testId: "ab-0002" });
  expect(placedBy("policy", "r-0012-node_3-1")).toEqual({ kind: "policy" });
  expect(placedBy("operator", "ctl-abcdefgh")).toEqual({ kind: "ctl" });
  expect(placedBy("operator", "request-1")).toEqual({ kind: "operator" });
});
