import { useId, type ReactNode } from "react";
import "./panel.css";

/** A panel's parts. */
export interface PanelProps {
  readonly title: ReactNode;
  /** What stands at the right of the title: a fact, a tag. */
  readonly fact?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A titled box that is a region for screen readers. */
export function Panel({ title, fact, className, children }: PanelProps): ReactNode {
  const titleId = useId();
  return (
    <section className={className === undefined ? "panel" : `panel ${className}`} aria-labelledby={titleId}>
      <div className="panel-head">
        <h2 id={titleId}>{title}</h2>
        {fact === undefined ? null : <div className="panel-fact">{fact}</div>}
      </div>
      <div className="panel-body">{children}</div>
    </section>
  );
}
