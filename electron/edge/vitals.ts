import type { ModelVersion, NodeId } from "../../shared/fleet/ids";
import { nodeStatus } from "../../shared/system/machine-status";
import type { Dispose, Timers } from "../../shared/time";
import { encodeDiagnostics, type DiagnosticStatus } from "../../shared/wire/diagnostics";
import { startDeadlines } from "./deadlines";

/** Between two diagnostics of a node, ms: ROS's own diagnostic_updater speaks as often. */
export const DIAGNOSTICS_PERIOD_MS = 1_000;

/** What a node's vitals are made of. */
export interface VitalsOptions {
  readonly nodeId: NodeId;
  readonly timers: Timers;
  /** From the start to the first report. */
  readonly delayMs: number;
  /** It runs inside of the application that watches it. */
  readonly isEmbedded: boolean;
  /** The state of the machine; absent where the node shares that of the application, which shows it itself. */
  machine?(): DiagnosticStatus | null;
  modelVersion(): ModelVersion | null;
  isInferenceUp(): boolean;
  frames(): { readonly putOut: number; readonly skipped: number };
  /** The bytes of a DiagnosticArray. */
  publish(bytes: Uint8Array): void;
}

/** Counts what a node's frames cost, and tells it once a second. */
export interface Vitals {
  /** A frame's sensors were rendered. @param tookMs wall time in which it held the thread. */
  rendered(tookMs: number): void;
  /** A frame was encoded. @param tookMs wall time of the encode. */
  encoded(tookMs: number): void;
  stop: Dispose;
}

/**
 * A node's own state on /diagnostics at 1 Hz. The shares are times in which its own frames held a core, so they are
 * true of one node also where many share a process; on a machine that is overloaded they hold what it waited.
 */
export function startVitals(options: VitalsOptions): Vitals {
  const { nodeId, timers } = options;
  const startedMs = timers.monotonicMs();
  let sinceMs = startedMs;
  let putOutBefore = 0;
  let renderMs = 0;
  let encodeMs = 0;

  function tell(): void {
    const nowMs = timers.monotonicMs();
    const elapsedMs = Math.max(1, nowMs - sinceMs);
    const { putOut, skipped } = options.frames();
    const own = nodeStatus({
      nodeId,
      isEmbedded: options.isEmbedded,
      modelVersion: options.modelVersion(),
      isInferenceUp: options.isInferenceUp(),
      framesPerS: ((putOut - putOutBefore) / elapsedMs) * 1_000,
      framesSkipped: skipped,
      renderPercent: (renderMs / elapsedMs) * 100,
      encodePercent: (encodeMs / elapsedMs) * 100,
      uptimeS: (nowMs - startedMs) / 1_000,
    });
    const machine = options.machine?.() ?? null;
    [sinceMs, putOutBefore, renderMs, encodeMs] = [nowMs, putOut, 0, 0];
    options.publish(encodeDiagnostics({ sentAtMs: timers.wallMs(), statuses: machine === null ? [own] : [own, machine] }));
  }

  const deadlines = startDeadlines({ timers, delayMs: options.delayMs, periodMs: DIAGNOSTICS_PERIOD_MS, isBusy: () => false, onDeadline: tell });
  return {
    rendered(tookMs) {
      renderMs += tookMs;
    },
    encoded(tookMs) {
      encodeMs += tookMs;
    },
    stop: deadlines.stop,
  };
}
