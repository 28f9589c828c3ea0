import type { ReactNode } from "react";

/** A name and what it is. */
export interface Fact {
  readonly name: string;
  readonly value: ReactNode;
}

/** Facts as a list of names and values. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }): ReactNode {
  return (
    <dl className="facts">
      {facts.map((fact) => (
        <div key={fact.name}>
          <dt>{fact.name}</dt>
          <dd>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
