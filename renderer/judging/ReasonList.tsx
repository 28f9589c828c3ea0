import type { ReactNode } from "react";

/** Clauses, one a line. */
export function ReasonList({ reasons }: { readonly reasons: readonly string[] }): ReactNode {
  if (reasons.length === 0) return <p className="note">Nothing.</p>;
  return (
    <ul>
      {reasons.map((reason) => (
        <li key={reason}>{reason}</li>
      ))}
    </ul>
  );
}
