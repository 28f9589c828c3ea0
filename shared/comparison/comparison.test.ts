import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as v from "valibot";
import { comparisonSchema } from "../contract/comparison";
import { comparisonFixture, type ComparisonShape } from "./comparison-fixture";
import { quantile } from "../quantiles";
import { densityOf, p95Difference } from "./latency";
import { modalityRows } from "./modality-rows";
import { pairedPoint } from "./pairing";
import { bjontegaardLogRate, bjontegaardRatePercent } from "./rate-distortion";
import { meanHalfWidth } from "./student";
import { exchangeSides, summarise } from "./summary";
import { verdictOf, type Verdict } from "./verdict";

function verdict(shape: ComparisonShape = {}, maxLatencyMs = 50): Verdict {
  const comparison = comparisonFixture(shape);
  return verdictOf(comparison, summarise(comparison), maxLatencyMs);
}

function sentence({ lead, rest }: Verdict): string {
  return lead + rest;
}

describe("the rate difference", () => {
  it("changes only its sign where both curves are exchanged", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.2, max: 4, noNaN: true }), fc.double({ min: 0, max: 4, noNaN: true }), (factor, shift) => {
        const one = [10, 20, 40, 80].map((rate, i) => ({ rate, quality: 30 + 3 * i }));
        const other = one.map(({ rate, quality }) => ({ rate: rate * factor, quality: quality + shift }));
        const there = bjontegaardLogRate(one, other) ?? 0;
        expect(bjontegaardLogRate(other, one)).toBeCloseTo(-there, 9);
      }),
    );
  });

  it("is the given factor when a codec takes it at every quality", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.2, max: 4, noNaN: true }), (factor) => {
        const anchor = [10, 20, 40, 80].map((rate, i) => ({ rate, quality: 30 + 3 * i }));
        const tested = anchor.map(({ rate, quality }) => ({ rate: factor * rate, quality }));
        expect(bjontegaardRatePercent(anchor, tested)).toBeCloseTo(100 * (factor - 1), 6);
      }),
    );
  });
});

describe("a summary", () => {
  it("averages rate differences over scenes, in logarithms, with an interval that holds their mean", () => {
    const { rate, scenes, frames } = summarise(comparisonFixture());
    expect([scenes, frames]).toEqual([6, 12]);
    if (!rate.msSsim.found) throw new Error(rate.msSsim.why);
    const { value, low, high } = rate.msSsim.difference;
    expect(value).toBeCloseTo(-19, 0);
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
  });

  it("turns round exactly when both versions are exchanged", () => {
    const comparison = comparisonFixture();
    const there = summarise(comparison).rate.msSsim;
    const back = summarise(exchangeSides(comparison)).rate.msSsim;
    if (!there.found || !back.found) throw new Error("no rate difference");
    expect((1 + there.difference.value / 100) * (1 + back.difference.value / 100)).toBeCloseTo(1, 9);
    expect((1 + there.difference.low / 100) * (1 + back.difference.high / 100)).toBeCloseTo(1, 9);
    expect(exchangeSides(exchangeSides(comparison))).toEqual(comparison);
  });

  it("puts every version beside the reference codecs that were measured", () => {
    const [jpeg] = summarise(comparisonFixture({ jpeg: 1.5 })).againstReferences;
    expect(jpeg?.a.found === true && jpeg.a.difference.value).toBeCloseTo(-33.3, 0);
    expect(summarise(comparisonFixture()).againstReferences).toEqual([]);
  });

  it("is made of what crosses between the processes", () => {
    expect(v.safeParse(comparisonSchema, comparisonFixture()).success).toBe(true);
  });

  it("has the published t quantile in its interval: five values with mean 3 and deviation 1.58", () => {
    expect(meanHalfWidth([1, 2, 3, 4, 5])).toBeCloseTo(2.776 * Math.sqrt(2.5 / 5), 6);
  });
});

