import { memo, type ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import type { NodeView } from "../../../shared/contract/snapshot";
import type { Limits } from "../../../shared/contract/settings";
import type { Emphasis, Scale } from "../../charts/scales";
import { Sparkline } from "../../charts/Sparkline";
import { formatLimit, formatMetric, formatRate, limitOf, nameOf, NOT_REPORTED, unitOf, type JudgedMetric } from "../../format/number";
import { formatAge, formatUtcInstant } from "../../format/time";
import { hasOldValues } from "../../format/words";
import { verdictEmphasis } from "../../judging/shown";
import { go } from "../../state/navigation";
import { useRangeTrail } from "../../state/range-trails";
import { useFleet } from "../../state/store";
import { ROVING } from "./focus";

/** How a node's metric is drawn: in colour where the verdict is about it, or it is beyond its limit and a person is needed. */
export function emphasisOf(node: NodeView, metric: JudgedMetric): Emphasis {
  if (hasOldValues(node.liveness)) return "stale";
  const spoken = verdictEmphasis(node.guard, metric);
  if (spoken !== null) return spoken;
  if (!node.beyond.includes(metric)) return "normal";
  if (node.attention === "high") return "high";
  return node.attention === "medium" ? "medium" : "normal";
}

/** A metric of a node as a sentence for screen readers: name, value, limit. */
export function describeMetric(node: NodeView, metric: JudgedMetric, limits: Limits): string {
  const value = node.latest?.[metric] ?? null;
  const unit = unitOf(metric);
  const text = value === null ? NOT_REPORTED : `${formatMetric(metric, value)}${unit === "" ? "" : ` ${unit}`}`;
  return `${nameOf(metric)} ${text}, limit ${formatLimit(metric, limits)}`;
}

/** A metric's limit for a tooltip; the value stands beside it, and a tooltip that changes costs every tick. */
export function describeLimit(metric: JudgedMetric, limits: Limits): string {
  return `${nameOf(metric)}, limit ${formatLimit(metric, limits)}`;
}

/** A metric of a node. */
export interface MetricProps {
  readonly node: NodeView;
  readonly metric: JudgedMetric;
  readonly limits: Limits;
}

/** Between two values of a trail, ms. */
const TICK_MS = 500;

/** The fleet's scale of a metric; undefined before the first tick. */
export function useScale(metric: JudgedMetric): Scale | undefined {
  return useFleet((state) => state.scales?.of[metric]);
}

/** The last 50 s of a metric, or what it did in the range that the window shows. */
export function MetricSparkline({ node, metric, limits, width, height }: MetricProps & { readonly width: number; readonly height: number }): ReactNode {
  const { limit, side } = limitOf(metric, limits);
  const scale = useScale(metric);
  const ranged = useRangeTrail(node.nodeId);
  const onsetTicks = useFleet(({ fleet }) => {
    const { guard } = node;
    if (fleet === null || guard === null || verdictEmphasis(guard, metric) === null) return null;
    return Math.round((fleet.meta.atMs - guard.verdict.sinceMs) / TICK_MS);
  });
  if (scale === undefined) return null;
  return (
    <Sparkline
      values={ranged === null ? node.trail[metric] : ranged[metric]}
      limit={limit}
      limitSide={side}
      onsetTicks={ranged === null ? onsetTicks : null}
      emphasis={ranged === null ? emphasisOf(node, metric) : "normal"}
      width={width}
      height={height}
      scale={scale}
      label={`${nameOf(metric)} of ${node.nodeId}, ${ranged === null ? "last 50 s" : "in the range that is shown"}`}
    />
  );
}

/** A metric's newest value with its unit; "none" where there is none. */
export function MetricValue({ node, metric, showUnit }: { readonly node: NodeView; readonly metric: JudgedMetric; readonly showUnit: boolean }): ReactNode {
  const value = node.latest?.[metric] ?? null;
  const unit = unitOf(metric);
  if (value === null) return <span className="metric-none">none</span>;
  return (
    <span className={`metric-value emphasis-text-${emphasisOf(node, metric)}`}>
      {formatMetric(metric, value)}
      {showUnit && unit !== "" ? <span className="metric-unit"> {unit}</span> : null}
    </span>
  );
}

/** "drone · 10 Hz", or "6.1 of 10 Hz · drone" where less arrives than the profile asks for. */
export function profileText(node: Pick<NodeView, "vertical" | "profileRateHz" | "sampleRateHz">): string {
  const { vertical, profileRateHz, sampleRateHz } = node;
  if (vertical === null) return sampleRateHz === null ? "profile not reported" : `${formatRate(sampleRateHz)} Hz`;
  if (profileRateHz === null) return vertical;
  const isSlow = sampleRateHz !== null && sampleRateHz < profileRateHz * 0.9;
  return isSlow ? `${formatRate(sampleRateHz)} of ${profileRateHz} Hz · ${vertical}` : `${vertical} · ${profileRateHz} Hz`;
}

/** Age of the last sign of life, counted from the newest tick. */
export const Age = memo(function Age({ nodeId }: { readonly nodeId: string }): ReactNode {
  const text = useFleet(({ fleet }) => {
    const node = fleet?.nodes.get(nodeId);
    return fleet === null || node === undefined ? "" : formatAge(fleet.meta.atMs - (node.latest?.receivedAtMs ?? node.lastHeardAtMs));
  });
  const isOld = useFleet(({ fleet }) => hasOldValues(fleet?.nodes.get(nodeId)?.liveness ?? "live"));
  return <span className={isOld ? "age age-old" : "age"}>{text}</span>;
});

/** A node's id, which opens its page. Arrow keys move between these. */
export const NodeLink = memo(function NodeLink({ nodeId, isInTabOrder = true }: { readonly nodeId: string; readonly isInTabOrder?: boolean }): ReactNode {
  return (
    <AriaButton
      className="node-link"
      aria-label={`${nodeId}, open`}
      excludeFromTabOrder={!isInTabOrder}
      {...{ [ROVING]: "" }}
      onPress={() => go({ page: "node", nodeId })}
    >
      {nodeId}
    </AriaButton>
  );
});

/** Wall time as a `title`: UTC, to the millisecond. */
export function utcTitle(atMs: number): string {
  return formatUtcInstant(atMs);
}
