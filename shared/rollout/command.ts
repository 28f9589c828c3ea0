import type { CommandPhase, CommandView } from "../contract/snapshot";
import type { ModelVersion, NodeId } from "../fleet/ids";
import { counted } from "../fleet/words";
import { placedBy } from "../fleet/placed-by";
import { GOOD_RUN, METRIC_NAMES, type LimitedMetric } from "../judge/limits";

/** How long a node may take to report the version before the command is sent again. */
export const ACKNOWLEDGE_WITHIN_MS = 2_000;
/** How often a command is sent at most. */
export const MAX_ATTEMPTS = 3;
/** Samples right after a swap are ignored for this long: caches and the encoder settle. */
export const SETTLE_MS = 2_000;
/** How long healthy samples are waited for after settling. */
export const VERIFY_WITHIN_MS = 30_000;
/** Samples in a row beyond a limit after which it is plain that a version does not run well: no verification. */
export const VERIFY_FAILS_AFTER = 9;
/** How long a node may stay silent after a restart of the application before its command ends. */
export const RESUME_WITHIN_MS = 30_000;

/** Which phases end a command. */
const ENDS: ReadonlySet<CommandPhase> = new Set(["verified", "unconfirmed", "failed", "inconsistent"]);

interface Step {
  readonly phase: CommandPhase;
  readonly atMs: number;
  readonly note: string;
}

/** One deploy or rollback on its way to one node. Immutable; `advance` gives the next. */
export interface Command {
  readonly commandId: string;
  readonly requestId: string;
  readonly nodeId: NodeId;
  readonly kind: "deploy" | "rollback";
  readonly actor: "operator" | "policy";
  readonly version: ModelVersion;
  readonly fromVersion: ModelVersion | null;
  readonly phase: CommandPhase;
  readonly attempts: number;
  /** Monotonic ms of the last publication; null before the first. */
  readonly sentAtMs: number | null;
  /** Monotonic ms of the node's own report; null before. */
  readonly acknowledgedAtMs: number | null;
  /** Consecutive samples within, and beyond, the limits since it settled. */
  readonly withinRun: number;
  readonly beyondRun: number;
  readonly steps: readonly Step[];
  readonly sentence: string;
  /** Monotonic ms of the restart that it was resumed after; null where none lies between, or it was sent since. */
  readonly resumedAtMs: number | null;
}

/** What can happen to a command. `atMs` is monotonic, `wallMs` Unix time for people. */
export type CommandInput = { readonly atMs: number; readonly wallMs: number } & (
  | { readonly type: "published"; readonly matchedSubscriptions: number }
  | { readonly type: "publish-failed"; readonly reason: string }
  /** A rollback takes its place. */
  | { readonly type: "superseded" }
  /** A tick in which the node of a resumed command has not yet said what it runs. */
  | { readonly type: "unheard" }
  /** The node's own report of what it runs: from a heartbeat or a metrics frame. */
  | { readonly type: "reported"; readonly version: ModelVersion | null }
  | {
      readonly type: "sample";
      readonly version: ModelVersion | null;
      /** Metrics of the sample beyond their limit. */
      readonly beyond: readonly LimitedMetric[];
    }
  | { readonly type: "tick"; readonly nodeReportsVersion: boolean; readonly reportedVersion: ModelVersion | null; readonly isHeard: boolean }
);

/** The next state, and whether the command must be published (again). */
export interface CommandOutcome {
  readonly command: Command;
  readonly publish: boolean;
}

/** Whether the command has ended. */
export function hasEnded(command: Command): boolean {
  return ENDS.has(command.phase);
}

