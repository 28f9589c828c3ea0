import { ChartSpline, Table2 } from "lucide-react";
import { useId, useState, type ReactNode } from "react";
import { Button } from "../design";
import "./metric-chart.css";
import "./chart-panel.css";

/** A chart's panel. */
export interface ChartPanelProps {
  readonly title: string;
  readonly fact: string;
  /** The newest value, at the right. */
  readonly figure?: ReactNode;
  /** What is drawn, in one sentence, for screen readers. */
  readonly summary: string;
  readonly table: ReactNode;
  readonly children: (summaryId: string) => ReactNode;
  readonly className: string;
}

/** A chart with its title, its sentence, and its table behind a button. */
export function ChartPanel({ title, fact, figure, summary, table, children, className }: ChartPanelProps): ReactNode {
  const [isTable, setIsTable] = useState(false);
  const titleId = useId();
  const summaryId = useId();
  return (
    <section className={`panel chart-panel ${className}`} aria-labelledby={titleId}>
      <div className="chart-panel-head">
        <h2 id={titleId}>{title}</h2>
        <span className="note truncate">{fact}</span>
        {figure}
        <Button
          kind="quiet"
          size="small"
          isSquare
          className="metric-chart-toggle"
          aria-label={isTable ? `Show ${title} as a chart` : `Show ${title} as a table`}
          onPress={() => setIsTable(!isTable)}
        >
          {isTable ? <ChartSpline size={16} strokeWidth={1.75} aria-hidden /> : <Table2 size={16} strokeWidth={1.75} aria-hidden />}
        </Button>
      </div>
      <p id={summaryId} className="visually-hidden">
        {summary}
      </p>
      {isTable ? (
        <div className="sample-table" role="region" aria-label={`${title}, table`} tabIndex={0}>
          {table}
        </div>
      ) : (
        children(summaryId)
      )}
    </section>
  );
}
