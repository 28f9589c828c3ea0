import { describe, expect, test } from "vitest";
import { version } from "./ids-fixture";
import { EMPTY_HISTORY, noteGood, noteSample, noteVersion } from "./version-history";

const [A, B] = [version("1.0.0"), version("1.1.0")];

describe("what ran on a node", () => {
  test("begins a new span only when another version is reported", () => {
    const history = noteVersion(noteVersion(noteVersion(EMPTY_HISTORY, A, 0), A, 500), B, 1000);
    expect(history.spans.map((span) => [span.version, span.fromMs, span.toMs])).toEqual([
      [A, 0, 1000],
      [B, 1000, null],
    ]);
  });

  test("counts only samples of the version that runs, and calls only that one good", () => {
    const ran = noteVersion(EMPTY_HISTORY, A, 0);
    expect(noteGood(noteSample(noteSample(ran, A), B), B).spans[0]).toMatchObject({ samples: 1, good: false });
    expect(noteGood(ran, A).spans[0]).toMatchObject({ good: true });
  });
});