/** Makes a command in its first phase. It must be on disk before it is published. */
export function requestCommand(
  request: Pick<Command, "commandId" | "requestId" | "nodeId" | "kind" | "actor" | "version" | "fromVersion">,
  wallMs: number,
): Command {
  const verb = request.kind === "deploy" ? "Deploy" : "Roll back to";
  const sentence = `${verb} ${request.version}: requested by ${request.actor}.`;
  return {
    ...request,
    phase: "requested",
    attempts: 0,
    sentAtMs: null,
    acknowledgedAtMs: null,
    withinRun: 0,
    beyondRun: 0,
    steps: [{ phase: "requested", atMs: wallMs, note: `by ${request.actor}` }],
    sentence,
    resumedAtMs: null,
  };
}

/**
 * Takes a command up again after a restart of the application. Nothing is known but what was written: it
 * waits for the node's own report, and what was or may have been sent is not sent again by itself.
 */
export function resumeCommand(command: Command, atMs: number): Command {
  if (hasEnded(command)) return command;
  return { ...command, resumedAtMs: atMs, sentAtMs: command.attempts > 0 ? atMs : null, acknowledgedAtMs: null, withinRun: 0, beyondRun: 0 };
}

function enter(command: Command, phase: CommandPhase, wallMs: number, note: string, sentence: string): Command {
  return { ...command, phase, steps: [...command.steps, { phase, atMs: wallMs, note }], sentence };
}

function stay(command: Command): CommandOutcome {
  return { command, publish: false };
}

function onPublished(command: Command, atMs: number, wallMs: number, matched: number): Command {
  const attempts = command.attempts + 1;
  const sent = { ...command, attempts, sentAtMs: atMs, resumedAtMs: null };
  const heard = matched === 0 ? "no one listens on its topic yet" : `${counted(matched, "subscription")} matched`;
  const sentence = `${command.version} sent to ${command.nodeId}, waiting for its report.`;
  if (command.phase === "requested") return enter(sent, "sent", wallMs, heard, sentence);
  return { ...sent, steps: [...sent.steps, { phase: "sent", atMs: wallMs, note: `try ${attempts}, ${heard}` }] };
}

function onReported(command: Command, version: ModelVersion | null, atMs: number, wallMs: number): Command {
  // A report that comes after nobody could say any more is still the node's own report.
  const isResumed = command.resumedAtMs !== null;
  const isWaiting =
    command.phase === "sent" ||
    (command.phase === "requested" && isResumed) ||
    (command.phase === "unconfirmed" && command.acknowledgedAtMs === null);
  if (isWaiting && version === command.version) {
    const seconds = command.sentAtMs === null ? 0 : (atMs - command.sentAtMs) / 1000;
    const note = command.attempts === 0 ? "own report, never sent from here" : isResumed ? "own report, after a restart" : `own report, ${seconds.toFixed(1)} s`;
    return enter(
      { ...command, acknowledgedAtMs: atMs, withinRun: 0, beyondRun: 0 },
      "acknowledged",
      wallMs,
      note,
      `${command.nodeId} reports ${command.version}. Its samples settle for ${SETTLE_MS / 1000} s.`,
    );
  }
  const isRunning = command.phase === "acknowledged" || command.phase === "verifying";
  if (isRunning && version !== null && version !== command.version) {
    return enter(
      command,
      "inconsistent",
      wallMs,
      `reports ${version}`,
      `Asked for ${command.version}, ${command.nodeId} reports ${version}. Nothing more is sent until you choose.`,
    );
  }
  // After a restart the node's first report is what the rest of the verification counts from.
  if (isRunning && version === command.version && command.acknowledgedAtMs === null) return { ...command, acknowledgedAtMs: atMs };
  return command;
}

/** Whether a rollback may take its place: the node has taken the version, so what comes next is sent after it. */
export function isSupersedable({ kind, phase }: Command): boolean {
  return kind === "deploy" && (phase === "acknowledged" || phase === "verifying");
}

function onSuperseded(command: Command, wallMs: number): Command {
  if (!isSupersedable(command)) return command;
  const sentence = `${command.version} ran on ${command.nodeId} by its own report, but a rollback took its place before it was verified.`;
  return enter(command, "failed", wallMs, "superseded", sentence);
}

