import { memo, type ReactNode } from "react";
import type { GuardView } from "../../../shared/contract/guard";
import type { Judgement } from "../../../shared/contract/judging";
import { openDeploy } from "../../commands/desk";
import { RollbackButton } from "../../commands/RollbackButton";
import { Button, Panel, StateGlyph, Tag } from "../../design";
import { formatClock, formatUtcInstant } from "../../format/time";
import type { ShownState } from "../../format/words";
import { ReasonList } from "../../judging/ReasonList";
import { baselineText, holdTag } from "../../judging/shown";
import { useSettings } from "../../state/store";

/** What the panel of a node's verdict shows. */
export interface StatePanelProps {
  readonly nodeId: string;
  readonly state: ShownState;
  /** Unix ms. */
  readonly stateSinceMs: number;
  readonly sentence: string;
  /** Null before its first sample. */
  readonly guard: GuardView | null;
  /** What speaks for the verdict and what does not; null before it was asked for. */
  readonly judgement: Judgement | null;
  /** Its rollback is then the page's one primary button. */
  readonly needsPerson: boolean;
  /** What is known of the version that a rollback would go to; null where none is offered. */
  readonly offerReason: string | null;
}

/** How the node is, in a sentence with value and limit, what the engine does about it, and the one action that it offers. */
export const StatePanel = memo(function StatePanel(props: StatePanelProps): ReactNode {
  const { nodeId, stateSinceMs, guard } = props;
  const { clock } = useSettings();
  const waiting = guard === null ? null : baselineText(guard);
  return (
    <Panel
      title={
        <span className="node-verdict">
          <StateGlyph state={props.state} />
          {guard?.hold == null ? null : <Tag name={holdTag(guard.hold)} />}
        </span>
      }
      fact={<span title={formatUtcInstant(stateSinceMs)}>since {formatClock(stateSinceMs, clock)}</span>}
    >
      <p className="node-sentence">{props.sentence}</p>
      {props.judgement?.crossing == null ? null : (
        <p className="node-crossing note">
          <Tag name="PREDICTED" /> {props.judgement.crossing.sentence}
        </p>
      )}
      {waiting === null ? null : <p className="note node-baseline">{waiting}</p>}
      <div className="node-actions">
        <RollbackButton nodeId={nodeId} kind={props.needsPerson ? "primary" : "outline"} showKey />
        <DeployButton nodeId={nodeId} />
      </div>
      {props.offerReason === null ? null : <p className="note node-offer">{props.offerReason} Undo stays for 60 s.</p>}
      {props.judgement === null ? null : <Reasons judgement={props.judgement} />}
    </Panel>
  );
});

/** What speaks for the verdict, and what does not yet. */
function Reasons({ judgement }: { readonly judgement: Judgement }): ReactNode {
  const { why, whyNot, guard } = judgement;
  const { outcome } = guard.verdict;
  if (why.length === 0 && whyNot.length === 0) return null;
  if (why.length === 0) {
    return (
      <div className="node-reasons node-reasons-one">
        <h3>{outcome === "pass" ? "Why nothing is done" : "Why not yet"}</h3>
        <ReasonList reasons={whyNot} />
      </div>
    );
  }
  return (
    <div className="node-reasons">
      <div>
        <h3>Why</h3>
        <ReasonList reasons={why} />
      </div>
      <div>
        <h3>{outcome === "pass" ? "Why not" : "Why not yet"}</h3>
        <ReasonList reasons={whyNot} />
      </div>
    </div>
  );
}

const DeployButton = memo(function DeployButton({ nodeId }: { readonly nodeId: string }): ReactNode {
  return (
    <Button kind="quiet" onPress={() => openDeploy({ nodeId, version: null })}>
      Deploy a version…
    </Button>
  );
});
