import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readPlainLine } from "./plain-line";
import { parseRecordedLine } from "./recording";

const sample = { tMs: 1500, nodeId: "node_0", modelVersion: "1.1.0", compressionRatio: 8.1, latencyMs: 21.5, qualityScore: 0.91 };
const read = (line: string): unknown => {
  const parsed = parseRecordedLine(line);
  return parsed.ok ? parsed.value : parsed.error.message;
};
const { nodeId, ...judged } = sample;

describe("a line of a recording", () => {
  test("is the same sample however it is spaced and ordered", () => {
    const plain = JSON.stringify(sample);
    const { tMs, ...rest } = sample;
    for (const line of [plain, plain.replace(/([,:])/g, "$1 "), `${plain}\r`, JSON.stringify({ ...rest, tMs }), plain.replaceAll(":", "  :  ")]) {
      expect(read(line)).toEqual({ type: "sample", nodeId, sample: judged });
    }
  });

  test("gives every number that JSON gives, to the last bit", () => {
    const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer().map((whole) => whole / 1000), fc.double({ min: 0, max: 100, noNaN: true }).map((value) => Number(value.toFixed(4))));
    fc.assert(
      fc.property(number, number, number, (compressionRatio, latencyMs, qualityScore) => {
        const line = JSON.stringify({ ...sample, compressionRatio, latencyMs, qualityScore });
        const expected = JSON.parse(line) as typeof sample;
        expect(read(line)).toEqual({ type: "sample", nodeId, sample: { ...judged, compressionRatio: expected.compressionRatio, latencyMs: expected.latencyMs, qualityScore: expected.qualityScore } });
      }),
      { numRuns: 500 },
    );
  });

  test("is read the short way where it is plain, and left to JSON where it is not", () => {
    const plain = JSON.stringify(sample);
    expect(readPlainLine(plain)).toEqual({ nodeId, sample: judged });
    const others = [
      plain.replace("8.1", "08.1"), plain.replace("8.1", "8."), plain.replace("8.1", ".1"), plain.replace("8.1", "8.1e1"), plain.replace("8.1", "8E1"), plain.replace("8.1", "-"),
      plain.replace("8.1", "8.1000000000000001"), plain.replace("8.1", "null"), plain.replace("8.1", "8.1,"), plain.replace("8.1", "NaN"), plain.replace("node_0", "node\\u005f0"), plain.replace("node_0", "node\t0"),
      plain.replace("node_0\"", "node_0"), plain.slice(0, -1), `${plain} x`, plain.replace("latencyMs", "latency"), "", "{", "[]",
    ];
    for (const line of others) expect([line, readPlainLine(line)]).toEqual([line, null]);
    expect(readPlainLine(plain.replace("8.1", "-0.5"))?.sample.compressionRatio).toBe(-0.5);
  });

  test("with a name that is none is refused, the short way too", () => {
    expect(read(JSON.stringify(sample))).toMatchObject({ type: "sample" });
    expect(read(JSON.stringify({ ...sample, nodeId: "no node" }))).toContain("nodeId");
    expect(read(JSON.stringify({ ...sample, modelVersion: "" }))).toContain("modelVersion");
    expect(read(JSON.stringify({ ...sample, tMs: 9e15 - 1 }))).toContain("tMs");
    expect(read(JSON.stringify({ ...sample, tMs: 9e14 }))).toMatchObject({ type: "sample" });
  });

  test("is a deployment where it names one", () => {
    expect(read('{"tMs":5,"nodeId":"node_1","deploy":"1.2.0"}')).toEqual({ type: "deploy", tMs: 5, nodeId: "node_1", version: "1.2.0" });
  });

  test("has no value where a number is not finite or not there, and is no sample without any", () => {
    expect(read('{"tMs":5,"nodeId":"n","modelVersion":"1","compressionRatio":NaN,"latencyMs":-Infinity}')).toMatchObject({ sample: { compressionRatio: null, latencyMs: null, qualityScore: null } });
    expect(read('{"tMs":5,"nodeId":"n"}')).toContain("no metric");
    expect(read('{"tMs":5,"nodeId":"n","latencyMs":"21"}')).toContain("a metric is no number");
  });
});
