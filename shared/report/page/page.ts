import { METRICS, type Metric } from "../../fleet/sample";
import type { ReportContent } from "../content";
import { briefOf } from "./brief";
import { metricChart, sharedScale } from "./chart";
import { html, Markup } from "./markup";
import { STYLE } from "./style";
import { alertsTable, commandsTable, figuresTable, hostTable, incidentsTable, section, undertakingsTable, verdictsTable } from "./tables";
import { count, duration, moment } from "./words";

/**
 * Nothing is loaded and nothing runs: the style is in the page, and its charts are drawn already. The page is safe to
 * be opened from a mail, whatever a node called itself.
 */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** A report's title, also that of its file. */
export function titleOf({ scope }: Pick<ReportContent, "scope">): string {
  return `Fleet report, ${moment(scope.fromMs)} to ${moment(scope.toMs)} UTC`;
}

function header(content: ReportContent): Markup {
  const { scope, origin, figures } = content;
  const nodes = scope.nodeIds.length === 0 ? "all nodes" : scope.nodeIds.join(", ");
  const versions = scope.versions.length === 0 ? "all versions" : scope.versions.join(", ");
  return html`<header><h1>Fleet report</h1>
<p class="facts">${moment(scope.fromMs)} to ${moment(scope.toMs)} UTC (${duration(scope.toMs - scope.fromMs)}) · ${nodes} · ${versions}</p>
<p class="facts">${origin.isEmbedded ? html`<span class="label">EMBEDDED</span> ` : null}${origin.link} · ${count(figures.samples, "sample")} from ${origin.store} · ${count(content.story.events, "event")} of the journal · Lydlr Ops ${origin.appVersion}, written ${moment(origin.madeAtMs)} UTC</p>
</header><div class="brief">${briefOf(content).map((sentence) => html`<p>${sentence}</p>`)}</div>`;
}

function charts(content: ReportContent): Markup {
  const { traces, nodes } = content.figures;
  const scales = new Map<Metric, ReturnType<typeof sharedScale>>(METRICS.map((metric) => [metric, sharedScale(traces, metric)]));
  const shown = METRICS.filter((metric) => scales.get(metric) !== null);
  const gapAfterMs = new Map(nodes.map((node) => [node.nodeId, node.gapAfterMs]));
  const [first] = traces;
  if (first === undefined) return html`<p>There is nothing to draw.</p>`;
  const { fromMs, toMs } = content.scope;
  const part = first.fromMs === fromMs && first.toMs === toMs ? null : html`<p class="note">Most of the period has no sample: the charts show ${moment(first.fromMs)} to ${moment(first.toMs)} UTC.</p>`;
  return html`${part}<p class="note">Each stretch of ${duration(first.bucketMs)} from its smallest to its greatest value, no averages; all nodes on the same scales. Hatched: no sample. A line with a flag: another version by the node's own report.</p>
${traces.map(
    (trace) => html`<div class="node"><h3><span class="id">${trace.nodeId}</span> <span class="note">a silence over ${duration(gapAfterMs.get(trace.nodeId) ?? 0)} is a gap${trace.moreChanges === 0 ? "" : `; ${count(trace.moreChanges, "version change")} more than drawn`}</span></h3><div class="charts">${shown.map((metric) => metricChart(trace, metric, scales.get(metric) ?? null))}</div></div>`,
  )}`;
}

/** How to get the samples behind the figures. */
function commandLine({ scope }: ReportContent, file = "samples.csv"): string {
  const list = (name: string, values: readonly string[]): string => (values.length === 0 ? "" : ` --${name} ${values.join(",")}`);
  return `./lydlr ctl report ${file} --from ${scope.fromMs} --to ${scope.toMs}${list("nodes", scope.nodeIds)}${list("versions", scope.versions)}`;
}

function method(content: ReportContent): Markup {
  return html`<dl>
<dt>n</dt><dd>samples received of that node and version; under a figure, those that reported the metric. What was not reported counts in no figure.</dd>
<dt>mean, min, max</dt><dd>of all n samples as they were received, not of averages.</dd>
<dt>p95</dt><dd>nearest rank: the smallest value with at least 95 % of all n at or below it.</dd>
<dt>gap</dt><dd>time between two samples of a node that is longer than 2.2 periods; a period is the median interval between its samples, at least 0.5 s. It counts for the version before it.</dd>
<dt>version</dt><dd>what ran by the node's own report when the sample came.</dd>
<dt>incidents, commands</dt><dd>from the journal, of this period alone: what was not over at its end says so.</dd>
<dt>the samples</dt><dd><code>${commandLine(content)}</code> writes those that every figure above was computed from.</dd>
<dt>this machine</dt><dd>recorded once a second while the application runs; n counts the seconds in which a quantity was known. <code>${commandLine(content, "machine.host.csv")}</code> writes them.</dd>
</dl>`;
}

/** The report as one page that needs nothing else. */
export function reportPage(content: ReportContent): string {
  const { story } = content;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer"><title>${titleOf(content)}</title><style>${new Markup(STYLE)}</style></head>
<body><svg width="0" height="0" aria-hidden="true" style="position:absolute"><defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" fill="#f3f5f6"/><line x1="0" x2="0" y1="0" y2="5" stroke="#afb3b8" stroke-width="1.6"/></pattern></defs></svg>
${header(content)}
${section("Incidents", incidentsTable(content))}
${story.alerts.rows.length === 0 ? null : section("Alerts", alertsTable(content))}
${section("Commands", commandsTable(content))}
${story.rollouts.rows.length === 0 ? null : section("Roll-outs", undertakingsTable(story.rollouts, "roll-out", content))}
${story.tests.rows.length === 0 ? null : section("A/B tests", undertakingsTable(story.tests, "test", content))}
${section("Nodes and versions", figuresTable(content))}
${section("Verdicts", verdictsTable(content))}
${section("Charts", charts(content))}
${section("This machine", hostTable(content))}
${section("How the figures are made", method(content))}
</body></html>
`.text;
}
