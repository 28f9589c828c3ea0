import type { Failure } from "../../../shared/result";
import type { Clock } from "../../../shared/time";

/** What an operator should know of the fleet while it works. */
export interface NoticeBoard {
  /** Sets or takes away the notice of a cause that lasts. */
  set(cause: string, notice: Failure<string> | null): void;
  /** Reports something that happened to a node; the newest of a node stays for a minute. */
  report(nodeId: string, notice: Failure<string>): void;
  /** Takes away what was reported long ago. */
  expire(): void;
  /** Lasting causes first, then reports, oldest first. */
  all(): readonly Failure<string>[];
}

/** How long a report stays, ms. */
const REPORT_STAYS_MS = 60_000;

/** An empty board. */
export function createNoticeBoard(clock: Clock): NoticeBoard {
  const lasting = new Map<string, Failure<string>>();
  const reports = new Map<string, { readonly notice: Failure<string>; readonly atMs: number }>();
  return {
    set(cause, notice) {
      if (notice === null) lasting.delete(cause);
      else lasting.set(cause, notice);
    },
    report(nodeId, { code, message }) {
      reports.delete(nodeId);
      reports.set(nodeId, { notice: { code, message }, atMs: clock.monotonicMs() });
    },
    expire() {
      for (const [nodeId, { atMs }] of reports) {
        if (clock.monotonicMs() - atMs >= REPORT_STAYS_MS) reports.delete(nodeId);
      }
    },
    all: () => [...lasting.values(), ...[...reports.values()].map(({ notice }) => notice)],
  };
}

/** Whether two boards would look the same. */
export function sameNotices(one: readonly Failure<string>[], two: readonly Failure<string>[]): boolean {
  return (
    one.length === two.length &&
    one.every((notice, at) => {
      const other = two[at];
      return notice.code === other?.code && notice.message === other.message;
    })
  );
}

/** The notice while no models run. */
export const INFERENCE_DOWN: Failure<"INFERENCE_DOWN"> = {
  code: "INFERENCE_DOWN",
  message: "The inference process is not up: nodes are alive without metrics until it is.",
};