function onPublishFailed(command: Command, wallMs: number, reason: string): Command {
  if (command.attempts === 0) return enter(command, "failed", wallMs, "not published", `${command.version} was not sent: ${reason}`);
  const sentence = `${sentTimes(command)} It is not sent again: ${reason} Whether ${command.nodeId} took it, only its own report can say.`;
  return enter(command, "unconfirmed", wallMs, "not sent again", sentence);
}

/** Whether no publication of it was ever begun. */
function isUnsent(command: Command): boolean {
  return command.phase === "requested" && command.attempts === 0;
}

function sentTimes({ attempts }: Command): string {
  return `Sent ${attempts === 1 ? "once" : `${attempts} times`}.`;
}

/** What happens to a resumed command whose node does not say what it runs. */
function onUnheard(command: Command, atMs: number, wallMs: number): Command {
  if (command.resumedAtMs === null || hasEnded(command)) return command;
  if (atMs - command.resumedAtMs < RESUME_WITHIN_MS) return command.sentAtMs === null ? command : { ...command, sentAtMs: atMs };
  const silence = `${command.nodeId} has not said what it runs for ${RESUME_WITHIN_MS / 1000} s since.`;
  if (isUnsent(command)) {
    return enter(command, "failed", wallMs, "never sent", `The application ended before ${command.version} was sent. ${silence} It is not sent any more.`);
  }
  const sentence = `The application ended while ${command.version} was on its way. ${silence} Nobody can say which version it runs.`;
  return enter(command, "unconfirmed", wallMs, "node silent after a restart", sentence);
}

/** A resumed command whose node says what it runs, and it is not the wanted version. */
function onResumedTick(command: Command, input: CommandInput & { readonly type: "tick" }): CommandOutcome {
  const reported = input.reportedVersion ?? "no version";
  if (isUnsent(command)) {
    // Only what was asked for is done: for the version that the request was made against.
    if (input.reportedVersion === command.fromVersion) return { command, publish: true };
    const sentence = `The application ended before ${command.version} was sent. ${command.nodeId} reports ${reported} now, not ${command.fromVersion ?? "no version"} as when it was requested, so it is not sent any more.`;
    return stay(enter(command, "failed", input.wallMs, `reports ${reported}`, sentence));
  }
  if (command.sentAtMs === null || input.atMs - command.sentAtMs < ACKNOWLEDGE_WITHIN_MS) return stay(command);
  const sentence = `The application ended after ${command.version} was sent or while it was. ${command.nodeId} reports ${reported}. It is not sent again by itself; to send it again, ${command.kind === "deploy" ? "deploy it" : "roll back"} once more.`;
  return stay(enter(command, "unconfirmed", input.wallMs, `reports ${reported} after a restart`, sentence));
}

function onSample(command: Command, input: CommandInput & { readonly type: "sample" }): Command {
  if (command.phase !== "verifying" || input.version !== command.version) return command;
  const isWithin = input.beyond.length === 0;
  const next = {
    ...command,
    withinRun: isWithin ? command.withinRun + 1 : 0,
    beyondRun: isWithin ? 0 : command.beyondRun + 1,
  };
  if (next.withinRun >= GOOD_RUN) {
    return enter(
      next,
      "verified",
      input.wallMs,
      `${counted(GOOD_RUN, "sample")} within limits`,
      `${command.version} runs on ${command.nodeId} by its own report; ${counted(GOOD_RUN, "sample")} within limits.`,
    );
  }
  if (next.beyondRun >= VERIFY_FAILS_AFTER) {
    const names = input.beyond.map((metric) => METRIC_NAMES[metric]).join(" and ");
    return enter(
      next,
      "failed",
      input.wallMs,
      `${names} beyond the limit`,
      `${command.version} runs on ${command.nodeId}, but ${VERIFY_FAILS_AFTER} of ${VERIFY_FAILS_AFTER} samples have ${names} beyond the limit.`,
    );
  }
  return next;
}

