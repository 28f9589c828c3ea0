import { useEffect, useState, type ReactNode } from "react";
import type { HistoryStatus, Retention } from "../../../shared/contract/history";
import type { Failure } from "../../../shared/result";
import { Button, NumberField, Panel, Problem } from "../../design";
import { countOf, formatNumber } from "../../format/number";
import { momentText } from "../../format/moment";
import { formatUtcInstant } from "../../format/time";
import { say } from "../../state/announce";
import { backUpHistory, cancelHistoryWork, checkHistory, exportHistory, readHistory, retainHistory, useHistory } from "../../state/history";
import { useSettings } from "../../state/store";
import { Facts } from "./Facts";

const GIGABYTE = 1_000_000_000;
/** The status is looked at again after this long, ms. */
const LOOK_MS = 5_000;

/** What is kept of the samples, for how long, and what can be done with it. */
export function HistorySection(): ReactNode {
  const { status, failure } = useHistory();
  useEffect(() => {
    void readHistory();
    const timer = window.setInterval(() => void readHistory(), LOOK_MS);
    return () => window.clearInterval(timer);
  }, []);
  return (
    <Panel title="History" fact="every sample of every node">
      {status === null ? <p className="note">Asking how it stands.</p> : <Kept status={status} />}
      <HistoryWork isOff={status?.state !== "written"} />
      {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
      {status === null ? null : <Limits key={JSON.stringify(status.retention)} inForce={status.retention} />}
    </Panel>
  );
}

function Kept({ status }: { readonly status: HistoryStatus }): ReactNode {
  const { state, sentence, code, bytes, samples, oldestMs, newestMs, lost, unreadable } = status;
  const missing = [
    ...(lost > 0 ? [`${countOf(lost, "sample")} of this run could not be kept`] : []),
    ...(unreadable > 0 ? [`${countOf(unreadable, "packed stretch", "packed stretches")} could not be read`] : []),
  ];
  return (
    <>
      {state === "unavailable" && code !== null ? <Problem code={code} sentence={sentence} /> : <p className="settings-lead">{sentence}</p>}
      <Facts
        facts={[
          { name: "Size", value: sizeText(bytes) },
          { name: "Samples", value: formatNumber(samples, 0) },
          { name: "Oldest", value: oldestMs === null ? "none yet" : <At atMs={oldestMs} /> },
          { name: "Newest", value: newestMs === null ? "none yet" : <At atMs={newestMs} /> },
          ...(missing.length === 0 ? [] : [{ name: "Missing", value: missing.join("; ") }]),
        ]}
      />
    </>
  );
}

function sizeText(bytes: number): string {
  return bytes >= GIGABYTE ? `${formatNumber(bytes / GIGABYTE, 2)} GB` : `${formatNumber(bytes / 1_000_000, 1)} MB`;
}

const WORK_WORDS = { check: "Checking", backup: "Backing up", export: "Exporting" } as const;

/** A moment by the window's clock; UTC in the tooltip. */
function At({ atMs }: { readonly atMs: number }): ReactNode {
  const { clock } = useSettings();
  return <span title={formatUtcInstant(atMs)}>{`${momentText(atMs, clock, true)}${clock === "utc" ? " UTC" : ""}`}</span>;
}

/** Check, backup and export, one at a time. */
function HistoryWork({ isOff }: { readonly isOff: boolean }): ReactNode {
  const { progress, outcome } = useHistory();
  const isBusy = progress !== null;
  return (
    <>
      <div className="settings-actions">
        <Button kind="outline" isDisabled={isOff || isBusy} onPress={() => void checkHistory()}>
          Check
        </Button>
        <Button kind="outline" isDisabled={isOff || isBusy} onPress={() => void backUpHistory()}>
          Back up…
        </Button>
        <Button kind="outline" isDisabled={isOff || isBusy} onPress={() => void exportHistory()}>
          Export all as CSV…
        </Button>
        {progress === null ? null : (
          <>
            <progress className="selftest-progress" max={Math.max(1, progress.total)} value={progress.done} aria-label={WORK_WORDS[progress.work]} />
            <Button kind="quiet" size="small" onPress={cancelHistoryWork}>
              Cancel
            </Button>
          </>
        )}
      </div>
      {outcome === null ? null : (
        <p className="note" role="status">
          {outcome}
        </p>
      )}
    </>
  );
}

/** How long what is kept, and how large the file may grow. */
function Limits({ inForce }: { readonly inForce: Retention }): ReactNode {
  const [draft, setDraft] = useState(inForce);
  const [failure, setFailure] = useState<Failure | null>(null);
  const isChanged = JSON.stringify(draft) !== JSON.stringify(inForce);
  const isWhole = Object.values(draft).every((value) => !Number.isNaN(value));
  const apply = async (): Promise<void> => {
    const refused = await retainHistory(draft);
    setFailure(refused);
    if (refused === null) say("The history keeps what you set.");
  };
  return (
    <>
      <div className="limit-fields history-limits">
        <NumberField label="Every sample" unit="days" value={draft.rawDays} minValue={1} maxValue={60} maxDecimals={0} onChange={(rawDays) => setDraft({ ...draft, rawDays })} />
        <NumberField label="10 s roll-ups" unit="days" value={draft.tensDays} minValue={1} maxValue={400} maxDecimals={0} onChange={(tensDays) => setDraft({ ...draft, tensDays })} />
        <NumberField label="Longer roll-ups" unit="days" value={draft.minutesDays} minValue={1} maxValue={4_000} maxDecimals={0} onChange={(minutesDays) => setDraft({ ...draft, minutesDays })} />
        <NumberField
          label="Size at most"
          unit="GB"
          value={draft.maxBytes / GIGABYTE}
          minValue={0.1}
          maxValue={1_000}
          maxDecimals={1}
          onChange={(size) => setDraft({ ...draft, maxBytes: Math.round(size * GIGABYTE) })}
        />
      </div>
      {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
      <div className="settings-actions">
        <Button kind="primary" isDisabled={!isChanged || !isWhole} onPress={() => void apply()}>
          Apply
        </Button>
        <span className="note">{isChanged ? "What is older, or beyond the size, is deleted at once." : "no change"}</span>
      </div>
    </>
  );
}
