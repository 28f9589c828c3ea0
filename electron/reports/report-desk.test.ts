import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CdrReader } from "@foxglove/cdr";
import { McapIndexedReader } from "@mcap/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ReportView } from "../../shared/contract/reports";
import type { EventView } from "../../shared/contract/snapshot";
import { HOST_QUANTITIES } from "../../shared/report/host";
import { recompute, recomputeHost } from "../../shared/report/recompute-fixture";
import { batches, eventAt, hostBatches, START_MS, threeNodes, WHOLE } from "../../shared/report/report-fixture";
import type { SampleBatch } from "../../shared/report/samples";
import { fail, ok } from "../../shared/result";
import { virtualTimers } from "../time/virtual-timers";
import type { OpenFile } from "./atomic-file";
import { EVENTS_TOPIC, nanoseconds, sampleTopic } from "./mcap";
import { ReportDesk, type ReportDeskParts } from "./report-desk";
import { openUnfinishedFiles } from "./unfinished";

const SAMPLES = threeNodes();
const HOST = hostBatches(300);
const EVENTS = [
  eventAt(1, 5, "deploy-requested", "node_0", { commandId: "c-0001", version: "1.1.0" }, { actor: "operator" }),
  eventAt(2, 20, "verdict", "node_0", { outcome: "fail", version: "1.1.0" }, { sentence: "Zeit größer 50 ms ✓" }),
];

/** Samples and events that are there already; `onBatch` is called before each batch is handed over. */
function scripted(onBatch: (index: number) => void = () => undefined): Pick<ReportDeskParts, "samples" | "events"> {
  const all: readonly SampleBatch[] = batches(SAMPLES, 1_000);
  return {
    samples: {
      store: () => Promise.resolve("a test"),
      settlesMs: 0,
      nodes: () => Promise.resolve(ok(["node_0", "node_1", "node_10"])),
      open: () =>
        Promise.resolve(
          ok({
            store: "a test",
            async *read() {
              for (const [index, value] of all.entries()) {
                onBatch(index);
                yield await Promise.resolve(ok({ value, progress: (index + 1) / all.length }));
              }
            },
          }),
        ),
    },
    events: {
      async *read() {
        yield await Promise.resolve(ok({ value: EVENTS, progress: 1 }));
      },
    },
  };
}

