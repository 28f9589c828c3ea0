import type { DiagnosticView } from "../contract/system";
import { fixed } from "../fleet/words";
import { isSilent, plain } from "./node-readings";
import { standingOf, type Reading, type Standing } from "./reading";
import type { AlertRule, RuleId } from "./rule";
import type { AlertWorld } from "./world";

/** A component that said nothing for so long is silent: what was known of it is of then, ms. */
const SILENT_AFTER_MS = 5_000;

/** A number that a component tells; null where it does not, or tells no number. */
function told({ values }: DiagnosticView, key: string): number | null {
  const text = values.find((each) => each.key === key)?.value.trim() ?? "";
  const value = text === "" ? NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}

/** Which share of a total is in use, percent; null where either is not told. */
function usedPercent(component: DiagnosticView, totalKey: string, used: (total: number) => number | null): number | null {
  const total = told(component, totalKey);
  const inUse = total === null || total <= 0 ? null : used(total);
  return total === null || inUse === null ? null : (100 * Math.min(total, Math.max(0, inUse))) / total;
}

const MEASURES = [
  { ruleId: "edge-cpu", word: "CPU", unit: " %", of: (component: DiagnosticView) => told(component, "cpu_percent") },
  { ruleId: "edge-memory", word: "Memory", unit: " % in use", of: (component: DiagnosticView) => usedPercent(component, "memory_total_bytes", () => told(component, "memory_used_bytes")) },
  {
    ruleId: "edge-disk",
    word: "Disk",
    unit: " % in use",
    of: (component: DiagnosticView) =>
      usedPercent(component, "disk_total_bytes", (total) => {
        const free = told(component, "disk_free_bytes");
        return free === null ? null : total - free;
      }),
  },
  { ruleId: "edge-temperature", word: "Temperature", unit: " °C", of: (component: DiagnosticView) => told(component, "temperature_celsius") },
] as const satisfies readonly { readonly ruleId: RuleId; readonly word: string; readonly unit: string; readonly of: (component: DiagnosticView) => number | null }[];

const LEVEL_WORDS = { ok: "is well", warn: "warns", error: "tells an error", stale: "is stale by its own word" } as const;

function reading(component: DiagnosticView, of: Pick<Reading, "ruleId" | "standing" | "title" | "sentence"> & Partial<Reading>, isSilentNow: boolean): Reading {
  const { name, hardwareId, nodeId } = component;
  return { subject: `${name} on ${hardwareId}`, nodeId, nodeIds: [], version: null, isSilent: isSilentNow, value: null, limit: null, ...of };
}

function levelReadings(component: DiagnosticView, isSilentNow: boolean): readonly Reading[] {
  const { level, name, message, hardwareId } = component;
  const sentence = `${message === "" ? "It says no more." : `“${message}”`} Heard on /diagnostics${hardwareId === "" ? "" : ` from ${hardwareId}`}.`;
  const of = (ruleId: RuleId, isBad: boolean): Reading =>
    reading(component, { ruleId, standing: isBad ? "bad" : "good", title: isBad ? `${name} ${LEVEL_WORDS[level]}` : "", sentence: isBad ? sentence : "" }, isSilentNow);
  return [of("edge-error", level === "error"), of("edge-warned", level === "warn" || level === "stale")];
}

function measureReadings(component: DiagnosticView, rules: ReadonlyMap<RuleId, AlertRule>, isSilentNow: boolean): readonly Reading[] {
  return MEASURES.flatMap(({ ruleId, word, unit, of }) => {
    const rule = rules.get(ruleId);
    const value = of(component);
    // What a component never tells is nothing to look at.
    if (rule?.threshold == null || value === null) return [];
    const limit = rule.threshold;
    const standing: Standing = standingOf(value, limit, "max", rule.recoveryMargin);
    const isBad = standing === "bad";
    return reading(
      component,
      {
        ruleId,
        standing,
        title: isBad ? `${word} above ${plain(limit)} ${rule.unit ?? ""} on ${component.name}` : "",
        sentence: isBad ? `${word} ${fixed(value, 0)}${unit}; limit ${plain(limit)} ${rule.unit ?? ""}. Heard on /diagnostics from ${component.hardwareId}.` : "",
        value,
        limit,
      },
      isSilentNow,
    );
  });
}

/**
 * What the rules of edge machines see: every component that is told of on /diagnostics. One that is embedded runs on this
 * machine, which has rules of its own. A component that falls silent, or whose node does, is frozen.
 */
export function edgeReadings({ snapshot, diagnostics }: AlertWorld, rules: ReadonlyMap<RuleId, AlertRule>): readonly Reading[] {
  const silentNodes = new Set(snapshot.nodes.filter(isSilent).map(({ nodeId }) => nodeId));
  return diagnostics
    .filter(({ isEmbedded }) => !isEmbedded)
    .flatMap((component) => {
      const isSilentNow = snapshot.atMs - component.receivedAtMs > SILENT_AFTER_MS || (component.nodeId !== null && silentNodes.has(component.nodeId));
      return [...measureReadings(component, rules, isSilentNow), ...levelReadings(component, isSilentNow)];
    });
}