function onSilenceOfReport(command: Command, input: CommandInput & { readonly type: "tick" }): Command {
  const times = `Sent ${command.attempts} times.`;
  if (!input.isHeard) {
    const sentence = `${times} ${command.nodeId} is silent, so nobody can say which version it runs.`;
    return enter(command, "unconfirmed", input.wallMs, "node silent", sentence);
  }
  if (!input.nodeReportsVersion) {
    const sentence = `${times} This node does not report a version, so nobody can say which one runs.`;
    return enter(command, "unconfirmed", input.wallMs, "no version reported", sentence);
  }
  const reported = input.reportedVersion;
  if (reported !== null && reported !== command.fromVersion) {
    const sentence = `Asked for ${command.version}, ${command.nodeId} reports ${reported}. Nothing more is sent until you choose.`;
    return enter(command, "inconsistent", input.wallMs, `reports ${reported}`, sentence);
  }
  const sentence = `${times} ${command.nodeId} still reports ${reported ?? "no version"}.`;
  return enter(command, "failed", input.wallMs, `still reports ${reported ?? "none"}`, sentence);
}

function onTick(command: Command, input: CommandInput & { readonly type: "tick" }): CommandOutcome {
  const { atMs, wallMs } = input;
  if (command.resumedAtMs !== null && (command.phase === "requested" || command.phase === "sent")) return onResumedTick(command, input);
  switch (command.phase) {
    case "sent": {
      if (command.sentAtMs === null || atMs - command.sentAtMs < ACKNOWLEDGE_WITHIN_MS) return stay(command);
      if (command.attempts < MAX_ATTEMPTS) return { command, publish: true };
      return stay(onSilenceOfReport(command, input));
    }
    case "acknowledged": {
      if (command.acknowledgedAtMs === null || atMs - command.acknowledgedAtMs < SETTLE_MS) return stay(command);
      const sentence = `${command.nodeId} reports ${command.version}. Checking ${GOOD_RUN} samples against the limits.`;
      return stay(enter(command, "verifying", wallMs, `${GOOD_RUN} samples wanted`, sentence));
    }
    case "verifying": {
      const endMs = (command.acknowledgedAtMs ?? atMs) + SETTLE_MS + VERIFY_WITHIN_MS;
      if (atMs < endMs) return stay(command);
      const sentence =
        `${command.nodeId} reports ${command.version}, but in ${VERIFY_WITHIN_MS / 1000} s there were not ` +
        `${GOOD_RUN} samples in a row within limits. Nobody can say yet that it is well.`;
      return stay(enter(command, "unconfirmed", wallMs, "too few healthy samples", sentence));
    }
    default:
      return stay(command);
  }
}

/** Advances a command by one input. Inputs that do not concern its phase change nothing. */
export function advanceCommand(command: Command, input: CommandInput): CommandOutcome {
  switch (input.type) {
    case "published":
      return stay(onPublished(command, input.atMs, input.wallMs, input.matchedSubscriptions));
    case "publish-failed":
      return stay(onPublishFailed(command, input.wallMs, input.reason));
    case "superseded":
      return stay(onSuperseded(command, input.wallMs));
    case "unheard":
      return stay(onUnheard(command, input.atMs, input.wallMs));
    case "reported":
      return stay(onReported(command, input.version, input.atMs, input.wallMs));
    case "sample":
      return stay(onSample(command, input));
    case "tick":
      return onTick(command, input);
  }
}

/** The command as the window and scripts see it. */
export function viewCommand(command: Command): CommandView {
  return {
    commandId: command.commandId,
    nodeId: command.nodeId,
    kind: command.kind,
    actor: command.actor,
    placedBy: placedBy(command.actor, command.requestId),
    version: command.version,
    fromVersion: command.fromVersion,
    phase: command.phase,
    attempts: command.attempts,
    verifySamples: Math.min(command.withinRun, GOOD_RUN),
    verifySamplesNeeded: GOOD_RUN,
    steps: command.steps.map((step) => ({ ...step })),
    sentence: command.sentence,
  };
}
