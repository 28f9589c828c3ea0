import { expect, test } from "vitest";
import { exploreModel } from "./explore";

/** What a walk must have met often enough for its promises to mean something. */
const MET = [
  "automatic rollback by verdict",
  "automatic rollback by class",
  "superseded",
  "class quarantine",
  "crash",
  "held COMMON_CAUSE",
  "held ROLLBACKS_FROZEN",
  "held REFUSED",
  "held NO_GOOD_VERSION",
  "command verified",
  "command inconsistent",
  "command unconfirmed",
];

test("a million steps of nodes, link, operator, clocks and crashes break no promise", { timeout: 120_000 }, () => {
  const { transitions, tally, broken } = exploreModel({ transitions: 1_000_000, firstSeed: 1 });
  expect(broken).toBeNull();
  expect(transitions).toBeGreaterThanOrEqual(1_000_000);
  for (const what of MET) expect(tally[what] ?? 0, what).toBeGreaterThanOrEqual(5);
});
