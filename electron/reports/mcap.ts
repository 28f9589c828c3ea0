import { CdrWriter } from "@foxglove/cdr";
import { McapWriter, type IWritable } from "@mcap/core";
import type { EventView } from "../../shared/contract/snapshot";
import { METRICS } from "../../shared/fleet/sample";
import type { ReportOrigin } from "../../shared/report/content";
import { isInScope } from "../../shared/report/csv";
import { sampleAt, type ReportSample, type SampleBatch } from "../../shared/report/samples";
import type { ReportScope } from "../../shared/report/scope";
import type { FileSink } from "./atomic-file";

/** The topic of a node's samples in an MCAP file. */
export function sampleTopic(nodeId: string): string {
  return `/lydlr/${nodeId}/sample`;
}

/** The topic of the journal's events in an MCAP file. */
export const EVENTS_TOPIC = "/lydlr/events";

const encoder = new TextEncoder();

/** As ROS 2 writes its messages, so that whatever reads a bag reads this; NaN is what a node did not report. */
const SAMPLE_SCHEMA = {
  name: "lydlr_msgs/msg/Sample",
  encoding: "ros2msg",
  data: encoder.encode(`# One sample of an edge node, as it was received. NaN: the node did not report it.
builtin_interfaces/Time stamp
string node_id
# empty: the sample carried no version
string model_version
float64 compression_ratio
float64 latency_ms
float64 quality_score
float64 bandwidth_kbps
================================================================================
MSG: builtin_interfaces/Time
int32 sec
uint32 nanosec
`),
} as const;

/** The log message that Foxglove and Lichtblick show in their log panel, with what the journal knows beyond it. */
const EVENT_SCHEMA = {
  name: "foxglove.Log",
  encoding: "jsonschema",
  data: encoder.encode(
    JSON.stringify({
      title: "foxglove.Log",
      description: "An event of the journal of Lydlr Ops",
      type: "object",
      properties: {
        timestamp: { type: "object", title: "time", properties: { sec: { type: "integer", minimum: 0 }, nsec: { type: "integer", minimum: 0, maximum: 999_999_999 } } },
        level: { type: "integer", description: "2 information, 3 warning, 4 error" },
        message: { type: "string" },
        name: { type: "string" },
        file: { type: "string" },
        line: { type: "integer", minimum: 0 },
        event_id: { type: "integer" },
        event: { type: "string" },
        node_id: { type: "string", description: "empty: of the whole fleet" },
        actor: { type: "string" },
        detail_json: { type: "string" },
      },
    }),
  ),
} as const;

/** Unix ms as nanoseconds, exact to the microsecond. */
export function nanoseconds(atMs: number): bigint {
  return BigInt(Math.round(atMs * 1_000)) * 1_000n;
}

function stampOf(atMs: number): { readonly sec: number; readonly nanosec: number } {
  const all = nanoseconds(atMs);
  return { sec: Number(all / 1_000_000_000n), nanosec: Number(all % 1_000_000_000n) };
}

/** Not the library's own string(): it counts UTF-16 units and would cut a text outside of ASCII. */
function putText(writer: CdrWriter, text: string): void {
  const utf8 = encoder.encode(text);
  writer.uint32(utf8.length + 1).uint8Array(utf8).uint8(0);
}

function encodeSample(sample: ReportSample): Uint8Array {
  const { sec, nanosec } = stampOf(sample.atMs);
  const writer = new CdrWriter({ size: 96 });
  writer.int32(sec).uint32(nanosec);
  putText(writer, sample.nodeId);
  putText(writer, sample.modelVersion ?? "");
  for (const metric of METRICS) writer.float64(sample[metric]);
  return writer.data;
}

const ERRORS = /fail|down|broken|inconsistent|stopped|escalated/;
const WARNINGS = /lost|stale|held|quarantined|unconfirmed|incident|rollback|trouble|notice/;