describe("the verdict", () => {
  it("names the better version, by how much, and what it costs", () => {
    const said = verdict({ jpeg: 1.5 });
    expect(said.kind).toBe("b-better");
    expect(said.lead).toBe("1.1.0 needs 19 % fewer bytes for the same picture");
    expect(said.rest).toMatch(/^ \(BD-rate −19\.\d % on MS-SSIM, between −\d+\.\d and −\d+\.\d % on 6 scenes\), and 3\.0 ms more at p95 \(19\.0 of 50 ms\)\./);
    expect(said.rest).toMatch(/46 % smaller than JPEG\.$/);
  });

  it("names the other one where that is better, with its own numbers", () => {
    const said = verdict({ ratioOf: (scene) => 1.25 + 0.01 * (scene % 3) });
    expect(said.kind).toBe("a-better");
    expect(sentence(said)).toMatch(/^1\.0\.0 needs 21 % fewer bytes .*and 3\.0 ms less at p95 \(16\.0 of 50 ms\)/);
  });

  it("says that a p95 is beyond the limit, and that the machine was busy", () => {
    expect(sentence(verdict({}, 15))).toContain("(19.0 ms, beyond the limit of 15 ms)");
    expect(sentence(verdict({ wallShare: 2.34 }))).toMatch(/This machine was busy: by the clock encodes took 2\.3 times as long\.$/);
    expect(sentence(verdict({ wallShare: 1.1 }))).not.toContain("busy");
  });

  it("says that latencies cannot be told apart where the interval holds zero", () => {
    const noisy = (index: number): number => 10 + ((index * 7919) % 13);
    const said = verdict({ encodeA: noisy, encodeB: (index) => noisy(index + 5) });
    expect(said.rest).toContain("cannot be told apart by its latency");
  });

  it("says that nothing can be said where scenes disagree", () => {
    const said = verdict({ ratioOf: (scene) => (scene % 2 === 0 ? 0.7 : 1.4) });
    expect(said.kind).toBe("undecided");
    expect(sentence(said)).toMatch(/^Nothing can be said yet: .*between −\d+\.\d and \+\d+\.\d % on 6 scenes\. Compare on more frames\.$/);
  });

  it("says that a difference does not matter where it is surely below 2 %", () => {
    expect(verdict({ ratioOf: (scene) => 1 + 0.003 * ((scene % 3) - 1) }).kind).toBe("no-difference");
  });

  it("says how many scenes are too few", () => {
    const said = verdict({ scenes: 2 });
    expect(said.kind).toBe("too-few");
    expect(said.lead).toBe("Too few scenes to judge: 2 of 3");
  });

  it("prefers the version that is ahead in both where no quality is common, and nobody where none is", () => {
    const ahead = verdict({ worseBy: 0.3, ratioOf: () => 1.5 });
    expect(ahead.kind).toBe("a-better");
    expect(sentence(ahead)).toMatch(/^1\.0\.0 is better in both: fewer bytes and a better picture, in each of 6 scenes .* no BD-rate: 1\.0\.0 reaches MS-SSIM/);
    const none = verdict({ worseBy: 0.3, ratioOf: () => 0.5 });
    expect(none.kind).toBe("not-comparable");
    expect(sentence(none)).toMatch(/^Bytes cannot be compared: the two never make equally good pictures\. 1\.0\.0 reaches MS-SSIM 0\.\d{3} to 0\.\d{3}, 1\.1\.0 reaches/);
  });

  it("is whole sentences with true minus signs, whatever was measured", () => {
    fc.assert(
      fc.property(
        fc.record({
          scenes: fc.integer({ min: 1, max: 12 }),
          worseBy: fc.constantFrom(0, 0.02, 0.3),
          spread: fc.double({ min: 0, max: 0.5, noNaN: true }),
          factor: fc.double({ min: 0.3, max: 3, noNaN: true }),
        }),
        ({ scenes, worseBy, spread, factor }) => {
          const text = sentence(verdict({ scenes, worseBy, ratioOf: (scene) => factor * (1 + spread * (scene % 2)) }));
          expect(text).toMatch(/[.]$/);
          expect(text).not.toMatch(/NaN|Infinity|undefined|-\d/);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("latency", () => {
  it("has a density whose area is 1 where nothing lies beyond the range", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 20, max: 80, noNaN: true }), { minLength: 2, maxLength: 80 }), (values) => {
        const { step, heights } = densityOf(values, { from: -60, to: 160 }, 441);
        expect(heights.reduce((sum, height) => sum + height * step, 0)).toBeCloseTo(1, 1);
      }),
    );
  });

  it("has a density without heights where nothing was measured", () => {
    expect(densityOf([], { from: 0, to: 50 }, 10).heights).toEqual([]);
  });

  it("has a difference of p95 that is certain for a shift, and holds zero for the same values", () => {
    const values = Array.from({ length: 120 }, (_, index) => 10 + (index % 11));
    const shifted = p95Difference(values, values.map((value) => value + 5), 30);
    expect(shifted).toEqual({ value: 5, low: 5, high: 5 });
    expect(p95Difference(values, values, 30)?.value).toBe(0);
    expect(p95Difference(values, values, 1)).toBeNull();
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  });
});

describe("pairing", () => {
  const { frames } = comparisonFixture({ ratioOf: () => 0.6 });
  const [frame] = frames;
  if (frame === undefined) throw new Error("the fixture has no frame");
  const third = frame.a[2];
  if (third === undefined) throw new Error("the fixture has no third level");

  it("finds the nearest quality, the nearest bytes, or the same level", () => {
    expect(pairedPoint("level", third, frame.b)?.level).toBe(3);
    expect(pairedPoint("quality", third, frame.b)?.level).toBe(3);
    expect(pairedPoint("bytes", third, frame.b)?.level).toBe(2);
    expect(pairedPoint("level", third, [])).toBeUndefined();
  });

  it("takes the nearest level where the same one is missing", () => {
    expect(pairedPoint("level", third, frame.b.slice(0, 2))?.level).toBe(2);
  });
});

describe("modality rows", () => {
  it("say what each modality lost in its own unit, and that nothing was lost", () => {
    const rows = modalityRows(comparisonFixture(), { a: 3, b: 3 });
    expect(rows.map(({ name, detail, a }) => [name, detail, a.quality])).toEqual([
      ["Camera", "320 × 240", "0.980"],
      ["Lidar", "32 to 64 points", "0.60 cm rms"],
      ["IMU", "96 to 192 axes", "exact"],
      ["Audio", "96 to 192 samples", "30.0 dB SNR"],
    ]);
    expect(rows[1]?.a.ratio).toBeCloseTo(3.84, 9);
    expect(rows[1]?.bytesPercent).toBe(0);
  });

  it("are none for a level that nobody measured", () => {
    expect(modalityRows(comparisonFixture(), { a: 3, b: 9 })).toEqual([]);
  });
});
