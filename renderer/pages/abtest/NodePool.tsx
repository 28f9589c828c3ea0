import { Search } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { AbTestCandidate } from "../../../shared/contract/abtest";
import { Glyph, SearchField, StateGlyph } from "../../design";
import { shownStateOf } from "../../judging/shown";
import { useNode } from "../../state/store";
import { useDesk } from "./desk";
import { laneOf } from "./lanes";
import { NodeChips } from "./NodeChips";

/** With more nodes than this a filter stands over them. */
const UNFILTERED = 8;

/** The nodes that lie in no arm: those that can take part, and the others with their reason. */
export function NodePool({ candidates }: { readonly candidates: ReadonlyMap<string, AbTestCandidate> | null }): ReactNode {
  const form = useDesk((desk) => desk.form);
  const [filter, setFilter] = useState("");
  const all = [...(candidates?.values() ?? [])].filter(({ nodeId }) => laneOf(form, nodeId) === "pool");
  const shown = all.filter((candidate) => matches(candidate, filter));
  const fit = shown.filter(({ canTakePart }) => canTakePart).map(({ nodeId }) => nodeId);
  const unfit = shown.filter(({ canTakePart }) => !canTakePart);
  const able = [...(candidates?.values() ?? [])].filter(({ canTakePart }) => canTakePart).length;
  return (
    <section className="panel ab-pool" aria-labelledby="ab-pool-title">
      <h2 id="ab-pool-title">Nodes</h2>
      <p className="note">{candidates === null ? "looking at the fleet" : `${able} of ${candidates.size} can take part`}</p>
      {(candidates?.size ?? 0) > UNFILTERED ? (
        <SearchField label="Filter nodes" placeholder="Id, profile or version" value={filter} icon={<Search size={16} strokeWidth={1.75} aria-hidden />} onChange={setFilter} />
      ) : null}
      {candidates === null ? null : (
        <NodeChips
          lane="pool"
          label="Nodes that can take part"
          nodeIds={fit}
          candidates={candidates}
          empty={filter === "" ? (able === 0 ? "No node can take part now." : "Every node that can take part is in an arm.") : "No such node."}
        />
      )}
      {unfit.length === 0 ? null : (
        <>
          <h3 className="note">Cannot take part</h3>
          <ul className="chips chips-unfit" tabIndex={0} aria-label="Nodes that cannot take part">
            {unfit.map((candidate) => (
              <UnfitNode key={candidate.nodeId} candidate={candidate} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function matches({ nodeId, vertical, modelVersion }: AbTestCandidate, filter: string): boolean {
  const typed = filter.trim().toLowerCase();
  return typed === "" || `${nodeId} ${vertical ?? ""} ${modelVersion ?? ""}`.toLowerCase().includes(typed);
}

function UnfitNode({ candidate: { nodeId, reason } }: { readonly candidate: AbTestCandidate }): ReactNode {
  const node = useNode(nodeId);
  return (
    <li className="chip chip-unfit" title={`${nodeId}: ${reason ?? ""}`}>
      {node === undefined ? <Glyph name="lost" /> : <StateGlyph state={shownStateOf(node)} showWord={false} />}
      <span className="chip-id mono truncate">{nodeId}</span>
      <span className="note chip-fact">{reason}</span>
    </li>
  );
}
