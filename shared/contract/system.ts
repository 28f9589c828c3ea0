import * as v from "valibot";

/**
 * This machine and the machines of edge nodes, as they cross between the main process and the window. What a
 * machine does not have is `absent`, what could not be read is `failed` with its code: neither is ever 0.
 */

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const share = v.pipe(finite, v.minValue(0));
const nothing = v.strictObject({});
const orNull = <Schema extends v.GenericSchema>(schema: Schema) => v.nullable(schema);

/** Something that was measured, or why there is no value. */
const readingOf = <Schema extends v.GenericSchema>(value: Schema) =>
  v.variant("state", [
    v.strictObject({
      state: v.literal("known"),
      /** When it was read, Unix ms: what is expensive to read is read seldom. */
      atMs: finite,
      value,
    }),
    /** This machine has none. */
    v.strictObject({ state: v.literal("absent") }),
    /** Not read yet; a rate needs two readings. */
    v.strictObject({ state: v.literal("pending") }),
    v.strictObject({ state: v.literal("failed"), code: v.string(), sentence: v.string() }),
  ]);

/** A reading of some value. */
export type Reading<Value> =
  | { readonly state: "known"; readonly atMs: number; readonly value: Value }
  | { readonly state: "absent" }
  | { readonly state: "pending" }
  | { readonly state: "failed"; readonly code: string; readonly sentence: string };

/** What a machine is; it does not change while it runs. */
export const hostFactsSchema = v.strictObject({
  hostname: v.string(),
  /** Operating system, its version and architecture. */
  platform: v.string(),
  processor: v.string(),
  cores: v.pipe(count, v.minValue(1)),
  memoryBytes: count,
});
export type HostFacts = v.InferOutput<typeof hostFactsSchema>;

const cpuSchema = v.strictObject({
  /** Of all cores, 0 to 100. */
  percent: v.pipe(share, v.maxValue(100)),
  /** Of each core, 0 to 100. */
  perCore: v.array(v.pipe(share, v.maxValue(100))),
  /** Averages over 1, 5 and 15 min; null where the system keeps none. */
  load: orNull(v.tuple([share, share, share])),
});

const memorySchema = v.strictObject({
  totalBytes: count,
  /** What programs could still have, caches given up. */
  availableBytes: count,
  swapTotalBytes: count,
  swapUsedBytes: count,
});

const diskSchema = v.strictObject({
  /** The folder whose disk it is: the data folder. */
  path: v.string(),
  totalBytes: count,
  /** What this user may still write. */
  freeBytes: count,
});

/** Bytes a second of all disks. */
const diskIoSchema = v.strictObject({ readBytesPerS: share, writtenBytesPerS: share });

const interfaceSchema = v.strictObject({
  name: v.string(),
  isLoopback: v.boolean(),
  receivedBytesPerS: share,
  sentBytesPerS: share,
  /** Since the interface came up. */
  receivedBytes: count,
  sentBytes: count,
  receivedPackets: orNull(count),
  sentPackets: orNull(count),
});

const gpuSchema = v.strictObject({
  name: v.string(),
  /** Null is what its driver does not report. */
  percent: orNull(share),
  memoryUsedBytes: orNull(count),
  memoryTotalBytes: orNull(count),
  temperatureC: orNull(finite),
  powerW: orNull(share),
});
export type GpuView = v.InferOutput<typeof gpuSchema>;

const temperatureSchema = v.strictObject({ name: v.string(), celsius: finite });
const batterySchema = v.strictObject({ percent: share, isCharging: v.boolean(), minutesLeft: orNull(share) });

/** A process of this application. */
export const appProcessSchema = v.strictObject({
  pid: count,
  /** main, window, gpu, network, inference, ros2, ... */
  kind: v.string(),
  /** Of one core; null at its first reading. Above 100 where it keeps several busy. */
  cpuPercent: orNull(share),
  /** Pages that are its own: a library that many share counts for nobody. */
  memoryBytes: orNull(count),
});
export type AppProcessView = v.InferOutput<typeof appProcessSchema>;

/** `getSystemStats`: this machine now. */
export const systemStatsSchema = v.strictObject({
  atMs: finite,
  host: hostFactsSchema,
  /** Of this application, ms. */
  uptimeMs: share,
  cpu: readingOf(cpuSchema),
  memory: readingOf(memorySchema),
  disk: readingOf(diskSchema),
  diskIo: readingOf(diskIoSchema),
  network: readingOf(v.array(interfaceSchema)),
  gpus: readingOf(v.array(gpuSchema)),
  /** The hottest first. */
  temperatures: readingOf(v.array(temperatureSchema)),
  battery: readingOf(batterySchema),
  processes: readingOf(v.array(appProcessSchema)),
  sampler: v.strictObject({
    periodMs: share,
    /** Processor time that reading all this takes, of one core; null before ten samples. */
    cpuPercent: orNull(share),
  }),
});
export type SystemStats = v.InferOutput<typeof systemStatsSchema>;

