import type { Scale } from "../../charts/scales";
import { isMoreBetter } from "./funnel";
import type { LimitedMetric } from "../../../shared/judge/limits";

/** A guardrail's interval beside the limit of what is allowed. */
export interface GuardrailBar {
  readonly scale: Scale;
  /** B minus A beyond which it is harmful. */
  readonly limit: number;
  readonly forbidden: "above" | "below";
}

/** Lays out a guardrail's bar: zero, the limit and the whole interval have room. `low` and `high` null: no interval yet. */
export function guardrailBar(metric: LimitedMetric, allowed: number, low: number | null, high: number | null): GuardrailBar {
  const forbidden = isMoreBetter(metric) ? "below" : "above";
  const limit = forbidden === "above" ? allowed : -allowed;
  const values = [0, limit, ...(low === null ? [] : [low]), ...(high === null ? [] : [high])];
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  const room = (greatest - least || 1) * 0.18;
  return { scale: { min: least - room, max: greatest + room }, limit, forbidden };
}
