/** The lanes of the timeline, from the top. */
export const LANES = ["decisions", "commands", "rollouts", "tests", "alerts", "policy", "link"] as const;

/** One lane: events that belong together. */
export type Lane = (typeof LANES)[number];

/** Which events each lane has: names, `*` for any letters. The link's lane has all that is in no other. */
const KINDS: Readonly<Record<Exclude<Lane, "link">, readonly string[]>> = {
  decisions: ["verdict", "rollback-held", "rollback-escalated", "hold-ended", "version-quarantined", "quarantine-lifted", "version-good", "version-committed", "baseline-frozen"],
  commands: ["deploy-*", "rollback-requested", "rollback-publishing", "rollback-sent", "rollback-acknowledged", "rollback-verifying", "rollback-verified", "rollback-unconfirmed", "rollback-failed", "rollback-inconsistent"],
  rollouts: ["rollout-*"],
  tests: ["abtest-*", "ab-test-*", "test-*", "selftest-*", "comparison-*"],
  alerts: ["alert-*"],
  policy: ["policy-*", "alias-*", "model-*", "settings-*", "fault-*"],
};

const LINK_KINDS: readonly string[] = [
  "link-*", "node-*", "version-reported", "inference-*", "process-*", "ros2-*", "started", "fleet-*", "clock-jumped", "journal-*", "control-*", "incident", "trouble",
];

/** The patterns of a lane's events. */
export function kindsOf(lane: Lane): readonly string[] {
  return lane === "link" ? LINK_KINDS : KINDS[lane];
}

function isLike(event: string, pattern: string): boolean {
  return pattern.endsWith("*") ? event.startsWith(pattern.slice(0, -1)) : event === pattern;
}

/** The lane of an event; what no lane knows is with the link and the rest of the application. */
export function laneOf(event: string): Lane {
  for (const lane of LANES) if (lane !== "link" && KINDS[lane].some((pattern) => isLike(event, pattern))) return lane;
  return "link";
}
