import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KnownNames, readPlainLine, type PlainSample } from "./plain-line";
import { parseRecordedLine, readPlainSample } from "./recording";

const sample = { tMs: 1500, nodeId: "node_0", modelVersion: "1.1.0", compressionRatio: 8.1, latencyMs: 21.5, qualityScore: 0.91 };
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (line: string): unknown => {
  const parsed = parseRecordedLine(line);
  return parsed.ok ? parsed.value : parsed.error.message;
};
/** As a replay reads: the short way first, among the bytes of other lines. */
const readAmongOthers = (line: string): unknown => {
  const before = bytesOf('{"tMs":1}\n9');
  const among = bytesOf(`{"tMs":1}\n9${line}9\n{"tMs":2}`);
  const plain = readPlainSample(among, before.length, before.length + bytesOf(line).length);
  return plain === null ? read(line) : { type: "sample", ...plain };
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
        const numbers = { type: "sample", nodeId, sample: { ...judged, compressionRatio: expected.compressionRatio, latencyMs: expected.latencyMs, qualityScore: expected.qualityScore } };
        expect([read(line), readAmongOthers(line)]).toEqual([numbers, numbers]);
      }),
      { numRuns: 500 },
    );
  });

  test("is read the short way where it is plain, and left to JSON where it is not", () => {
    const names = { nodes: new KnownNames(), versions: new KnownNames() };
    const short = (line: string): PlainSample | null => readPlainLine(bytesOf(line), 0, bytesOf(line).length, names.nodes, names.versions);
    const plain = JSON.stringify(sample);
    expect(short(plain)).toBeNull();
    names.nodes.add(nodeId);
    expect(short(plain)).toBeNull();
    names.versions.add(sample.modelVersion);
    expect(short(plain)).toEqual({ nodeId, sample: judged });
    const others = [
      plain.replace("8.1", "08.1"), plain.replace("8.1", "8."), plain.replace("8.1", ".1"), plain.replace("8.1", "8.1e1"), plain.replace("8.1", "8E1"), plain.replace("8.1", "-"),
      plain.replace("8.1", "8.1000000000000001"), plain.replace("8.1", "null"), plain.replace("8.1", "8.1,"), plain.replace("8.1", "NaN"), plain.replace("8.1", ":.1"), plain.replace("8.1", ""),
      plain.replace("node_0", "node\\u005f0"), plain.replace("node_0", "node\t0"), plain.replace("node_0", "node_1"), plain.replace("node_0", "node_00"), plain.replace("node_0", ""), plain.replace("node_0\"", "node_0"),
      plain.replace("1.1.0", "1.1.1"), plain.slice(0, -1), `${plain} x`, `${plain}\r`, plain.replace("latencyMs", "latency"), plain.slice(0, 10), "", "{", "[]",
    ];
    for (const line of others) expect([line, short(line)]).toEqual([line, null]);
    for (const value of [-0.5, 0, 0.25, 123_456, 9.99999999999999]) expect(short(plain.replace("8.1", String(value)))?.sample.compressionRatio).toBe(value);
  });

  test("ends where it ends, whatever comes after it", () => {
    const line = JSON.stringify(sample);
    read(line);
    for (let end = 0; end < line.length; end += 1) expect(readPlainSample(bytesOf(line), 0, end)).toBeNull();
    expect(readPlainSample(bytesOf(`${line}}`), 0, line.length)).toEqual({ nodeId, sample: judged });
    const shifted = bytesOf(`{"tMs":7${line}`);
    expect(readPlainSample(shifted, 8, shifted.length)).toEqual({ nodeId, sample: judged });
  });

  test("has names that are one text for all lines, and of no two of which one is taken for the other", () => {
    const known = new KnownNames(3);
    // "Aa" and "BB" have the same hash.
    for (const name of ["Aa", "BB", "node_0", "late"]) known.add(name);
    expect(["Aa", "BB", "node_0", "late"].map((name) => known.has(name))).toEqual([true, true, true, false]);
    const versions = new KnownNames();
    versions.add(sample.modelVersion);
    const nodeOf = (name: string): string | undefined => {
      const line = bytesOf(JSON.stringify({ ...sample, nodeId: name }));
      return readPlainLine(line, 0, line.length, known, versions)?.nodeId;
    };
    expect(["Aa", "BB", "node_0", "late"].map(nodeOf)).toEqual(["Aa", undefined, "node_0", undefined]);
  });

  test("with a name that is none is refused, the short way too", () => {
    expect(read(JSON.stringify(sample))).toMatchObject({ type: "sample" });
    expect(read(JSON.stringify({ ...sample, nodeId: "no node" }))).toContain("nodeId");
    expect(read(JSON.stringify({ ...sample, modelVersion: "" }))).toContain("modelVersion");
    for (const way of [read, readAmongOthers]) {
      expect(way(JSON.stringify({ ...sample, tMs: 9e15 - 1 }))).toContain("tMs");
      expect(way(JSON.stringify({ ...sample, tMs: 8.64e15 + 1 }))).toContain("tMs");
      expect(way(JSON.stringify({ ...sample, tMs: 9e14 }))).toMatchObject({ type: "sample" });
    }
  });

  test("is refused with what is wrong of it, and with its code", () => {
    const refused = (line: string): string => {
      const parsed = parseRecordedLine(line);
      return parsed.ok ? "read" : `${parsed.error.code}: ${parsed.error.message}`;
    };
    for (const line of ["", "null", "7", "[]", '"text"', "{", "junk"]) expect(refused(line)).toBe("NOT_A_SAMPLE: it is no JSON object");
    for (const tMs of ['"5"', "null", "1e999", "8.65e15", "-8.65e15"]) expect(refused(`{"tMs":${tMs},"nodeId":"n","latencyMs":1}`)).toBe("NOT_A_SAMPLE: its tMs is no time in milliseconds");
    for (const id of ["5", "null", '"no node"', '["n"]']) expect(refused(`{"tMs":5,"nodeId":${id},"latencyMs":1}`)).toBe("NOT_A_SAMPLE: its nodeId is no node id");
    for (const name of ["5", '""', "true"]) {
      expect(refused(`{"tMs":5,"nodeId":"n","modelVersion":${name},"latencyMs":1}`)).toBe("NOT_A_SAMPLE: its modelVersion is no version");
      expect(refused(`{"tMs":5,"nodeId":"n","deploy":${name}}`)).toBe("NOT_A_SAMPLE: its deploy is no version");
    }
    for (const metric of ["compressionRatio", "latencyMs", "qualityScore"]) {
      for (const value of ['"1"', "true", "[]"]) expect(refused(`{"tMs":5,"nodeId":"n","${metric}":${value}}`)).toBe("NOT_A_SAMPLE: a metric is no number");
      expect(refused(`{"tMs":5,"nodeId":"n","${metric}":1}`)).toBe("read");
    }
    expect(refused('{"tMs":5,"nodeId":"n"}')).toBe("NOT_A_SAMPLE: it has no metric");
  });

  test("may be as late as a date can be, and no later", () => {
    const at = (tMs: number): string => JSON.stringify({ ...sample, tMs });
    for (const way of [read, readAmongOthers]) for (const tMs of [8.64e15, -8.64e15]) expect(way(at(tMs))).toMatchObject({ type: "sample", sample: { tMs } });
    for (const way of [read, readAmongOthers]) for (const tMs of [8640000000000001, -8640000000000001]) expect(way(at(tMs))).toContain("tMs");
    const bytes = bytesOf(at(864_000_000_000_000));
    expect(readPlainSample(bytes, 0, bytes.length)).not.toBeNull();
  });

  test("is a deployment where it names one", () => {
    expect(read('{"tMs":5,"nodeId":"node_1","deploy":"1.2.0"}')).toEqual({ type: "deploy", tMs: 5, nodeId: "node_1", version: "1.2.0" });
  });

  test("has no value where a number is not finite or not there, and is no sample without any", () => {
    expect(read('{"tMs":5,"nodeId":"n","modelVersion":"1","compressionRatio":NaN,"latencyMs":-Infinity}')).toMatchObject({ sample: { compressionRatio: null, latencyMs: null, qualityScore: null } });
    expect(read('{"tMs":5,"nodeId":"n","latencyMs": NaN , "qualityScore":  -Infinity }')).toMatchObject({ sample: { modelVersion: null, latencyMs: null, qualityScore: null } });
    expect(read('{"tMs":5,"nodeId":"n","latencyMs":NaNny}')).toContain("no JSON");
    expect(read('{"tMs":5,"nodeId":"n"}')).toContain("no metric");
    expect(read('{"tMs":5,"nodeId":"n","latencyMs":"21"}')).toContain("a metric is no number");
  });
});
