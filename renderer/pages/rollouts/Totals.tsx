import type { ReactNode } from "react";
import { countIn, TOTALS, type RolloutNodeView } from "./words";

/** Every node of a roll-out as one bar by state, with the counts as text. */
export function Totals({ nodes }: { readonly nodes: readonly RolloutNodeView[] }): ReactNode {
  const parts = TOTALS.map(([name, word, states]) => ({ name, word, count: countIn(nodes, states) })).filter(({ count }) => count > 0);
  return (
    <div className="totals">
      <div className="totals-bar" aria-hidden="true">
        {parts.map(({ name, count }) => (
          <span key={name} className={`totals-part totals-${name}`} style={{ flexGrow: count }} />
        ))}
      </div>
      <ul className="totals-counts" aria-label="Nodes by state">
        {parts.map(({ name, word, count }) => (
          <li key={name}>
            <strong>{count}</strong> {word}
          </li>
        ))}
      </ul>
    </div>
  );
}
