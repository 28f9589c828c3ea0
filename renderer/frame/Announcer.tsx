import { useEffect, useState, type ReactNode } from "react";
import { readFleet, watchFleet } from "../state/store";
import { useSaid } from "../state/announce";
import { attentionChanges } from "./attention-changes";

/** How long a sentence said in passing stays on screen, ms. */
const SHOWN_FOR_MS = 8_000;
/** Verdict changes are read at most once in this time, ms. */
const QUIET_FOR_MS = 5_000;

/** Live regions: new high alerts at once, other verdict changes politely, metrics never. */
export function Announcer(): ReactNode {
  const said = useSaid();
  const [hiddenTurn, setHiddenTurn] = useState(0);
  const [verdicts, setVerdicts] = useState({ assertive: "", polite: "" });

  useEffect(() => {
    if (said.turn === 0) return;
    const timer = setTimeout(() => setHiddenTurn(said.turn), SHOWN_FOR_MS);
    return () => clearTimeout(timer);
  }, [said.turn]);

  useEffect(() => {
    let before = readFleet().fleet?.nodes;
    let spokeAtMs = Number.NEGATIVE_INFINITY;
    return watchFleet((state) => {
      const nodes = state.fleet?.nodes;
      if (nodes === undefined || nodes === before) return;
      const nowMs = performance.now();
      if (before !== undefined && nowMs - spokeAtMs < QUIET_FOR_MS) return;
      const changes = before === undefined ? { assertive: "", polite: "" } : attentionChanges(before, nodes);
      before = nodes;
      if (changes.assertive === "" && changes.polite === "") return;
      spokeAtMs = nowMs;
      setVerdicts(changes);
    });
  }, []);

  const isShown = said.turn > hiddenTurn && said.text !== "";
  return (
    <>
      <div className="visually-hidden" aria-live="assertive">
        {verdicts.assertive}
      </div>
      <div className="visually-hidden" aria-live="polite">
        {verdicts.polite}
      </div>
      <div className={isShown ? "said" : "visually-hidden"} role="status">
        {isShown ? said.text : ""}
      </div>
    </>
  );
}