/** How loud an event is in a log: by its name, a verdict by its outcome. */
function levelOf({ event, detail }: EventView): number {
  const word = event === "verdict" ? String(detail["outcome"]) : event;
  return ERRORS.test(word) ? 4 : WARNINGS.test(word) || word === "warn" ? 3 : 2;
}

function encodeEvent(event: EventView): Uint8Array {
  const { sec, nanosec } = stampOf(event.tMs);
  return encoder.encode(
    JSON.stringify({
      timestamp: { sec, nsec: nanosec },
      level: levelOf(event),
      message: event.sentence,
      name: event.nodeId ?? event.event,
      file: "",
      line: 0,
      event_id: event.id,
      event: event.event,
      node_id: event.nodeId ?? "",
      actor: event.actor,
      detail_json: JSON.stringify(event.detail),
    }),
  );
}

/** The writer uses its buffer again once a write has ended, and the sink gathers. */
function writableOf(sink: FileSink): IWritable {
  return {
    write: (buffer) => sink.write(buffer.slice()),
    position: () => BigInt(sink.bytes),
  };
}

/**
 * Writes samples and events as MCAP: chunks of 1 MB with indexes and checksums, not compressed, so that every reader
 * opens it. Each call must end before the next.
 */
export class McapReport {
  private readonly writer: McapWriter;
  private readonly channels = new Map<string, { readonly id: number; sequence: number }>();
  private sampleSchema = 0;
  private eventChannel = { id: 0, sequence: 0 };

  constructor(sink: FileSink) {
    this.writer = new McapWriter({ writable: writableOf(sink) });
  }

  async start(scope: ReportScope, origin: ReportOrigin): Promise<void> {
    await this.writer.start({ profile: "", library: `Lydlr Ops ${origin.appVersion}` });
    this.sampleSchema = await this.writer.registerSchema(SAMPLE_SCHEMA);
    const eventSchema = await this.writer.registerSchema(EVENT_SCHEMA);
    const id = await this.writer.registerChannel({ schemaId: eventSchema, topic: EVENTS_TOPIC, messageEncoding: "json", metadata: new Map() });
    this.eventChannel = { id, sequence: 0 };
    const facts = { from_unix_ms: String(scope.fromMs), to_unix_ms: String(scope.toMs), nodes: scope.nodeIds.join(","), versions: scope.versions.join(","), link: origin.link };
    await this.writer.addMetadata({ name: "lydlr-report", metadata: new Map(Object.entries(facts)) });
  }

  /** Writes the samples of a batch that are in the scope; how many there were. */
  async addSamples(batch: SampleBatch, scope: ReportScope): Promise<number> {
    let added = 0;
    for (let index = 0; index < batch.length; index += 1) {
      const sample = sampleAt(batch, index);
      if (!isInScope(sample.atMs, sample.nodeId, sample.modelVersion, scope)) continue;
      const channel = this.channels.get(sample.nodeId) ?? (await this.open(sample.nodeId));
      const atNs = nanoseconds(sample.atMs);
      await this.writer.addMessage({ channelId: channel.id, sequence: channel.sequence, logTime: atNs, publishTime: atNs, data: encodeSample(sample) });
      channel.sequence += 1;
      added += 1;
    }
    return added;
  }

  async addEvent(event: EventView): Promise<void> {
    const atNs = nanoseconds(event.tMs);
    const { id, sequence } = this.eventChannel;
    await this.writer.addMessage({ channelId: id, sequence, logTime: atNs, publishTime: atNs, data: encodeEvent(event) });
    this.eventChannel.sequence += 1;
  }

  /** Writes the indexes; the file is whole then. */
  async end(): Promise<void> {
    await this.writer.end();
  }

  private async open(nodeId: string): Promise<{ readonly id: number; sequence: number }> {
    const id = await this.writer.registerChannel({ schemaId: this.sampleSchema, topic: sampleTopic(nodeId), messageEncoding: "cdr", metadata: new Map() });
    const channel = { id, sequence: 0 };
    this.channels.set(nodeId, channel);
    return channel;
  }
}
