import type { ComparisonSize, ComparisonView, FrameSource, ShownFrame } from "../../shared/contract/comparison";
import { fail, ok, type Result } from "../../shared/result";
import type { Dispose } from "../../shared/time";
import type { ComparedFrames, ComparisonJob } from "./protocol";
import { startWorker, type ComparisonWorker, type WorkerParts } from "./worker";

/** What the operator wants compared. */
export interface ComparisonOrder {
  readonly versionA: string;
  readonly versionB: string;
  readonly source: FrameSource;
  readonly size: ComparisonSize;
}

/** What a desk needs. */
export interface DeskParts extends WorkerParts {
  /** The models folders; a version of the first hides one of the second. */
  readonly places: readonly string[];
  /** Told of every change, and twice a second while it measures. */
  tell(view: ComparisonView): void;
}

/** The one comparison of the application: started, watched, cancelled, and its pictures asked for. */
export interface ComparisonDesk {
  /**
   * @param imagesFolder the folder that was chosen last; null for none.
   * @returns COMPARISON_RUNNING while another one is measured, BAD_REQUEST for a version against itself or
   * pictures without a folder.
   */
  start(order: ComparisonOrder, imagesFolder: string | null): Result<{ readonly comparisonId: string }>;
  cancel(): void;
  view(): ComparisonView;
  /** NOT_AVAILABLE for a comparison that is not the one that was finished last. */
  show(comparisonId: string, frame: number, levelA: number, levelB: number): Promise<Result<ShownFrame>>;
  /** Ends its process. */
  close(): void;
}

/** Between two pushes of progress, ms. */
const PROGRESS_PERIOD_MS = 500;
/** A process that nobody asks for a picture for so long gives its memory back, ms. */
const IDLE_MS = 120_000;

interface Current {
  readonly comparisonId: string;
  readonly order: ComparisonOrder;
  readonly job: ComparisonJob;
  worker: ComparisonWorker;
}

function framesOf(order: ComparisonOrder, imagesFolder: string | null): Result<ComparedFrames> {
  if (order.source === "held-out") return ok({ source: "held-out", size: order.size });
  if (imagesFolder === null) return fail("BAD_REQUEST", "No folder of pictures was chosen.");
  return ok({ source: "images", folder: imagesFolder });
}

/** Opens the desk; no process runs before something is compared. */
export function openComparisonDesk(parts: DeskParts): ComparisonDesk {
  let current: Current | null = null;
  let view: ComparisonView = { phase: "none" };
  let counted = 0;
  let cancelIdle: Dispose = () => undefined;
  let nextPushMs = 0;

  function enter(next: ComparisonView): void {
    view = next;
    parts.tell(next);
  }
  function facts({ comparisonId, order: { versionA, versionB, source } }: Current) {
    return { comparisonId, versionA, versionB, source };
  }
  function endWhenIdle(): void {
    cancelIdle();
    cancelIdle = parts.timers.after(IDLE_MS, () => current?.worker.end());
  }
  async function measure(running: Current): Promise<void> {
    const measured = await running.worker.measure((done, total, doing) => {
      if (current !== running || view.phase !== "measuring") return;
      view = { phase: "measuring", ...facts(running), done, total, doing };
      const nowMs = parts.timers.monotonicMs();
      if (nowMs < nextPushMs) return;
      nextPushMs = nowMs + PROGRESS_PERIOD_MS;
      parts.tell(view);
    });
    if (current !== running || view.phase !== "measuring") return;
    if (measured.ok) {
      enter({ phase: "done", ...facts(running), comparison: measured.value });
      endWhenIdle();
    } else {
      running.worker.end();
      enter({ phase: "failed", ...facts(running), code: measured.error.code, message: measured.error.message });
    }
  }

  return {
    start(order, imagesFolder) {
      if (view.phase === "measuring") {
        return fail("COMPARISON_RUNNING", `${view.versionA} and ${view.versionB} are being compared; cancel that first.`);
      }
      if (order.versionA === order.versionB) {
        return fail("BAD_REQUEST", `${order.versionA} cannot be compared with itself; choose two versions.`);
      }
      const frames = framesOf(order, imagesFolder);
      if (!frames.ok) return frames;
      cancelIdle();
      current?.worker.end();
      counted += 1;
      const { versionA, versionB } = order;
      const job: ComparisonJob = { places: [...parts.places], versionA, versionB, frames: frames.value };
      const running: Current = { comparisonId: `m-${String(counted)}`, order, job, worker: startWorker(job, parts) };
      current = running;
      nextPushMs = 0;
      enter({ phase: "measuring", ...facts(running), done: 0, total: 0, doing: "verifying both versions" });
      void measure(running);
      return ok({ comparisonId: running.comparisonId });
    },
    cancel() {
      if (current === null || view.phase !== "measuring") return;
      enter({ phase: "cancelled", ...facts(current) });
      current.worker.end();
    },
    view: () => view,
    async show(comparisonId, frame, levelA, levelB) {
      if (current === null || current.comparisonId !== comparisonId || view.phase !== "done") {
        return fail("NOT_AVAILABLE", "That comparison is not the one that was finished last. Compare again.");
      }
      if (!current.worker.isAlive()) current.worker = startWorker(current.job, parts);
      endWhenIdle();
      return current.worker.show(frame, levelA, levelB);
    },
    close() {
      cancelIdle();
      current?.worker.end();
    },
  };
}
