import { counted, fixed } from "../fleet/words";
import { edgeReadings } from "./edge-readings";
import { isSilent, nodeReadings, plain } from "./node-readings";
import { standingOf, type Reading } from "./reading";
import type { AlertRule, RuleId } from "./rule";
import type { AlertWorld, HostReadings } from "./world";

/** A fleet is silent together from so many nodes on. */
const LEAST_SILENT = 3;

type Rules = ReadonlyMap<RuleId, AlertRule>;

function app(ruleId: RuleId, subject: string, told: Pick<Reading, "standing" | "title" | "sentence"> & Partial<Reading>): Reading {
  return { ruleId, subject, nodeId: null, nodeIds: [], version: null, isSilent: false, value: null, limit: null, ...told };
}

function ofApplication({ snapshot }: AlertWorld, rules: Rules): readonly Reading[] {
  const { link, journal, processes, periodP95Ms } = snapshot;
  const isLinkBad = link.state === "down" || link.state === "unresponsive";
  const lateMs = rules.get("engine-late")?.threshold ?? null;
  return [
    app("journal-unwritable", "journal", { standing: journal.state === "written" ? "good" : "bad", title: journal.state === "broken" ? "The journal is broken" : "The journal cannot be written", sentence: journal.sentence }),
    app("link-down", "link", { standing: link.state === "starting" ? "unknown" : isLinkBad ? "bad" : "good", title: link.state === "unresponsive" ? "The link does not answer" : "The link is down", sentence: link.sentence }),
    ...processes.map(({ name, state, sentence }) =>
      app("process-down", name, { standing: state === "starting" ? "unknown" : state === "up" ? "good" : "bad", title: `The process ${name} is ${state === "backing-off" ? "being started again" : state}`, sentence }),
    ),
    ...(lateMs === null
      ? []
      : [
          app("engine-late", "engine", {
            standing: standingOf(periodP95Ms, lateMs, "max", 0.05),
            title: "The engine's tick is late",
            sentence: `p95 of the period ${periodP95Ms === null ? "none" : fixed(periodP95Ms, 0)} ms; limit ${plain(lateMs)} ms.`,
            value: periodP95Ms,
            limit: lateMs,
          }),
        ]),
  ];
}

function ofFleet({ snapshot: { nodes } }: AlertWorld, rules: Rules): readonly Reading[] {
  const silent = nodes.filter(isSilent);
  const rule = rules.get("fleet-silent");
  const held = nodes.filter(({ guard }) => guard?.hold?.code === "COMMON_CAUSE");
  const isHeldKnown = held.length === 0 || held.some((node) => !isSilent(node));
  const share = nodes.length === 0 ? null : (100 * silent.length) / nodes.length;
  const standing = rule?.threshold == null ? "unknown" : standingOf(share, rule.threshold - 1e-9, "max", rule.recoveryMargin);
  const versions = [...new Set(held.map(({ modelVersion }) => modelVersion))];
  return [
    app("fleet-silent", "fleet", {
      standing: standing === "bad" && silent.length < LEAST_SILENT ? "good" : standing,
      nodeIds: silent.map(({ nodeId }) => nodeId),
      title: `${silent.length} of ${counted(nodes.length, "node")} are silent`,
      sentence: "They went silent together: look at the network or the link before the nodes.",
      value: share,
      limit: rule?.threshold ?? null,
    }),
    app("common-cause", "fleet", {
      standing: isHeldKnown ? (held.length === 0 ? "good" : "bad") : "unknown",
      nodeIds: held.map(({ nodeId }) => nodeId),
      version: versions.length === 1 ? (versions[0] ?? null) : null,
      title: held.length === 1 ? `${held[0]?.nodeId ?? "A node"} fails, and others got worse with it` : `${held.length} of ${counted(nodes.length, "node")} fail together`,
      sentence: held[0]?.guard?.hold?.sentence ?? "",
    }),
  ];
}

const HOST_RULES = [
  { ruleId: "host-cpu", word: "CPU", of: ({ cpuPercent }: HostReadings) => cpuPercent },
  { ruleId: "host-memory", word: "memory", of: ({ memoryPercent }: HostReadings) => memoryPercent },
  { ruleId: "host-disk", word: "disk", of: ({ diskPercent }: HostReadings) => diskPercent },
] as const;

function ofHost({ host }: AlertWorld, rules: Rules): readonly Reading[] {
  return HOST_RULES.flatMap(({ ruleId, word, of }) => {
    const rule = rules.get(ruleId);
    if (rule?.threshold == null) return [];
    const value = host === null ? null : of(host);
    return app(ruleId, "host", {
      standing: standingOf(value, rule.threshold, "max", rule.recoveryMargin),
      title: `This machine's ${word} is in use to more than ${plain(rule.threshold)} %`,
      sentence: `${value === null ? "Not measured" : `${fixed(value, 0)} %`}; limit ${plain(rule.threshold)} %.`,
      value,
      limit: rule.threshold,
    });
  });
}

function ofTests({ openTests }: AlertWorld): readonly Reading[] {
  return openTests.map(({ testId, pausedBy }) =>
    app("abtest-paused", testId, { standing: pausedBy === null ? "good" : "bad", title: `A/B test ${testId} is paused`, sentence: `${pausedBy ?? ""} After 10 min it is invalid.`.trim() }),
  );
}

/** What every rule sees now. */
export function readingsOf(world: AlertWorld, rules: Rules): readonly Reading[] {
  return [
    ...ofApplication(world, rules),
    ...ofFleet(world, rules),
    ...ofHost(world, rules),
    ...edgeReadings(world, rules),
    ...ofTests(world),
    ...world.snapshot.nodes.flatMap((node) => nodeReadings(node, world, rules)),
  ];
}