/** A component's state as its node tells it on /diagnostics. */
export const diagnosticViewSchema = v.strictObject({
  /** "node: task" by ROS's convention. */
  name: v.string(),
  hardwareId: v.string(),
  level: v.picklist(["ok", "warn", "error", "stale"]),
  message: v.string(),
  values: v.array(v.strictObject({ key: v.string(), value: v.string() })),
  /** The node of the fleet that it speaks of; null for somebody else's. */
  nodeId: orNull(v.string()),
  /** True where the node runs inside of this application, by its own word. */
  isEmbedded: v.boolean(),
  /** Arrival here, Unix ms. */
  receivedAtMs: finite,
  /** Messages since the start. */
  messages: count,
});
export type DiagnosticView = v.InferOutput<typeof diagnosticViewSchema>;

/** What the page is pushed once a second. */
export const systemViewSchema = v.strictObject({
  stats: systemStatsSchema,
  /** Nodes' own first, then others'; at most 400. */
  diagnostics: v.array(diagnosticViewSchema),
  /** Components beyond those. */
  hiddenDiagnostics: count,
});
export type SystemView = v.InferOutput<typeof systemViewSchema>;

const summaryOf = v.strictObject({ mean: finite, min: finite, max: finite, p95: finite });

/** `getPerformanceSummary`: of the compressions that are kept, the newest 1 000. */
export const performanceSummarySchema = v.strictObject({
  /** Null before the first. */
  compressionRatio: orNull(summaryOf),
  latencyMs: orNull(summaryOf),
  /** Compressions that it is made of, and all since the start. */
  kept: count,
  recorded: count,
  uptimeMs: share,
});
export type PerformanceSummary = v.InferOutput<typeof performanceSummarySchema>;

/** The columns of the machine's history; NaN is a gap. */
export const SYSTEM_COLUMNS = [
  "cpuPercent",
  "appCpuPercent",
  "memoryPercent",
  "diskPercent",
  "diskReadBytesPerS",
  "diskWrittenBytesPerS",
  "networkReceivedBytesPerS",
  "networkSentBytesPerS",
  "temperatureC",
  "gpuPercent",
  "gpuMemoryPercent",
  "latencyP10Ms",
  "latencyMedianMs",
  "latencyP90Ms",
] as const;
export type SystemColumn = (typeof SYSTEM_COLUMNS)[number];

const column = v.instance(Float64Array);
const columnEntries = Object.fromEntries(SYSTEM_COLUMNS.map((name) => [name, column])) as Readonly<Record<SystemColumn, typeof column>>;

/** The machine's history and the fleet's latency on one time axis. */
export const systemSeriesSchema = v.strictObject({
  fromMs: finite,
  toMs: finite,
  /** True where a point stands for a stretch: each gives its minimum and its maximum. */
  decimated: v.boolean(),
  bucketMs: finite,
  /** Unix ms, ascending. */
  atMs: column,
  columns: v.strictObject(columnEntries),
  /** Since when the processor is busy and the fleet slow; null where it is not, `sinceMs` null where that is older than the range. */
  cpuBusy: orNull(v.strictObject({ sinceMs: orNull(finite) })),
  fleetSlow: orNull(v.strictObject({ sinceMs: orNull(finite) })),
});
export type SystemSeries = v.InferOutput<typeof systemSeriesSchema>;

/** The longest stretch that is kept, ms. */
export const SYSTEM_HISTORY_MS = 86_400_000;

/** Requests about machines. */
export const SYSTEM_REQUESTS = {
  "system/now": { body: nothing, reply: systemViewSchema },
  "system/summary": { body: nothing, reply: performanceSummarySchema },
  "system/series": {
    body: v.strictObject({
      rangeMs: v.pipe(finite, v.minValue(1_000), v.maxValue(366 * SYSTEM_HISTORY_MS)),
      /** Where the stretch ends, of what is recorded; absent: now, of the last day. */
      toMs: v.optional(finite),
      maxPoints: v.pipe(count, v.minValue(10), v.maxValue(600)),
    }),
    reply: systemSeriesSchema,
  },
  /** Asks for a file name and writes the report. CANCELLED, FILE_WRITE_FAILED. */
  "system/export": { body: nothing, reply: v.strictObject({ path: v.string(), bytes: count }) },
} as const;

/** Pushed once a second. */
export const SYSTEM_PUSHES = { "push/system": systemViewSchema } as const;
