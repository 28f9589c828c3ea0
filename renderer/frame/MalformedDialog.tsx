import { useEffect, useState, type ReactNode } from "react";
import type { MalformedView } from "../../shared/contract/channels";
import type { Failure } from "../../shared/result";
import { Dialog, DialogBody, Problem, CopyButton } from "../design";
import { countOf, formatNumber } from "../format/number";
import { formatClock, formatUtcInstant } from "../format/time";
import { closeOverlay, useOverlay } from "../state/navigation";
import { request } from "../state/ops";
import { useFleet, useSettings } from "../state/store";

/** The messages that could not be read: where they came from, why, and how they begin. */
export function MalformedDialog(): ReactNode {
  const isOpen = useOverlay() === "malformed";
  return (
    <Dialog title="Malformed messages" isOpen={isOpen} onClose={closeOverlay} width="wide">
      {isOpen ? <MalformedList /> : null}
    </Dialog>
  );
}

function MalformedList(): ReactNode {
  const { clock } = useSettings();
  const count = useFleet((state) => state.fleet?.meta.malformed ?? 0);
  const [list, setList] = useState<readonly MalformedView[] | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  useEffect(() => {
    let isCurrent = true;
    void request("fleet/malformed", {}).then((answer) => {
      if (!isCurrent) return;
      if (answer.ok) setList(answer.value);
      setFailure(answer.ok ? null : answer.error);
    });
    return () => {
      isCurrent = false;
    };
    // Read again when the count moved.
  }, [count]);
  return (
    <DialogBody>
      <p className="faults-intro">
        {formatNumber(count, 0)} since the start. A message that cannot be read is counted and kept here; it never
        becomes a number on a chart.
      </p>
      {failure === null ? null : <Problem code={failure.code} sentence={failure.message} />}
      {list === null || list.length === 0 ? null : (
        <>
          <ol className="malformed">
            {list.map((message, index) => (
              <li key={`${message.tMs} ${index}`}>
                <time className="note" title={formatUtcInstant(message.tMs)}>
                  {formatClock(message.tMs, clock)}
                </time>
                <div>
                  <p>
                    <code>{message.code}</code>: {message.sentence}
                  </p>
                  <p className="note mono malformed-bytes">
                    {message.topic}
                    {message.head === "" ? "" : ` · ${message.head}`}
                  </p>
                </div>
              </li>
            ))}
          </ol>
          <div className="malformed-foot">
            <span className="note">{countOf(list.length, "message")} kept</span>
            <CopyButton
              text={list
                .map((m) => `${formatUtcInstant(m.tMs)} ${m.topic} ${m.code}: ${m.sentence} ${m.head}`)
                .join("\n")}
            />
          </div>
        </>
      )}
    </DialogBody>
  );
}
