import { describe, expect, it } from "vitest";
import { closingText, judgedTally } from "./tally.mjs";

const onePassed = { passed: 1, failures: [], skipped: [] };

describe("the verdict on a suite", () => {
  it("is what the suite reported when its exit code agrees", () => {
    expect(judgedTally("unit", 0, () => onePassed)).toEqual(onePassed);
  });

  it("is a failure when it left no report", () => {
    const tally = judgedTally("unit", 139, () => {
      throw new Error("no such file");
    });
    expect(tally.failures).toEqual(["unit ended before it could report (exit code 139)"]);
  });

  it("is a failure when no test ran, also when all were skipped", () => {
    expect(judgedTally("unit", 0, () => ({ passed: 0, failures: [], skipped: [] })).failures).toEqual(["unit ran no test"]);
    const skipped = [{ name: "a", reason: "b" }];
    expect(judgedTally("unit", 0, () => ({ passed: 0, failures: [], skipped })).failures).toEqual(["unit ran no test"]);
  });

  it("is a failure when every test passed and the program still failed", () => {
    expect(judgedTally("unit", 1, () => onePassed).failures).toEqual(["unit ended with exit code 1"]);
  });
});

describe("the end of a run", () => {
  it("closes with the counts of all suites", () => {
    expect(closingText([onePassed, { passed: 2, failures: ["x > y"], skipped: [] }])).toBe("failed: x > y\n3 passed, 1 failed\n");
  });

  it("gives each skip's reason above the counts", () => {
    const tally = { passed: 2, failures: [], skipped: [{ name: "x > z", reason: "no ROS 2 here" }] };
    expect(closingText([tally])).toBe("skipped: x > z: no ROS 2 here\n2 passed, 0 failed, 1 skipped\n");
  });
});
