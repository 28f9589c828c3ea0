import type { ReactNode } from "react";

/** Clauses, one a line; `none` is said where there is none. */
export function ReasonList({ reasons, none = "Nothing." }: { readonly reasons: readonly string[]; readonly none?: string }): ReactNode {
  if (reasons.length === 0) return <p className="note">{none}</p>;
  return (
    <ul>
      {reasons.map((reason) => (
        <li key={reason}>{reason}</li>
      ))}
    </ul>
  );
}
