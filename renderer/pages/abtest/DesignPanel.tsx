import type { ReactNode } from "react";
import { Label } from "react-aria-components/Label";
import { Radio, RadioGroup } from "react-aria-components/RadioGroup";
import { DESIGNS, type Design } from "../../../shared/abtest/arms";
import type { AbTestPreview } from "../../../shared/contract/abtest";
import { Glyph } from "../../design";
import { changeForm, useDesk } from "./desk";
import { Basis } from "./Basis";
import { Schedule } from "./Schedule";

const NAMES: Readonly<Record<Design, string>> = { crossover: "Crossover", parallel: "Parallel, calibrated", replicated: "Replicated arms" };

/** How version and node are told apart: what these nodes allow, what they do not and why; then the schedule and what it rests on. */
export function DesignPanel({ preview }: { readonly preview: AbTestPreview | null }): ReactNode {
  const { nodesA, nodesB, design } = useDesk((desk) => desk.form);
  const count = nodesA.length + nodesB.length;
  const fact = count === 0 ? "from what the nodes of the arms allow" : `from what ${count === 1 ? "this node allows" : `these ${count} nodes allow`}`;
  const isReady = nodesA.length > 0 && nodesB.length > 0;
  const chosen = design ?? preview?.designs.find(({ isChosen }) => isChosen)?.design ?? null;
  return (
    <section className="panel ab-design" aria-labelledby="ab-design-title">
      <RadioGroup className="ab-designs" value={chosen} onChange={(value) => changeForm({ design: DESIGNS.find((each) => each === value) ?? null })}>
        <Label className="ab-design-head">
          <h2 id="ab-design-title">Design</h2>
          <span className="note">{fact}</span>
        </Label>
        <div className="ab-design-cards">
          {(preview?.designs ?? []).map((choice) => (
            <DesignCard key={choice.design} choice={choice} isReady={isReady} isRecommended={choice.design === preview?.designs.find(({ isPossible }) => isPossible)?.design} />
          ))}
        </div>
      </RadioGroup>
      {preview === null || preview.schedule.length === 0 ? (
        <p className="ab-design-none">{isReady && preview !== null ? "No design tells version and node apart here: see why above." : "With a node in each arm the schedule stands here."}</p>
      ) : (
        <Schedule preview={preview} />
      )}
      {preview === null || preview.basis.length === 0 ? null : <Basis preview={preview} />}
    </section>
  );
}

function DesignCard(props: { readonly choice: AbTestPreview["designs"][number]; readonly isReady: boolean; readonly isRecommended: boolean }): ReactNode {
  const { choice, isReady, isRecommended } = props;
  const { design, isPossible, sentence } = choice;
  const [what, ...rest] = sentence.split("Weaker:");
  const weakness = rest.join("Weaker:").trim();
  return (
    <Radio value={design} className="choice ab-design-card" isDisabled={!isPossible}>
      <span className="choice-mark" />
      <span className="choice-text">
        <span className="ab-design-name">
          {NAMES[design]} {isRecommended ? <span className="note">recommended</span> : null}
        </span>
        {isPossible || !isReady ? (
          <span className="note">{what}</span>
        ) : (
          <span className="choice-fact">
            <Glyph name="held" />
            {sentence}
          </span>
        )}
        {isPossible && weakness !== "" ? (
          <span className="choice-fact">
            <Glyph name="held" />
            Weaker: {weakness}
          </span>
        ) : null}
      </span>
    </Radio>
  );
}
