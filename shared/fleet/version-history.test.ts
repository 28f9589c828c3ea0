import { describe, expect, test } from "vitest";
import { GOOD_RUN } from "../judge/limits";
import type { ModelVersion } from "./ids";
import { version } from "./ids-fixture";
import { EMPTY_HISTORY, noteChosen, noteSample, noteTakenBack, noteVersion, rollbackOffer, rollbackTarget, type VersionHistory } from "./version-history";

const [A, B, C] = [version("1.0.0"), version("1.1.0"), version("1.2.0")];

function ran(history: VersionHistory, which: ModelVersion, isGood: boolean): VersionHistory {
  return noteSample(noteVersion(history, which, history.spans.length * 1000), which, isGood ? GOOD_RUN : 3);
}

describe("what ran on a node", () => {
  test("begins a new span only when another version is reported", () => {
    const history = noteVersion(noteVersion(noteVersion(EMPTY_HISTORY, A, 0), A, 500), B, 1000);
    expect(history.spans.map((span) => [span.version, span.fromMs, span.toMs])).toEqual([
      [A, 0, 1000],
      [B, 1000, null],
    ]);
  });

  test("rolls back to the last good version, not to the previous one", () => {
    const history = ran(ran(ran(EMPTY_HISTORY, A, true), C, false), B, true);
    expect(rollbackTarget(history)).toBe(A);
  });

  test("offers nothing before anything good ran, and says so", () => {
    const history = ran(EMPTY_HISTORY, A, true);
    expect(rollbackOffer(history, "node_4")).toEqual({
      offered: false,
      code: "NO_GOOD_VERSION",
      reason: "Nothing good ran on node_4 before 1.0.0.",
    });
  });

  test("offers nothing where the node reports no version", () => {
    expect(rollbackOffer(noteVersion(EMPTY_HISTORY, null, 0), "node_4")).toMatchObject({ offered: false, code: "NO_GOOD_VERSION" });
  });

  test("does not go back to a version that was taken back, until somebody deploys it again", () => {
    const after = ran(noteTakenBack(ran(ran(EMPTY_HISTORY, A, true), B, true), B), A, true);
    expect(rollbackTarget(after)).toBeNull();
    expect(rollbackTarget(noteChosen(after, B))).toBe(B);
  });

  test("counts only samples of the version that runs", () => {
    const history = noteSample(ran(EMPTY_HISTORY, A, false), B, GOOD_RUN);
    expect(history.spans[0]).toMatchObject({ samples: 1, good: false });
  });
});
