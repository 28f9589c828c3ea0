import { useEffect, useState, type ReactNode } from "react";
import type { MalformedGroup, MalformedTally } from "../../shared/contract/channels";
import type { Failure } from "../../shared/result";
import { CopyButton, Dialog, DialogBody, Problem, Select } from "../design";
import { countOf, formatNumber } from "../format/number";
import { formatClock, formatUtcInstant } from "../format/time";
import { closeOverlay, openMalformed, useMalformedOf, useOverlay } from "../state/navigation";
import { request } from "../state/ops";
import { useFleet, useSettings } from "../state/store";
import "./malformed.css";

/** Not a node id: those begin with a letter. */
const ALL_NODES = "*";

/** What could not be read, by node, topic and code: how often, why, and how it begins. */
export function MalformedDialog(): ReactNode {
  const isOpen = useOverlay() === "malformed";
  return (
    <Dialog title="Malformed messages" isOpen={isOpen} onClose={closeOverlay} width="table">
      {isOpen ? <MalformedTable /> : null}
    </Dialog>
  );
}

/** The counts, read again whenever the total moved. */
function useTally(nodeId: string | null, total: number): { readonly tally: MalformedTally | null; readonly failure: Failure | null } {
  const [tally, setTally] = useState<MalformedTally | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  useEffect(() => {
    let isCurrent = true;
    void request("fleet/malformed", nodeId === null ? {} : { nodeId }).then((answer) => {
      if (!isCurrent) return;
      if (answer.ok) setTally(answer.value);
      setFailure(answer.ok ? null : answer.error);
    });
    return () => {
      isCurrent = false;
    };
  }, [nodeId, total]);
  return { tally, failure };
}

function MalformedTable(): ReactNode {
  const total = useFleet((state) => state.fleet?.meta.malformed ?? 0);
  const nodeId = useMalformedOf();
  const { tally, failure } = useTally(nodeId, total);
  const nodeIds = [...new Set([...(tally?.nodeIds ?? []), ...(nodeId === null ? [] : [nodeId])])];
  return (
    <DialogBody>
      <p className="faults-intro">
        {formatNumber(total, 0)} since the start. A message that cannot be read is counted by its node, topic and reason;
        it never becomes a number on a chart.
      </p>
      <div className="malformed-head">
        <Select
          label="Node"
          prefix="Node:"
          value={nodeId ?? ALL_NODES}
          choices={[{ value: ALL_NODES, label: "all" }, ...nodeIds.map((id) => ({ value: id, label: id }))]}
          onChange={(chosen) => openMalformed(chosen === ALL_NODES ? null : chosen)}
        />
        {tally === null || tally.groups.length === 0 ? null : (
          <>
            <span className="note">
              {countOf(tally.groups.length, "row")}
              {tally.hidden === 0 ? "" : `, and ${formatNumber(tally.hidden, 0)} more with smaller counts`}
            </span>
            <CopyButton text={tally.groups.map(asText).join("\n")} />
          </>
        )}
      </div>
      {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
      {tally === null ? null : tally.groups.length === 0 ? (
        <p className="note">{nodeId === null ? "None." : `None of ${nodeId}.`}</p>
      ) : (
        <Rows groups={tally.groups} />
      )}
    </DialogBody>
  );
}

function asText(group: MalformedGroup): string {
  const { count, nodeId, topic, code, outcome, lastMs, sentence, head } = group;
  return [count, nodeId ?? "no node", topic, code, outcome, formatUtcInstant(lastMs), sentence, head].join("\t");
}

function Rows({ groups }: { readonly groups: readonly MalformedGroup[] }): ReactNode {
  const { clock } = useSettings();
  return (
    <div className="malformed-frame">
      <table className="malformed-table">
        <thead>
          <tr>
            <th scope="col" className="numeric">
              Count
            </th>
            <th scope="col">Node</th>
            <th scope="col">Topic</th>
            <th scope="col">Newest</th>
            <th scope="col">Reason and first bytes of the newest</th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <tr key={`${group.outcome} ${group.topic} ${group.code}`}>
              <td className="numeric">{formatNumber(group.count, 0)}</td>
              <th scope="row" className="mono">
                {group.nodeId ?? "no node"}
              </th>
              <td className="mono malformed-topic">{group.topic}</td>
              <td title={formatUtcInstant(group.lastMs)}>{formatClock(group.lastMs, clock)}</td>
              <td>
                <code>{group.code}</code>: {group.sentence}
                {group.outcome === "refused" ? "" : " That part was left out, the rest counts."}
                <span className="note mono malformed-bytes">{group.head}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
