import { describe, expect, test } from "vitest";
import { playDrama } from "./drama-fixture";

/**
 * Decisions, statistics and sentences as they were when they were last looked at. A rule that is changed on purpose changes
 * these files (`npx vitest run shared/judge/golden.test.ts -u`): the difference shows what else it changes.
 */
describe("what the judge decides, and what it keeps and says on the way, is what it was", () => {
  for (const seed of [1, 2, 3, 4]) {
    test(`in drama ${seed}`, async () => {
      await expect(playDrama(seed, 900)).toMatchFileSnapshot(`golden/drama-${seed}.txt`);
    });
  }
});