describe("reports", () => {
  let folder = "";
  let noted: Omit<EventView, "id" | "tMs">[] = [];
  let views: ReportView[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lydlr-reports-"));
    noted = [];
    views = [];
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function desk(parts: Partial<ReportDeskParts> = {}): ReportDesk {
    const opened = new ReportDesk({
      ...scripted(),
      host: {
        async *read() {
          for (const batch of HOST) yield await Promise.resolve(batch);
        },
      },
      origin: () => ({ appVersion: "0.1.0", link: "embedded fleet, seed 7", isEmbedded: true }),
      timers: { ...virtualTimers(), wallMs: () => START_MS + 700_000 },
      unfinished: openUnfinishedFiles(join(folder, "exports")),
      note: (draft) => noted.push(draft),
      ...parts,
    });
    opened.onChange((view) => views.push(view));
    return opened;
  }
  const to = (name: string) => ({ scope: WHOLE, path: join(folder, name), by: "window" }) as const;

  it("are written in every format, whole, with nothing else in the folder, and noted in the journal", async () => {
    const reports = desk();
    reports.usePrinter((page) => Promise.resolve(ok(Buffer.from(`%PDF of ${page.length}`))));
    const names = ["a.html", "a.pdf", "a.json", "a.csv", "a.summary.csv", "a.events.csv", "a.host.csv", "a.mcap"];
    for (const name of names) {
      const written = await reports.write(to(name));
      expect(written, name).toMatchObject({ ok: true, value: { path: join(folder, name), bytes: readFileSync(join(folder, name)).length } });
    }
    expect(readdirSync(folder).sort()).toEqual([...names, "exports"].sort());
    expect(readdirSync(join(folder, "exports"))).toEqual([]);
    expect(noted.map(({ event }) => event)).toEqual(names.map(() => "report-written"));
    expect(views.at(-1)).toMatchObject({ phase: "done" });
  });

  it("as JSON hold figures that can be recomputed from the CSV of the same period, and every sample and event", async () => {
    const reports = desk();
    await reports.write(to("a.json"));
    await reports.write(to("a.csv"));
    const report = JSON.parse(readFileSync(join(folder, "a.json"), "utf8")) as {
      readonly groups: readonly { readonly nodeId: string; readonly version: string | null; readonly samples: number; readonly metrics: { readonly latencyMs: { readonly p95: number } } }[];
      readonly samples: { readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[] };
      readonly events: readonly unknown[];
      readonly commands: { readonly rows: readonly unknown[] };
      readonly host: { readonly samples: number; readonly figures: readonly { readonly column: string; readonly n: number; readonly min: number | null; readonly max: number | null; readonly p95: number | null }[] };
      readonly hostSamples: { readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[] };
    };
    const again = recompute(readFileSync(join(folder, "a.csv"), "utf8"));
    const short = (nodeId: string, version: string | null, samples: number, p95: number | null | undefined): string => `${nodeId} ${version ?? ""} ${samples} ${p95 ?? "none"}`;
    expect(report.groups.map(({ nodeId, version, samples, metrics }) => short(nodeId, version, samples, metrics.latencyMs.p95)).sort()).toEqual(
      again.map(({ nodeId, version, samples, metrics }) => short(nodeId, version, samples, metrics[1]?.p95)).sort(),
    );
    expect(report.samples.rows).toHaveLength(SAMPLES.length);
    expect(report.samples.columns).toEqual(["tMs", "nodeId", "modelVersion", "compressionRatio", "latencyMs", "qualityScore", "bandwidthKbps"]);
    expect(report.samples.rows.filter((row) => row[5] === null)).toHaveLength(SAMPLES.filter(({ qualityScore }) => Number.isNaN(qualityScore)).length);
    expect(report.events).toEqual(EVENTS);
    await reports.write(to("a.host.csv"));
    const machine = recomputeHost(readFileSync(join(folder, "a.host.csv"), "utf8"));
    expect(report.host.samples).toBe(300);
    for (const { column, n, min, max, p95 } of report.host.figures) {
      expect(machine.get(HOST_QUANTITIES.find((each) => each.column === column)?.field ?? ""), column).toMatchObject({ n, min, max, p95 });
    }
    expect(report.hostSamples.rows.map((row) => row[1])).toEqual(HOST.flatMap(({ columns }) => Array.from(columns.cpuPercent)));
    expect(report.commands.rows).toHaveLength(1);
  });

  it("as MCAP open with the official reader and carry every sample and event of the range, in chunks with indexes", async () => {
    await desk().write(to("a.mcap"));
    const bytes = readFileSync(join(folder, "a.mcap"));
    const readable = { size: () => Promise.resolve(BigInt(bytes.length)), read: (offset: bigint, length: bigint) => Promise.resolve(new Uint8Array(bytes.subarray(Number(offset), Number(offset + length)))) };
    const reader = await McapIndexedReader.Initialize({ readable });
    expect(reader.chunkIndexes.length).toBeGreaterThan(0);
    expect(reader.statistics?.messageCount).toBe(BigInt(SAMPLES.length + EVENTS.length));
    const read: string[] = [];
    const events: unknown[] = [];
    for await (const message of reader.readMessages({ validateCrcs: true })) {
      const channel = reader.channelsById.get(message.channelId);
      if (channel?.topic === EVENTS_TOPIC) events.push(JSON.parse(Buffer.from(message.data).toString("utf8")));
      else read.push(`${channel?.topic ?? ""} ${message.logTime} ${textOfSample(message.data)}`);
    }
    const wanted = SAMPLES.map((sample) => {
      const { atMs, nodeId, modelVersion, compressionRatio, latencyMs, qualityScore, bandwidthKbps } = sample;
      return `${sampleTopic(nodeId)} ${nanoseconds(atMs)} ${[nodeId, modelVersion ?? "", compressionRatio, latencyMs, qualityScore, bandwidthKbps].join(" ")}`;
    });
    expect(read.sort()).toEqual(wanted.sort());
    expect(events).toMatchObject(EVENTS.map(({ id, sentence, event }) => ({ event_id: id, message: sentence, event })));
    expect([...reader.schemasById.values()].map(({ name, encoding }) => `${name} ${encoding}`).sort()).toEqual(["foxglove.Log jsonschema", "lydlr_msgs/msg/Sample ros2msg"]);
  });

  it("that are cancelled leave nothing, and the file that was there as it was", async () => {
    const path = join(folder, "a.csv");
    writeFileSync(path, "old");
    const reports: ReportDesk = desk(scripted((index) => {
      if (index === 3) reports.cancel();
    }));
    expect(await reports.write(to("a.csv"))).toMatchObject({ ok: false, error: { code: "CANCELLED" } });
    const gone = new AbortController();
    gone.abort();
    expect(await reports.write(to("b.html"), gone.signal)).toMatchObject({ ok: false, error: { code: "CANCELLED" } });
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(folder).sort()).toEqual(["a.csv", "exports"]);
    expect(noted).toEqual([]);
  });

  it("on a disk that fills up are told as such and leave nothing", async () => {
    let written = 0;
    const full: OpenFile = async (path) => {
      writeFileSync(path, "half");
      return Promise.resolve({
        writeFile: () => {
          written += 1;
          return written < 2 ? Promise.resolve() : Promise.reject(Object.assign(new Error("write"), { code: "ENOSPC" }));
        },
        sync: () => Promise.resolve(),
        close: () => Promise.resolve(),
      });
    };
    const refused = await desk({ openTemporary: full }).write(to("a.mcap"));
    expect(refused).toMatchObject({ ok: false, error: { code: "FILE_WRITE_FAILED" } });
    expect(refused.ok ? "" : refused.error.message).toContain("the disk is full");
    expect(readdirSync(folder)).toEqual(["exports"]);
    expect(views.at(-1)).toMatchObject({ phase: "failed", code: "FILE_WRITE_FAILED" });
  });

  it("are refused with a code: one at a time, of known nodes, of a period, of a known ending, and no PDF without a printer", async () => {
    const reports = desk();
    const first = reports.write(to("a.csv"));
    expect(await reports.write(to("b.csv"))).toMatchObject({ error: { code: "REPORT_RUNNING" } });
    expect(await first).toMatchObject({ ok: true });
    const code = async (order: Parameters<ReportDesk["write"]>[0]): Promise<unknown> => {
      const answered = await reports.write(order);
      return answered.ok ? answered.value : answered.error.code;
    };
    expect(await code({ ...to("b.csv"), scope: { ...WHOLE, nodeIds: ["node_9"] } })).toBe("UNKNOWN_NODE");
    expect(await code({ ...to("b.csv"), scope: { ...WHOLE, toMs: WHOLE.fromMs } })).toBe("BAD_REQUEST");
    expect(await code(to("b.doc"))).toBe("BAD_USAGE");
    expect(await code(to("b.pdf"))).toBe("NOT_AVAILABLE");
    expect(await code(to("no/folder/b.csv"))).toBe("FILE_WRITE_FAILED");
    expect(readdirSync(folder).sort()).toEqual(["a.csv", "exports"]);
  });

  it("end with what the store says", async () => {
    const broken = { ...scripted(), events: { async *read() { yield await Promise.resolve(fail("JOURNAL_UNAVAILABLE", "The journal cannot be read.")); } } };
    expect(await desk(broken).write(to("a.html"))).toMatchObject({ error: { code: "JOURNAL_UNAVAILABLE" } });
    expect(readdirSync(folder)).toEqual(["exports"]);
  });

  it("tell how far they are", async () => {
    let nowMs = 0;
    const reports = desk({ timers: { ...virtualTimers(), wallMs: () => START_MS + 700_000, monotonicMs: () => (nowMs += 250) } });
    await reports.write(to("a.html"));
    const shares = views.flatMap((view) => (view.phase === "writing" ? [view.share] : []));
    expect(shares.length).toBeGreaterThan(5);
    expect(shares).toEqual(shares.toSorted((left, right) => left - right));
    expect(Math.max(...shares)).toBe(1);
  });
});

