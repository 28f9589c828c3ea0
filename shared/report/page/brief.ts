import type { ReportContent } from "../content";
import { count, duration, metricValue } from "./words";

/** Counts words, the most frequent first: `2 verified, 1 failed`. */
function tally(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort(([, left], [, right]) => right - left).map(([word, times]) => `${times} ${word}`).join(", ");
}

function samplesSentence({ figures }: ReportContent): string {
  if (figures.samples === 0) return "No sample of these nodes and versions is kept for this period.";
  const versions = new Set(figures.groups.map(({ version }) => version)).size;
  return `${count(figures.samples, "sample")} of ${count(figures.nodes.length, "node")} with ${count(versions, "version")}.`;
}

function incidentSentence({ story }: ReportContent): string {
  const { rows, more } = story.incidents;
  if (rows.length === 0) return "No incident.";
  const open = rows.filter(({ isOpen }) => isOpen).length;
  const failing = new Set(rows.filter(({ kind }) => kind === "failing").map(({ nodeId }) => nodeId)).size;
  const parts = [`${count(rows.length + more, "incident")}: ${tally(rows.map(({ kind }) => kind))}.`];
  if (failing > 0) parts.push(`${count(failing, "node")} failed by verdict.`);
  if (open > 0) parts.push(`${open} not over at the end of the period.`);
  return parts.join(" ");
}

function commandSentence({ story }: ReportContent): string | null {
  const { rows, more } = story.commands;
  if (rows.length === 0) return null;
  const asked = tally(rows.map(({ actor }) => (actor === null ? "from before the period" : `by ${actor}`)));
  return `${count(rows.length + more, "command")}: ${asked}; ${tally(rows.map(({ phase }) => phase))}.`;
}

function gapSentence({ figures }: ReportContent): string | null {
  if (figures.samples === 0) return null;
  const silent = figures.groups.filter(({ gaps }) => gaps.count > 0);
  const gaps = silent.reduce((sum, group) => sum + group.gaps.count, 0);
  if (gaps === 0) return "No gap between samples.";
  const longest = silent.reduce((before, group) => (group.gaps.longestMs > before.gaps.longestMs ? group : before));
  const totalMs = silent.reduce((sum, group) => sum + group.gaps.totalMs, 0);
  return `${count(gaps, "gap")}, ${duration(totalMs)} in all; the longest, ${duration(longest.gaps.longestMs)}, on ${longest.nodeId}.`;
}

function latencySentence({ figures }: ReportContent): string | null {
  const known = figures.groups.filter(({ metrics }) => metrics.latencyMs.p95 !== null);
  const [first] = known;
  if (first === undefined) return null;
  const worst = known.reduce((before, group) => ((group.metrics.latencyMs.p95 ?? 0) > (before.metrics.latencyMs.p95 ?? 0) ? group : before), first);
  const { p95, n } = worst.metrics.latencyMs;
  return `Highest p95 latency: ${metricValue("latencyMs", p95)} ms, ${worst.version ?? "no version"} on ${worst.nodeId} (n ${n}).`;
}

/** The period in a few sentences, what needed a person first. */
export function briefOf(content: ReportContent): readonly string[] {
  return [incidentSentence(content), commandSentence(content), samplesSentence(content), gapSentence(content), latencySentence(content)].filter((sentence) => sentence !== null);
}
