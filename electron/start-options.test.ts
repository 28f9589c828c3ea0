import { describe, expect, test } from "vitest";
import { defaultDataDir, parseDuration, parseStartOptions } from "./start-options";

describe("the options of ./lydlr start", () => {
  const parse = (...args: string[]) => parseStartOptions(args, { XDG_DATA_HOME: "/data" });

  test("have defaults: the link by itself, six nodes, seed 7, the user's data folder", () => {
    expect(parse()).toEqual({
      ok: true,
      value: { link: "auto", nodes: 6, seed: 7, domainId: null, dataDir: "/data/lydlr-ops", recording: null, forMs: null, json: false },
    });
  });

  test("are taken in every form that the contract names", () => {
    const parsed = parse("--headless", "--link", "embedded", "--nodes=24", "--seed", "42", "--data-dir", "/x", "--for", "20s", "--json", "--domain", "7");
    expect(parsed).toMatchObject({
      ok: true,
      value: { link: "embedded", nodes: 24, seed: 42, dataDir: "/x", forMs: 20_000, json: true, domainId: 7 },
    });
  });

  test.each([
    [["--nodes", "0"], "--nodes takes"],
    [["--nodes", "six"], "--nodes takes"],
    [["--seed", "-1"], "See ./lydlr start --help"],
    [["--link", "carrier-pigeon"], "--link takes"],
    [["--domain", "233"], "--domain takes"],
    [["--for", "soon"], "no duration"],
    [["--loud"], "--loud"],
    [["stray"], "stray"],
  ])("%j are refused as bad usage", (args, word) => {
    const parsed = parse(...args);
    expect(parsed).toMatchObject({ ok: false, error: { code: "BAD_USAGE" } });
    expect(parsed.ok ? "" : parsed.error.message).toContain(word);
  });

  test.each([
    ["500ms", 500],
    ["20s", 20_000],
    ["20", 20_000],
    ["1.5m", 90_000],
    ["1h", 3_600_000],
  ])("%s lasts %i ms", (text, expected) => {
    expect(parseDuration(text)).toEqual({ ok: true, value: expected });
  });

  test("keep data under the home folder where XDG says nothing", () => {
    expect(defaultDataDir({})).toMatch(/\.local\/share\/lydlr-ops$/);
    expect(defaultDataDir({ XDG_DATA_HOME: "" })).toBe(defaultDataDir({}));
  });
});
