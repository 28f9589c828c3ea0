import type { NodeView } from "../contract/snapshot";
import { duration, fixed } from "../fleet/words";
import { limitOf, type LimitedMetric } from "../judge/limits";
import { medianOf } from "../quantiles";
import { standingOf, type Reading, type Standing } from "./reading";
import type { AlertRule, RuleId } from "./rule";
import type { AlertWorld } from "./world";

/** Ticks of a metric's median: 5 s at 2 Hz. */
const MEDIAN_TICKS = 10;

/** A signal of the coordinator counts so long. */
const SHARE_FRESH_MS = 60_000;

/** The notice of a fleet that runs slower than its profiles because the machine cannot do more. */
const FRAME_RATE_LOWERED = "FRAME_RATE_LOWERED";

const METRIC_RULES = [
  { ruleId: "latency-high", metric: "latencyMs", word: "Latency", decimals: 1, unit: " ms" },
  { ruleId: "ratio-low", metric: "compressionRatio", word: "Ratio", decimals: 2, unit: "" },
  { ruleId: "quality-low", metric: "qualityScore", word: "Quality", decimals: 3, unit: "" },
] as const satisfies readonly { readonly ruleId: RuleId; readonly metric: LimitedMetric; readonly word: string; readonly decimals: number; readonly unit: string }[];

/** A number as it was set: as many decimals as it has, at most three. */
export function plain(value: number): string {
  const decimals = String(value).split(".")[1]?.length ?? 0;
  return fixed(value, Math.min(3, decimals));
}

interface Told {
  readonly standing: Standing;
  readonly title: () => string;
  readonly sentence: () => string;
  readonly value?: number | null;
  readonly limit?: number | null;
  readonly version?: string | null;
}

/** Nothing was heard of a node for 5 s, or it is not in sight. */
export function isSilent({ liveness }: Pick<NodeView, "liveness">): boolean {
  return liveness === "stale" || liveness === "lost";
}

/** Words are made for what is bad alone: of a large fleet nearly everything is well. */
function reading(node: NodeView, ruleId: RuleId, { title, sentence, ...told }: Told): Reading {
  const isBad = told.standing === "bad";
  return {
    title: isBad ? title() : "",
    sentence: isBad ? sentence() : "",
    ruleId,
    subject: node.nodeId,
    nodeId: node.nodeId,
    nodeIds: [],
    isSilent: isSilent(node),
    value: null,
    limit: null,
    version: node.modelVersion,
    ...told,
  };
}

function flag(isBad: boolean): Standing {
  return isBad ? "bad" : "good";
}

function presence(node: NodeView, atMs: number): readonly Reading[] {
  const { nodeId, liveness } = node;
  const silentFor = duration(atMs - node.lastHeardAtMs);
  const isKnown = liveness !== "joining";
  return [
    reading(node, "node-lost", { standing: isKnown ? flag(liveness === "lost") : "unknown", title: () => `${nodeId} is lost`, sentence: () => `No sample for ${silentFor}.` }),
    reading(node, "node-stale", { standing: isKnown ? flag(isSilent(node)) : "unknown", title: () => `${nodeId} is stale`, sentence: () => `No sample for ${silentFor}. It is not healthy, it is unknown.` }),
    reading(node, "no-metrics", { standing: isKnown ? flag(liveness === "no-metrics") : "unknown", title: () => `${nodeId} sends no metrics`, sentence: () => "Its heartbeats arrive, its metrics do not." }),
  ];
}

function metrics(node: NodeView, world: AlertWorld, rules: ReadonlyMap<RuleId, AlertRule>): readonly Reading[] {
  return METRIC_RULES.flatMap(({ ruleId, metric, word, decimals, unit }) => {
    const rule = rules.get(ruleId);
    if (rule === undefined) return [];
    const { value: ofPolicy, side } = limitOf(metric, node.limits);
    const limit = rule.threshold ?? ofPolicy;
    const isHeard = node.liveness === "live";
    const value = isHeard ? medianOf(node.trail[metric].slice(-MEDIAN_TICKS)) : null;
    const isMuted = world.isMuted(node, metric);
    const where = `${side === "max" ? "above" : "below"} ${plain(limit)}${unit}`;
    const shown = value === null ? "no value" : `${fixed(value, decimals)}${unit}`;
    return reading(node, ruleId, {
      standing: isMuted ? "good" : standingOf(value, limit, side, rule.recoveryMargin),
      title: () => `${word} ${where} on ${node.nodeId}`,
      sentence: () => `${word} ${shown}, median of the newest 5 s; limit ${plain(limit)}${unit}. ${node.modelVersion ?? "An unreported version"} runs.`,
      value,
      limit,
    });
  });
}

