/**
 * The figures of a report once more, from the text of the CSV that goes with it and from nothing else: no code of the
 * report is used, so that a fault there cannot hide here.
 */

/** One line of the exported samples. */
interface Line {
  readonly nodeId: string;
  readonly version: string;
  readonly atMs: number;
  readonly values: readonly (number | null)[];
}

/** One metric, recomputed. */
export interface RecomputedMetric {
  readonly n: number;
  readonly mean: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly p95: number | null;
}

/** One node and version, recomputed. Metrics: ratio, latency, quality, bandwidth. */
export interface RecomputedGroup {
  readonly nodeId: string;
  readonly version: string;
  readonly samples: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly gaps: number;
  readonly gapsTotalMs: number;
  readonly gapsLongestMs: number;
  readonly metrics: readonly RecomputedMetric[];
}

function parse(csv: string): readonly Line[] {
  const [header, ...rows] = csv.trimEnd().split("\r\n");
  if (header !== "time_utc,unix_ms,node_id,model_version,compression_ratio,latency_ms,quality_score,bandwidth_kbps") throw new Error(`another header: ${header ?? ""}`);
  return rows.map((row) => {
    const [iso = "", ms = "", nodeId = "", version = "", ...values] = row.split(",");
    if (Math.abs(Date.parse(iso) - Number(ms)) >= 1) throw new Error(`${iso} is not ${ms}`);
    return { nodeId, version, atMs: Number(ms), values: values.map((value) => (value === "" ? null : Number(value))) };
  });
}

function metricOf(values: readonly (number | null)[]): RecomputedMetric {
  const sorted = values.filter((value) => value !== null).toSorted((left, right) => left - right);
  if (sorted.length === 0) return { n: 0, mean: null, min: null, max: null, p95: null };
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  return { n: sorted.length, mean, min: sorted[0] ?? null, max: sorted.at(-1) ?? null, p95: sorted[Math.ceil(0.95 * sorted.length) - 1] ?? null };
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key) ?? [];
    group.push(item);
    groups.set(key, group);
  }
  return groups;
}

/** 2.2 periods up to whole 10 ms; a period is the lower median of the whole ms between samples, at least 500. */
function gapAfter(lines: readonly Line[]): number {
  const intervals = lines.slice(1).flatMap(({ atMs }, index) => Math.round(atMs - (lines[index]?.atMs ?? NaN))).filter((interval) => interval >= 0 && interval <= 60_000);
  const median = intervals.toSorted((left, right) => left - right)[Math.ceil(intervals.length / 2) - 1] ?? 500;
  return Math.ceil((2.2 * Math.max(500, median)) / 10 - 1e-9) * 10;
}

/** Every node and version of the CSV, in no particular order. */
export function recompute(csv: string): readonly RecomputedGroup[] {
  const byNode = groupBy(parse(csv), ({ nodeId }) => nodeId);
  return [...byNode].flatMap(([nodeId, lines]) => {
    const gapAfterMs = gapAfter(lines);
    const silences = lines.slice(1).map((line, index) => ({ version: lines[index]?.version, lengthMs: line.atMs - (lines[index]?.atMs ?? NaN) }));
    return [...groupBy(lines, ({ version }) => version)].map(([version, own]) => {
      const gaps = silences.filter((silence) => silence.version === version && silence.lengthMs > gapAfterMs).map(({ lengthMs }) => lengthMs);
      return {
        nodeId,
        version,
        samples: own.length,
        firstMs: own[0]?.atMs ?? NaN,
        lastMs: own.at(-1)?.atMs ?? NaN,
        gaps: gaps.length,
        gapsTotalMs: gaps.reduce((sum, gap) => sum + gap, 0),
        gapsLongestMs: Math.max(0, ...gaps),
        metrics: [0, 1, 2, 3].map((column) => metricOf(own.map(({ values }) => values[column] ?? null))),
      };
    });
  });
}

/** One quantity of this machine, recomputed, by the name of its column in the CSV. */
export type RecomputedHost = ReadonlyMap<string, RecomputedMetric>;

/** Every quantity of the CSV of this machine. */
export function recomputeHost(csv: string): RecomputedHost {
  const [header = "", ...rows] = csv.trimEnd().split("\r\n");
  const [time, ms, ...names] = header.split(",");
  if (time !== "time_utc" || ms !== "unix_ms") throw new Error(`another header: ${header}`);
  const values = rows.map((row) => {
    const [iso = "", at = "", ...fields] = row.split(",");
    if (Math.abs(Date.parse(iso) - Number(at)) >= 1) throw new Error(`${iso} is not ${at}`);
    return fields.map((field) => (field === "" ? null : Number(field)));
  });
  return new Map(names.map((name, column) => [name, metricOf(values.map((row) => row[column] ?? null))]));
}