describe("what a killed application left half written", () => {
  it("is taken away by the next start, and what another application still writes is not", async () => {
    const folder = mkdtempSync(join(tmpdir(), "lydlr-unfinished-"));
    const other = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"], { stdio: "ignore" });
    try {
      const notes = join(folder, "exports");
      const before = openUnfinishedFiles(notes);
      const half = join(folder, "a.csv.1.2.part");
      await before.note(half);
      writeFileSync(half, "half");
      const kept = join(folder, "b.csv.1.2.part");
      writeFileSync(kept, "half");
      writeFileSync(join(notes, "00000000-0000-4000-8000-000000000000.json"), JSON.stringify({ pid: other.pid, path: kept }));
      writeFileSync(join(notes, "00000000-0000-4000-8000-000000000001.json"), '{"pid":1');
      writeFileSync(join(notes, "00000000-0000-4000-8000-000000000002.json"), JSON.stringify({ pid: process.pid, path: join(folder, "precious.csv") }));
      writeFileSync(join(folder, "precious.csv"), "not ours");
      expect(await openUnfinishedFiles(notes).clear()).toEqual([half]);
      expect([half, kept, join(folder, "precious.csv")].map(existsSync)).toEqual([false, true, true]);
      expect(await openUnfinishedFiles(join(folder, "never made")).clear()).toEqual([]);
    } finally {
      other.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** A sample's message as another reader of CDR sees it. */
function textOfSample(data: Uint8Array): string {
  const reader = new CdrReader(data);
  reader.int32();
  reader.uint32();
  const texts = [reader.string(), reader.string()];
  return [...texts, ...[0, 1, 2, 3].map(() => reader.float64())].join(" ");
}