function judged(node: NodeView): readonly Reading[] {
  const { guard, nodeId } = node;
  const outcome = guard?.verdict.outcome ?? "no-data";
  const isKnown = outcome !== "no-data" && outcome !== "error";
  const verdict = guard?.verdict ?? null;
  const of = { value: verdict?.value ?? null, limit: verdict?.limit ?? null, sentence: () => verdict?.sentence ?? "" };
  const hold = guard?.hold ?? null;
  const isHeld = hold !== null && hold.code !== "COMMON_CAUSE";
  const holdTitle = hold?.code === "ROLLBACKS_FROZEN" ? `Rollbacks of ${nodeId} are frozen` : `${nodeId} fails and is not rolled back`;
  return [
    reading(node, "node-failing", { ...of, standing: isKnown ? flag(outcome === "fail") : "unknown", title: () => `${nodeId} fails` }),
    reading(node, "node-warned", { ...of, standing: isKnown ? flag(outcome === "warn") : "unknown", title: () => `${nodeId} is warned` }),
    reading(node, "rollback-held", { standing: guard === null ? "unknown" : flag(isHeld), title: () => holdTitle, sentence: () => hold?.sentence ?? "" }),
  ];
}

function rates(node: NodeView, world: AlertWorld, rules: ReadonlyMap<RuleId, AlertRule>): readonly Reading[] {
  const { sampleRateHz, profileRateHz, coordination, latest, nodeId } = node;
  const isHeard = node.liveness === "live";
  const rateRule = rules.get("sample-rate-low");
  const shareRule = rules.get("bandwidth-high");
  const malformedRule = rules.get("malformed");
  // The fleet in this application is asked for more than the machine can do: no node is slow by itself.
  const isLowered = world.snapshot.link.notices.some(({ code }) => code === FRAME_RATE_LOWERED);
  const rate = !isLowered && isHeard && sampleRateHz !== null && profileRateHz !== null && profileRateHz > 0 ? (100 * sampleRateHz) / profileRateHz : null;
  const isAllotted = coordination !== null && coordination.allocatedMbps > 0 && world.snapshot.atMs - coordination.receivedAtMs < SHARE_FRESH_MS;
  const shareKbps = isAllotted ? coordination.allocatedMbps * 1000 : null;
  const kbps = isHeard ? (latest?.bandwidthKbps ?? null) : null;
  const used = shareKbps === null || kbps === null ? null : (100 * kbps) / shareKbps;
  const unread = world.malformedLately(nodeId);
  const readings: Reading[] = [];
  if (rateRule?.threshold != null) {
    const limit = rateRule.threshold;
    readings.push(
      reading(node, "sample-rate-low", {
        standing: standingOf(rate, limit, "min", rateRule.recoveryMargin),
        title: () => `Sample rate below profile on ${nodeId}`,
        sentence: () => `${sampleRateHz === null ? "no rate" : `${fixed(sampleRateHz, 1)} Hz`} of ${profileRateHz === null ? "an unreported" : fixed(profileRateHz, 1)} Hz; limit ${plain(limit)} %.`,
        value: rate,
        limit,
      }),
    );
  }
  if (shareRule?.threshold != null) {
    const limit = shareRule.threshold;
    readings.push(
      reading(node, "bandwidth-high", {
        standing: shareKbps === null ? "good" : standingOf(used, limit, "max", shareRule.recoveryMargin),
        title: () => `Bandwidth above its share on ${nodeId}`,
        sentence: () => `${kbps === null ? "no bandwidth" : fixed(kbps, 0)} of ${shareKbps === null ? "no" : fixed(shareKbps, 0)} kbit/s; limit ${plain(limit)} %.`,
        value: used,
        limit,
      }),
    );
  }
  if (malformedRule?.threshold != null) {
    const limit = malformedRule.threshold;
    readings.push(
      reading(node, "malformed", {
        standing: standingOf(unread, limit, "max", 0),
        title: () => `Messages of ${nodeId} cannot be read`,
        sentence: () => `${unread} in the last minute; limit ${plain(limit)}.`,
        value: unread,
        limit,
      }),
    );
  }
  return readings;
}

function commands(node: NodeView): readonly Reading[] {
  const { command, nodeId } = node;
  const isOpen = command !== null && (command.phase === "failed" || command.phase === "unconfirmed" || command.phase === "inconsistent");
  const isReplaced = command?.steps.at(-1)?.note === "superseded";
  const what = command === null ? "A command" : `${command.kind === "deploy" ? "Deploy of" : "Rollback to"} ${command.version}`;
  return [
    reading(node, "command-open", {
      standing: flag(isOpen && !isReplaced),
      title: () => `${what} on ${nodeId} is ${command?.phase ?? "open"}`,
      sentence: () => command?.sentence ?? "",
      version: command?.version ?? null,
    }),
  ];
}

/** What every rule about nodes sees of one node. */
export function nodeReadings(node: NodeView, world: AlertWorld, rules: ReadonlyMap<RuleId, AlertRule>): readonly Reading[] {
  return [
    ...presence(node, world.snapshot.atMs),
    ...judged(node),
    ...metrics(node, world, rules),
    ...rates(node, world, rules),
    ...commands(node),
  ];
}
