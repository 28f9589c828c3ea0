import { DEFAULT_RULES, type AlertSeverity, type RuleId } from "../../../shared/alerts/rule";
import type { AlertView, SilenceView } from "../../../shared/contract/alerts";
import type { GlyphName } from "../../design";

/** The word and shape of how much an alert needs a person. */
export const SEVERITY_WORDS: Readonly<Record<AlertSeverity, string>> = { critical: "High", warning: "Medium", info: "Low" };

/** What an alert is shown as: its severity, or what keeps it quiet. */
export function shownAs(alert: AlertView): { readonly word: string; readonly glyph: GlyphName; readonly hue: "high" | "medium" | "low" } {
  if (alert.state === "ended") return { word: "Ended", glyph: "verified", hue: "low" };
  if (alert.silenced !== null) return { word: "Silenced", glyph: "held", hue: "low" };
  if (alert.state === "frozen") return { word: "Frozen", glyph: "stale", hue: "low" };
  const word = SEVERITY_WORDS[alert.severity];
  if (alert.severity === "critical") return { word, glyph: "failing", hue: "high" };
  if (alert.severity === "info") return { word, glyph: "changed", hue: "low" };
  return { word, glyph: alert.ruleId === "node-lost" ? "lost" : "warned", hue: "medium" };
}

/** What a rule is called. */
export function ruleTitle(ruleId: RuleId): string {
  return DEFAULT_RULES.find((rule) => rule.ruleId === ruleId)?.title ?? ruleId;
}

/** Why an ended alert ended. */
export const RESOLUTION_WORDS: Readonly<Record<NonNullable<AlertView["resolution"]>, string>> = {
  recovered: "well again",
  acknowledged: "acknowledged",
  closed: "closed by a person",
  "closed-then-well": "closed by a person, well since",
  "rule-off": "its rule was switched off",
  gone: "what it was about is gone",
};

/** What a silence keeps quiet. */
export function silenceText({ ruleId, nodeId, version }: Pick<SilenceView, "ruleId" | "nodeId" | "version">): string {
  return [ruleId === null ? null : ruleTitle(ruleId), nodeId, version].filter((each) => each !== null).join(", ");
}

/** The node that an alert leads to; the first of several; null where it is about none. */
export function nodeOfAlert({ nodeId, nodeIds }: AlertView): string | null {
  return nodeId ?? nodeIds[0] ?? null;
}
