import type { EventView } from "../../shared/contract/snapshot";
import type { GlyphName } from "../design";

/** Shapes by the end of an event's name: `node-stale`, `deploy-verified`, `link-down`. */
const GLYPHS: ReadonlyMap<string, GlyphName> = new Map<string, GlyphName>([
  ["joined", "joining"],
  ["live", "live"],
  ["up", "live"],
  ["stale", "stale"],
  ["unresponsive", "stale"],
  ["lost", "lost"],
  ["down", "lost"],
  ["metrics", "no-metrics"],
  ["requested", "in-progress"],
  ["sent", "in-progress"],
  ["verifying", "in-progress"],
  ["acknowledged", "verified"],
  ["reported", "verified"],
  ["verified", "verified"],
  ["failed", "failing"],
  ["failing", "failing"],
  ["unconfirmed", "unconfirmed"],
  ["inconsistent", "inconsistent"],
  ["held", "held"],
  ["escalated", "held"],
  ["quarantined", "quarantined"],
  ["lifted", "verified"],
  ["committed", "verified"],
  ["good", "verified"],
  ["resolved", "verified"],
  ["frozen", "stale"],
  ["thawed", "live"],
  ["silenced", "held"],
  ["again", "warned"],
  ["started", "joining"],
  ["stopped", "held"],
  ["aborted", "held"],
  ["changed", "verified"],
]);

/** Shapes of a verdict by its outcome. */
const VERDICT_GLYPHS: ReadonlyMap<string, GlyphName> = new Map<string, GlyphName>([
  ["pass", "live"],
  ["warn", "drifting"],
  ["inconclusive", "waiting"],
  ["fail", "failing"],
  ["no-data", "no-metrics"],
  ["error", "inconsistent"],
]);

/** Shapes of an alert by how much it needs a person. */
const ALERT_GLYPHS: ReadonlyMap<string, GlyphName> = new Map<string, GlyphName>([
  ["critical", "failing"],
  ["warning", "warned"],
  ["info", "changed"],
]);

/** A verdict has the shape of its outcome; everything else that of how its name ends. */
export function glyphOfEvent({ event, detail }: Pick<EventView, "event" | "detail">): GlyphName {
  if (event === "verdict") return VERDICT_GLYPHS.get(String(detail["outcome"] ?? "")) ?? "waiting";
  if (event === "alert-raised") return ALERT_GLYPHS.get(String(detail["severity"] ?? "")) ?? "warned";
  return GLYPHS.get(event.split("-").at(-1) ?? "") ?? "waiting";
}

/** The class of an event's colour: red and amber where a person is needed. */
export function hueOfEvent(glyph: GlyphName): string {
  if (glyph === "failing" || glyph === "held") return "hue-high";
  return glyph === "lost" || glyph === "inconsistent" || glyph === "drifting" ? "hue-medium" : "hue-low";
}
