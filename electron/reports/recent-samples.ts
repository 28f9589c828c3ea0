import type { DeploymentStatus } from "../../shared/contract/channels";
import type { ReportSample } from "../../shared/report/samples";
import { batchOf } from "../../shared/report/samples";
import { takesNode, type ReportScope } from "../../shared/report/scope";
import { ok, type Result } from "../../shared/result";
import { TICK_MS } from "../../shared/fleet/tracked-node";
import type { ExportRow } from "../operations/export-rows";
import { breathe } from "./breathe";
import type { SampleSource, SampleView } from "./source";

/** A batch is of so much time at most, and of so many samples about. */
const BATCH_MS = 60_000;
const BATCH_SAMPLES = 4_000;

/** What the engine keeps in memory. */
export interface RecentSamples {
  getDeploymentStatus(): DeploymentStatus;
  exportRows(nodeId: string): Result<readonly ExportRow[]>;
}

const STORE = "memory, the last 6\u2009000 of each node since the start";

interface NodeRows {
  readonly nodeId: string;
  readonly rows: readonly ExportRow[];
  next: number;
}

/** Samples of one node up to a time, from where it was read to. */
function takeUntil(node: NodeRows, toMs: number): ReportSample[] {
  const taken: ReportSample[] = [];
  for (; node.next < node.rows.length; node.next += 1) {
    const row = node.rows[node.next];
    if (row === undefined || row.tMs > toMs) break;
    const { tMs, ...rest } = row;
    taken.push({ atMs: tMs, nodeId: node.nodeId, ...rest });
  }
  return taken;
}

function viewOf(nodes: readonly Omit<NodeRows, "next">[], { fromMs, toMs }: ReportScope): SampleView {
  return {
    store: STORE,
    async *read() {
      const cursors = nodes.map(({ nodeId, rows }) => ({ nodeId, rows, next: 0 }));
      const total = nodes.reduce((sum, { rows }) => sum + rows.length, 0);
      const firstMs = Math.min(...nodes.flatMap(({ rows }) => rows[0]?.tMs ?? []), toMs);
      const lastMs = Math.min(toMs, Math.max(...nodes.flatMap(({ rows }) => rows.at(-1)?.tMs ?? []), firstMs));
      const stepMs = Math.min(BATCH_MS, Math.max(1_000, ((lastMs - firstMs) * BATCH_SAMPLES) / Math.max(1, total)));
      for (let untilMs = Math.max(fromMs, firstMs); ; untilMs += stepMs) {
        const boundMs = Math.min(untilMs, lastMs);
        const samples = cursors.flatMap((cursor) => takeUntil(cursor, boundMs)).sort((left, right) => left.atMs - right.atMs);
        const progress = lastMs > firstMs ? (boundMs - firstMs) / (lastMs - firstMs) : 1;
        if (samples.length > 0) yield ok({ value: batchOf(samples), progress });
        if (boundMs >= lastMs) return;
        await breathe();
      }
    },
  };
}

/** The samples that the engine keeps in memory: the last 6 000 of each node that was seen since the start. */
export function recentSamples(engine: RecentSamples): SampleSource {
  const nodeIds = (): string[] => engine.getDeploymentStatus().nodes.map(({ nodeId }) => nodeId);
  return {
    store: () => Promise.resolve(STORE),
    // The samples at once; events are written with the tick.
    settlesMs: 2 * TICK_MS,
    nodes: () => Promise.resolve(ok(nodeIds())),
    async open(scope) {
      const nodes: { readonly nodeId: string; readonly rows: readonly ExportRow[] }[] = [];
      for (const nodeId of nodeIds().filter((known) => takesNode(scope, known))) {
        const rows = engine.exportRows(nodeId);
        if (rows.ok) nodes.push({ nodeId, rows: rows.value.filter(({ tMs }) => tMs >= scope.fromMs && tMs <= scope.toMs) });
        await breathe();
      }
      return ok(viewOf(nodes, scope));
    },
  };
}
