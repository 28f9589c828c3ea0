import { askerName } from "../../fleet/placed-by";
import { METRICS, type Metric } from "../../fleet/sample";
import type { ReportContent } from "../content";
import type { GroupFigures, MetricFigures } from "../figures";
import type { HostFigures } from "../host";
import type { AlertRow, CommandRow, IncidentRow, Rows, UndertakingRow, VerdictRow } from "../story";
import { html, type Markup, type Part } from "./markup";
import { actorWord, clock, count, duration, metricValue, METRIC_WORDS, moment, NONE, number } from "./words";

/** A section with its heading; what it says where it has nothing. */
export function section(title: string, body: Part): Markup {
  return html`<section><h2>${title}</h2>${body}</section>`;
}

function more({ more: beyond }: Rows<unknown>, what: string): Markup | null {
  return beyond === 0 ? null : html`<p class="note">And ${count(beyond, what)} more: export the events of the period as CSV or MCAP to read all of them.</p>`;
}

function table(heads: readonly string[], rows: readonly Markup[]): Markup {
  return html`<div class="wide"><table><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function version(name: string | null): Markup {
  return name === null ? html`<td class="muted">no version</td>` : html`<td class="id long">${name}</td>`;
}

function node(nodeId: string | null): Markup {
  return nodeId === null ? html`<td class="muted">fleet</td>` : html`<td class="id long">${nodeId}</td>`;
}

/** A moment in a table: with its date where the period is of more than one day. */
function time(atMs: number, { scope }: ReportContent): Markup {
  const isOneDay = moment(scope.fromMs).slice(0, 10) === moment(scope.toMs).slice(0, 10);
  return html`<td class="time">${isOneDay ? clock(atMs, scope.toMs) : moment(atMs)}</td>`;
}

const FIGURES = ["mean", "min", "p95", "max"] as const;

function figureCells(metric: Metric, figures: MetricFigures, samples: number): Markup {
  const n = figures.n === samples || figures.n === 0 ? null : html`<br><span class="muted">n ${number(figures.n, 0)}</span>`;
  if (figures.n === 0) return html`<td class="starts muted" colspan="4">not reported</td>`;
  return html`${FIGURES.map((figure, index) => html`<td class="${index === 0 ? "number starts" : "number"}">${metricValue(metric, figures[figure])}${index === 0 ? n : null}</td>`)}`;
}

function gapCell({ gaps }: GroupFigures): Markup {
  if (gaps.count === 0) return html`<td class="starts muted">${NONE}</td>`;
  return html`<td class="starts">${number(gaps.count, 0)}: ${duration(gaps.totalMs)}${gaps.count === 1 ? "" : `, longest ${duration(gaps.longestMs)}`}</td>`;
}

/** Every node and version with its figures. */
export function figuresTable({ figures }: ReportContent): Markup {
  if (figures.groups.length === 0) return html`<p>No sample of these nodes and versions is kept for this period.</p>`;
  const headed = METRICS.map((metric) => {
    const { name, unit } = METRIC_WORDS[metric];
    return html`<th scope="colgroup" colspan="4">${unit === "" ? name : `${name}, ${unit}`}</th>`;
  });
  const second = METRICS.map(() => FIGURES.map((figure, index) => html`<th scope="col" class="${index === 0 ? "number starts" : "number"}">${figure}</th>`));
  const rows = figures.groups.map(
    (group) =>
      html`<tr><th scope="row" class="id long">${group.nodeId}</th>${version(group.version)}<td class="number">${number(group.samples, 0)}</td>${METRICS.map((metric) => figureCells(metric, group.metrics[metric], group.samples))}${gapCell(group)}</tr>`,
  );
  return html`<div class="wide"><table><thead><tr><th scope="col" rowspan="2">Node</th><th scope="col" rowspan="2">Version</th><th scope="col" rowspan="2" class="number">n</th>${headed}<th scope="col" rowspan="2" class="starts">Gaps</th></tr><tr>${second}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

const HIGH_KINDS: ReadonlySet<IncidentRow["kind"]> = new Set<IncidentRow["kind"]>(["failing", "escalated", "journal", "roll-out stopped"]);

function incidentRow(row: IncidentRow, content: ReportContent): Markup {
  const lasted = row.isOpen ? "not over" : row.toMs === null ? "" : duration(row.toMs - row.fromMs);
  return html`<tr>${time(row.fromMs, content)}<td class="${HIGH_KINDS.has(row.kind) ? "high" : "medium"}">${row.kind}</td>${node(row.nodeId)}${row.version === null ? html`<td></td>` : version(row.version)}<td class="time">${lasted}</td><td>${row.sentence}</td></tr>`;
}

/** What needed a person, and what the engine did about it. */
export function incidentsTable(content: ReportContent): Markup {
  const { incidents } = content.story;
  if (incidents.rows.length === 0) return html`<p>No incident in this period.</p>`;
  return html`${table(["Since (UTC)", "What", "Node", "Version", "Lasted", "In words"], incidents.rows.map((row) => incidentRow(row, content)))}${more(incidents, "incident")}`;
}

function commandRow(row: CommandRow, content: ReportContent): Markup {
  const isBad = row.phase === "failed" || row.phase === "inconsistent";
  const hue = isBad ? "high" : row.phase === "unconfirmed" ? "medium" : "";
  const took = row.requestedMs === null || row.phase === "requested" ? "" : duration(row.phaseMs - row.requestedMs);
  return html`<tr>${row.requestedMs === null ? html`<td class="muted">before</td>` : time(row.requestedMs, content)}<td class="id">${row.commandId}</td><td>${row.placedBy === null ? actorWord(null) : askerName(row.placedBy)}</td>${node(row.nodeId)}<td>${row.kind === "deploy" ? "deploy" : "roll back"} <span class="id">${row.version}</span>${row.fromVersion === null ? "" : html` <span class="muted">from</span> <span class="id">${row.fromVersion}</span>`}</td><td class="${hue}">${row.phase}</td><td class="time">${took}</td><td>${row.sentence}</td></tr>`;
}

/** Every deploy and rollback, with who asked and how it ended. */
export function commandsTable(content: ReportContent): Markup {
  const { commands } = content.story;
  if (commands.rows.length === 0) return html`<p>Nothing was deployed or rolled back in this period.</p>`;
  return html`${table(["Requested (UTC)", "Command", "Who", "Node", "What", "Outcome", "Took", "In words"], commands.rows.map((row) => commandRow(row, content)))}${more(commands, "command")}`;
}

const OUTCOMES = ["pass", "warn", "inconclusive", "fail", "no-data", "error"] as const;

function verdictRow(row: VerdictRow, content: ReportContent): Markup {
  const { last } = row;
  const hue = last.outcome === "fail" || last.outcome === "error" ? "high" : last.outcome === "warn" ? "medium" : "";
  return html`<tr>${node(row.nodeId)}${version(row.version)}${OUTCOMES.map((outcome) => html`<td class="number">${row.changes[outcome] === undefined ? "" : number(row.changes[outcome], 0)}</td>`)}<td class="${hue}">${last.outcome}</td>${time(last.atMs, content)}<td>${last.sentence}</td></tr>`;
}

/** What the judge said of every version on every node: how often it came to what, and the newest. */
export function verdictsTable(content: ReportContent): Markup {
  const { verdicts } = content.story;
  if (verdicts.rows.length === 0) return html`<p>No verdict changed in this period.</p>`;
  return html`${table(["Node", "Version", ...OUTCOMES, "Newest", "Since (UTC)", "In words"], verdicts.rows.map((row) => verdictRow(row, content)))}${more(verdicts, "row")}<p class="note">Numbers count how often a verdict came to that outcome.</p>`;
}

function undertakingRow(row: UndertakingRow, content: ReportContent): Markup {
  const began = row.startedMs === null ? html`<td class="muted">before</td>` : time(row.startedMs, content);
  return html`<tr>${began}<td class="id">${row.id}</td><td>${actorWord(row.actor)}</td><td>${row.started ?? ""}</td><td>${row.last.replaceAll("-", " ")}</td>${time(row.lastMs, content)}<td>${row.sentence === row.started ? "" : row.sentence}</td></tr>`;
}

/** Roll-outs, or A/B tests. */
export function undertakingsTable(rows: Rows<UndertakingRow>, what: string, content: ReportContent): Markup {
  return html`${table(["Started (UTC)", "Id", "Who", "What", "Stands", "Since (UTC)", "In words"], rows.rows.map((row) => undertakingRow(row, content)))}${more(rows, what)}`;
}

function alertRow(row: AlertRow, content: ReportContent): Markup {
  const began = row.startedMs === null ? html`<td class="muted">before</td>` : time(row.startedMs, content);
  const hue = row.severity === "high" ? "high" : row.severity === "medium" ? "medium" : "";
  return html`<tr>${began}<td class="${hue}">${row.severity ?? ""}</td>${node(row.nodeId)}<td>${row.started ?? row.sentence}</td><td>${row.last.replaceAll("-", " ")}</td>${time(row.lastMs, content)}<td>${row.started === null || row.sentence === row.started ? "" : row.sentence}</td></tr>`;
}

/** Alerts. */
export function alertsTable(content: ReportContent): Markup {
  const { alerts } = content.story;
  return html`${table(["Raised (UTC)", "Severity", "Node", "What", "Stands", "Since (UTC)", "In words"], alerts.rows.map((row) => alertRow(row, content)))}${more(alerts, "alert")}`;
}

/** Bytes a second are told in thousands. */
function hostUnit(unit: string): { readonly unit: string; readonly per: number } {
  return unit === "B/s" ? { unit: "kB/s", per: 1_000 } : { unit, per: 1 };
}

function hostRow({ name, unit: recordedIn, n, ...figures }: HostFigures): Markup {
  const { unit, per } = hostUnit(recordedIn);
  if (n === 0) return html`<tr><th scope="row">${name}</th><td class="number">0</td><td class="muted" colspan="4">none was recorded</td></tr>`;
  const values = [figures.mean, figures.min, figures.p95, figures.max];
  return html`<tr><th scope="row">${name}, ${unit}</th><td class="number">${number(n, 0)}</td>${values.map((value) => html`<td class="number">${value === null ? NONE : number(value / per, 1)}</td>`)}</tr>`;
}

/** This machine over the period, and how much of it was recorded. */
export function hostTable(content: ReportContent): Markup {
  const { host, scope } = content;
  if (host.samples === 0) return html`<p>Nothing of this machine was recorded in this period.</p>`;
  const recorded = `${count(host.samples, "second")} recorded, ${clock(host.firstMs ?? scope.fromMs, scope.fromMs)} to ${clock(host.lastMs ?? scope.toMs, scope.fromMs)} UTC`;
  const head = html`<thead><tr><th scope="col">This machine</th>${["n", "mean", "min", "p95", "max"].map((word) => html`<th scope="col" class="number">${word}</th>`)}</tr></thead>`;
  return html`<p class="note">${recorded}.</p><div class="wide"><table>${head}<tbody>${host.figures.map(hostRow)}</tbody></table></div>`;
}
