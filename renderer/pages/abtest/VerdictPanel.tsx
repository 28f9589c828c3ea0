import type { ReactNode } from "react";
import type { AbTestView } from "../../../shared/contract/abtest";
import { ArmTag, Button, Glyph } from "../../design";
import { go } from "../../state/navigation";
import { numberOf as rolloutNumber } from "../rollouts/words";
import { openSetupAgain } from "./desk";
import { isOpen, splitSentence, stateWord, VERDICT_GLYPHS, VERDICT_WORDS, winnerOf } from "./words";

/** The verdict in a sentence with its numbers; below it what it rests on, and what the test does now. */
export function VerdictPanel({ view }: { readonly view: AbTestView }): ReactNode {
  const { verdict, note, state, promotion } = view;
  // What ended it is the verdict itself, mostly: that is not said twice.
  const stateReason = view.stateReason === verdict.sentence ? null : view.stateReason;
  const winner = winnerOf(verdict.kind);
  const [head, rest] = splitSentence(verdict.sentence);
  const doing = stateWord(state);
  const isAgainOffered = !isOpen(view) && (verdict.kind === "invalid" || verdict.kind === "inconclusive");
  return (
    <section className="panel ab-verdict" aria-label="Verdict" data-verdict={verdict.kind} data-state={state}>
      <span className="ab-verdict-mark">
        {winner === null ? <Glyph name={VERDICT_GLYPHS[verdict.kind]} /> : <ArmTag side={winner} />}
        <span className="visually-hidden">{VERDICT_WORDS[verdict.kind]}</span>
      </span>
      <div className="ab-verdict-text">
        <p className="ab-verdict-sentence">
          <strong>{head}</strong> {rest}
        </p>
        {/* An exchange lasts a second or two and comes with every block: no line comes and goes for it. */}
        <p className="note">
          {note} {state === "swapping" ? `${doing ?? ""}.` : ""}
        </p>
        {state === "swapping" || (doing === null && stateReason === null) ? null : (
          <p className="ab-line">
            <Glyph name={state === "paused" ? "stale" : state === "ended" ? "verified" : "in-progress"} />
            {[doing, stateReason].filter((part) => part !== null).join(": ")}
          </p>
        )}
        {promotion === null ? null : (
          <p className="ab-line">
            <Glyph name={promotion.state === "refused" ? "failing" : promotion.state === "started" ? "verified" : "in-progress"} />
            {promotion.sentence}
          </p>
        )}
      </div>
      {promotion?.rolloutId == null ? null : <RolloutButton rolloutId={promotion.rolloutId} />}
      {isAgainOffered ? (
        <Button kind="outline" onPress={() => openSetupAgain(view)}>
          Start again…
        </Button>
      ) : null}
    </section>
  );
}

function RolloutButton({ rolloutId }: { readonly rolloutId: string }): ReactNode {
  return (
    <Button kind="outline" onPress={() => go({ page: "rollouts", rolloutId })}>
      Open roll-out {rolloutNumber(rolloutId)}
    </Button>
  );
}
