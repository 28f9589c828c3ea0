import type { ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { Button, Explainer, Glyph, StateGlyph } from "../design";
import { STATE_HUES, STATE_WORDS, type ShownState } from "../format/words";
import { shownStateOf } from "../judging/shown";
import { compareNeed, countStates, isNeedy, STATES_WORST_FIRST } from "../pages/fleet/order";
import { go } from "../state/navigation";
import { useFleet } from "../state/store";

/** States in the strip before the rest is summed up. */
export const STATES_SHOWN = 3;

/** One `state count` text for each needy state, worst first; a plain string renders only when it changes. */
export function useNeedyStates(): string {
  return useFleet(({ fleet }) => {
    if (fleet === null) return "";
    const counts = countStates([...fleet.nodes.values()].filter(isNeedy));
    return STATES_WORST_FIRST.flatMap((state) => {
      const count = counts.get(state);
      return count === undefined ? [] : [`${state} ${count}`];
    }).join(",");
  });
}

/** Who needs a person, by state; opens the list of those nodes. */
export function NeedSegments(): ReactNode {
  const states = useNeedyStates();
  const hasNodes = useFleet((state) => (state.fleet?.nodeIds.length ?? 0) > 0);
  if (!hasNodes) return <span className="strip-gap" />;
  if (states === "") {
    return (
      <span className="need need-none strip-gap">
        <Glyph name="verified" />
        No node needs you
      </span>
    );
  }
  const parts = states.split(",");
  return (
    <Explainer
      label="Nodes that need a person"
      trigger={
        <AriaButton className="need strip-gap">
          {STATES_WORST_FIRST.filter((state) => parts.some((part) => part.startsWith(`${state} `)))
            .slice(0, STATES_SHOWN)
            .map((state) => (
              <span key={state} className="need-item">
                <StateShape state={state} />
                <strong>{parts.find((part) => part.startsWith(`${state} `))?.split(" ")[1]}</strong>
                {STATE_WORDS[state].toLowerCase()}
              </span>
            ))}
          {parts.length > STATES_SHOWN ? <span className="need-item">+{parts.length - STATES_SHOWN}</span> : null}
        </AriaButton>
      }
    >
      {(close) => <NeedyList onOpen={close} />}
    </Explainer>
  );
}

function StateShape({ state }: { readonly state: ShownState }): ReactNode {
  return (
    <span className={`hue-${STATE_HUES[state]}`}>
      <Glyph name={state} />
    </span>
  );
}

/** Nodes listed in the strip's popover. */
const LISTED = 12;

function NeedyList({ onOpen }: { readonly onOpen: () => void }): ReactNode {
  const nodes = useFleet((state) => state.fleet?.nodes);
  const needy = [...(nodes?.values() ?? [])].filter(isNeedy).sort(compareNeed);
  return (
    <>
      <h2>Needs a person ({needy.length})</h2>
      <ul className="needy-list">
        {needy.slice(0, LISTED).map((node) => (
          <li key={node.nodeId}>
            <Button
              kind="quiet"
              size="small"
              onPress={() => {
                onOpen();
                go({ page: "node", nodeId: node.nodeId });
              }}
            >
              <StateGlyph state={shownStateOf(node)} />
              <span className="mono">{node.nodeId}</span>
            </Button>
          </li>
        ))}
      </ul>
      {needy.length > LISTED ? <p className="note">And {needy.length - LISTED} more on the fleet page.</p> : null}
    </>
  );
}
