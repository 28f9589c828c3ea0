import { describe, expect, it } from "vitest";
import { rateDistortionSvg } from "./rd-plot";

describe("the plot of rate and distortion", () => {
  it("draws every curve from its smallest rate on, inside the picture, with its name", () => {
    const svg = rateDistortionSvg("all", [
      { name: "one", points: [{ rate: 4000, quality: 20 }, { rate: 1000, quality: 12 }] },
      { name: "two", points: [{ rate: 1500, quality: 11 }, { rate: 6000, quality: 21 }] },
    ]);
    expect(svg.startsWith("<svg ")).toBe(true);
    expect(svg).toContain(">one</text>");
    expect(svg).toContain(">two</text>");
    const numbers = [...svg.matchAll(/[ML](\d+\.\d) (\d+\.\d)/g)].map((match) => [Number(match[1]), Number(match[2])]);
    expect(numbers).toHaveLength(4);
    for (const [x = -1, y = -1] of numbers) {
      expect(x >= 0 && x <= 720).toBe(true);
      expect(y >= 0 && y <= 440).toBe(true);
    }
    expect((numbers[0]?.[0] ?? 0) < (numbers[1]?.[0] ?? 0)).toBe(true);
  });
});
