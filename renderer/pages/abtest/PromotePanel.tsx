import { Waypoints } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { AbTestView } from "../../../shared/contract/abtest";
import type { Failure } from "../../../shared/result";
import { Button, Glyph, Problem } from "../../design";
import { askPromote, promote } from "./desk";
import { PromoteDialog } from "./PromoteDialog";
import { promotionSteps, STAGED, stopText } from "./promotion-words";
import { usePromotion } from "./use-promotion";
import { commonRestore, isOpen } from "./words";

/** "Promote 1.1.0": what one click does, in words, and the click; another plan is asked for in a dialog. */
export function PromotePanel({ view }: { readonly view: AbTestView }): ReactNode {
  const { promotion, failure } = usePromotion(view);
  const [isSending, setIsSending] = useState(false);
  const [refusal, setRefusal] = useState<Failure | null>(null);
  const { testId, promotable } = view;
  if (promotable === null) return null;
  const obstacle = promotion?.preview.refusal ?? null;
  const send = async (): Promise<void> => {
    if (promotion === null) return;
    setIsSending(true);
    const refused = await promote(testId, promotion.plan);
    setIsSending(false);
    setRefusal(refused);
  };
  return (
    <section className="panel ab-promote" aria-label={`Promote ${promotable}`}>
      <div className="ab-promote-text">
        <p>
          One click begins a phased roll-out of {promotable}. {isOpen(view) ? `Before it the test ends, and its nodes get ${commonRestore(view) ?? "their versions"} back.` : ""}
        </p>
        {promotion === null || obstacle !== null ? null : (
          <>
            <dl className="ab-promote-steps">
              {promotionSteps(promotion).map(({ name, sentence }) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{sentence}</dd>
                </div>
              ))}
            </dl>
            <p className="note">Each node has its trial, and the judge stays armed. {stopText(promotion.plan)}</p>
            <p className="note">{STAGED}</p>
          </>
        )}
        {promotion === null && failure === null ? <p className="note">Looking at the fleet.</p> : null}
        {obstacle === null ? null : (
          <p className="ab-line">
            <Glyph name="held" />
            {obstacle.code}: {obstacle.sentence}
          </p>
        )}
        {[failure, refusal].map((problem) => (problem === null ? null : <Problem key={problem.code} code={problem.code} sentence={problem.message} />))}
      </div>
      <div className="ab-promote-actions">
        <Button kind="primary" isDisabled={promotion === null || obstacle !== null || isSending} isPending={isSending} onPress={() => void send()}>
          <Waypoints size={16} strokeWidth={1.75} aria-hidden />
          Promote {promotable}
        </Button>
        <Button kind="quiet" isDisabled={promotion === null} onPress={() => askPromote(testId)}>
          Change the plan…
        </Button>
      </div>
      {promotion === null ? null : <PromoteDialog view={view} plan={promotion.plan} />}
    </section>
  );
}
