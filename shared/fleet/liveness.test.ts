import { expect, test } from "vitest";
import { livenessOf } from "./liveness";

const none = { joinedAtMs: 0, lastMetricsAtMs: null, lastHeartbeatAtMs: null };

test.each([
  ["just found", none, 0, "joining"],
  ["found 4.9 s ago, silent", none, 4_999, "joining"],
  ["found 5 s ago, silent", none, 5_000, "stale"],
  ["found 30 s ago, silent", none, 30_000, "lost"],
  ["heartbeats, young", { ...none, lastHeartbeatAtMs: 1_000 }, 2_000, "joining"],
  ["heartbeats, no metrics after 5 s", { ...none, lastHeartbeatAtMs: 6_000 }, 7_000, "no-metrics"],
  ["metrics", { ...none, lastMetricsAtMs: 6_000 }, 10_999, "live"],
  ["metrics 5 s ago, heartbeat", { ...none, lastMetricsAtMs: 6_000, lastHeartbeatAtMs: 10_000 }, 11_000, "no-metrics"],
  ["metrics 5 s ago, no heartbeat", { ...none, lastMetricsAtMs: 6_000 }, 11_000, "stale"],
  ["heartbeat 29 s ago", { ...none, lastMetricsAtMs: 0, lastHeartbeatAtMs: 10_000 }, 39_999, "stale"],
  ["heartbeat 30 s ago", { ...none, lastMetricsAtMs: 0, lastHeartbeatAtMs: 10_000 }, 40_000, "lost"],
] as const)("a node with %s is %4$s", (_what, signs, nowMs, expected) => {
  expect(livenessOf(signs, nowMs)).toBe(expected);
});

test("a node is stale and lost after the times that it is held to", () => {
  const silence = { staleAfterMs: 2_000, lostAfterMs: 6_000 };
  const signs = { ...none, lastMetricsAtMs: 0 };
  expect([1_999, 2_000, 5_999, 6_000].map((nowMs) => livenessOf(signs, nowMs, silence))).toEqual(["live", "stale", "stale", "lost"]);
  expect(livenessOf({ ...signs, lastHeartbeatAtMs: 500 }, 2_100, silence)).toBe("no-metrics");
  expect(livenessOf(none, 1_999, silence)).toBe("joining");
});
