import type { ReactNode } from "react";
import { obstacleOf, rollbackChoice } from "../../commands/rollback-choice";
import { useFleet } from "../../state/store";
import { moveFocusOnArrow } from "./focus";
import { NodeCard } from "./NodeCard";
import { HeldNote, SectionHead } from "./SectionHead";
import { useHeldOrder, useSectionedOrder } from "./use-fleet-order";
import { useWidth } from "./use-width";
import "./cards.css";

const GAP_PX = 16;
/** Least widths of a card, px: everything in it fits on one line. */
const NEEDY_CARD_PX = 500;
const EXPECTED_CARD_PX = 264;

/** So many columns of at least a width fit side by side. */
function columnsIn(widthPx: number, leastPx: number): number {
  return Math.max(1, Math.floor((widthPx + GAP_PX) / (leastPx + GAP_PX)));
}

/** Who needs a person as wide cards, worst first; everyone else as small ones. */
export function CardsView({ filter }: { readonly filter: string }): ReactNode {
  const { order, isHeld, release, holdProps } = useHeldOrder(useSectionedOrder(filter));
  const firstId = useFirstOffered(order.needy);
  const [ref, widthPx] = useWidth<HTMLDivElement>();
  return (
    <div ref={ref} onKeyDown={moveFocusOnArrow} {...holdProps}>
      {isHeld ? <HeldNote onRelease={release} /> : null}
      {widthPx === 0 ? null : (
        <>
          <Section title="Needs a person" ids={order.needy} isProminent firstId={firstId} widthPx={widthPx} />
          <Section title="As expected" ids={order.expected} isProminent={false} firstId={null} widthPx={widthPx} />
        </>
      )}
    </div>
  );
}

/** The first node whose rollback could be taken now: it gets the page's one primary button. */
export function useFirstOffered(needy: readonly string[]): string | null {
  return useFleet(({ fleet }) => {
    const isOffered = (id: string): boolean => {
      const node = fleet?.nodes.get(id);
      return node !== undefined && node.attention !== "low" && rollbackChoice(node, obstacleOf(fleet?.meta)).isOffered;
    };
    return needy.find(isOffered) ?? null;
  });
}

function Section(props: {
  readonly title: string;
  readonly ids: readonly string[];
  readonly isProminent: boolean;
  readonly firstId: string | null;
  readonly widthPx: number;
}): ReactNode {
  const { ids, isProminent, widthPx } = props;
  if (ids.length === 0) return null;
  const fitting = columnsIn(widthPx, isProminent ? NEEDY_CARD_PX : EXPECTED_CARD_PX);
  const columns = Math.min(fitting, Math.max(ids.length, isProminent ? 2 : 4));
  const cardPx = Math.floor((widthPx - (columns - 1) * GAP_PX) / columns);
  return (
    <section aria-label={props.title}>
      <SectionHead title={props.title} fact={String(ids.length)} />
      <div className="cards" style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
        {ids.map((id) => (
          <NodeCard key={id} nodeId={id} isProminent={isProminent} isFirst={id === props.firstId} widthPx={cardPx} />
        ))}
      </div>
    </section>
  );
}
