import * as v from "valibot";

/** The limits a metric must keep; a value exactly at a limit passes. */
export const limitsSchema = v.strictObject({
  /** Bytes in over bytes out, at least. */
  minCompressionRatio: v.pipe(v.number(), v.finite(), v.minValue(0.01), v.maxValue(10_000)),
  /** Wall time of an encode in ms, at most. */
  maxLatencyMs: v.pipe(v.number(), v.finite(), v.minValue(0.01), v.maxValue(60_000)),
  /** MS-SSIM, at least. */
  minQualityScore: v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(1)),
});

/** Limits of the three judged metrics. */
export type Limits = v.InferOutput<typeof limitsSchema>;

/** The seed's limits: ratio 5.0, latency 50 ms, quality 0.7. */
export const DEFAULT_LIMITS: Limits = { minCompressionRatio: 5, maxLatencyMs: 50, minQualityScore: 0.7 };

/** The greatest ROS_DOMAIN_ID whose ports Linux leaves free (docs.ros.org, "The ROS_DOMAIN_ID"). */
export const MAX_ROS_DOMAIN_ID = 232;

/** How the process that speaks ROS 2 joins the graph; null leaves it to the environment. */
export const ros2SettingsSchema = v.strictObject({
  /** ROS_DOMAIN_ID. */
  domainId: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_ROS_DOMAIN_ID))),
  /** ROS_AUTOMATIC_DISCOVERY_RANGE: this machine alone, or its subnet. */
  discoveryRange: v.nullable(v.picklist(["LOCALHOST", "SUBNET"])),
});

/** How the process that speaks ROS 2 joins the graph. */
export type Ros2Settings = v.InferOutput<typeof ros2SettingsSchema>;

/** What an operator can set. Stored by the journal; unknown keys are refused. */
export const settingsSchema = v.strictObject({
  theme: v.picklist(["system", "dark", "light"]),
  /** `auto`: cards up to 12 nodes, table to 60, matrix beyond. */
  fleetView: v.picklist(["auto", "cards", "table", "matrix"]),
  /** Single-letter shortcuts can be switched off (WCAG 2.1.4). */
  singleKeyShortcuts: v.boolean(),
  /** Local 24-hour clock or UTC. */
  clock: v.picklist(["local", "utc"]),
  /** The desktop's own notifications, while the window is not in front. */
  desktopNotifications: v.boolean(),
  /** A short sound with a new high alert. */
  alertSound: v.boolean(),
  ros2: ros2SettingsSchema,
});

/** All settings. */
export type Settings = v.InferOutput<typeof settingsSchema>;

/** What holds before anyone set anything. */
export const DEFAULT_SETTINGS: Settings = {
  theme: "system",
  fleetView: "auto",
  singleKeyShortcuts: true,
  clock: "local",
  desktopNotifications: true,
  alertSound: false,
  ros2: { domainId: null, discoveryRange: null },
};

/** A change of some settings; what is absent stays. */
export const settingsChangeSchema = v.partial(settingsSchema);

/** A change of some settings. */
export type SettingsChange = v.InferOutput<typeof settingsChangeSchema>;
