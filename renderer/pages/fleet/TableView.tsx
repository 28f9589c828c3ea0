import { ArrowDown, ArrowUp } from "lucide-react";
import { memo, type ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { formatLimit, JUDGED_METRICS, nameOf, unitOf } from "../../format/number";
import { useFleet } from "../../state/store";
import { setSort, useDesk } from "./desk";
import { moveFocusOnArrow } from "./focus";
import { Inspector } from "./Inspector";
import { NodeRow } from "./NodeRow";
import { HeldNote } from "./SectionHead";
import { nextSort, type Sort, type SortColumn } from "./sort";
import { useHeldOrder, useSortedOrder } from "./use-fleet-order";
import { useWidth } from "./use-width";
import "./cards.css";
import "./table.css";

/** More rows than this are compact. */
const MOST_TALL_ROWS = 14;

/** What the other columns take at most, px, and the limits of a sparkline's width. */
const BESIDE_SPARKLINES_PX = 990;
const LEAST_SPARKLINE_PX = 56;
const MOST_SPARKLINE_PX = 180;

/** The width that is left for each of the three sparklines. */
function sparklineIn(framePx: number): number {
  const left = Math.floor((framePx - BESIDE_SPARKLINES_PX) / 3);
  return Math.min(MOST_SPARKLINE_PX, Math.max(LEAST_SPARKLINE_PX, left));
}

/** The fleet as a table that every column can order, with the selected node explained below. */
export function TableView({ filter }: { readonly filter: string }): ReactNode {
  const sort = useDesk((desk) => desk.sort);
  const selectedId = useDesk((desk) => desk.selectedId);
  const { order, isHeld, release, holdProps } = useHeldOrder(useSortedOrder(filter, sort), sort);
  const [frame, framePx] = useWidth<HTMLDivElement>();
  const ids = order.expected;
  const tabStopId = selectedId !== null && ids.includes(selectedId) ? selectedId : (ids[0] ?? null);
  if (ids.length === 0) return <p className="empty-line">No node matches “{filter}”. Escape clears the filter.</p>;
  return (
    <>
      {isHeld ? <HeldNote onRelease={release} /> : null}
      <div ref={frame} className="table-frame panel">
        <table
          className={ids.length > MOST_TALL_ROWS ? "fleet-table fleet-table-compact" : "fleet-table"}
          role="grid"
          aria-label="Nodes"
          aria-rowcount={ids.length + 1}
          onKeyDown={moveFocusOnArrow}
        >
          <TableHead sort={sort} />
          <tbody {...holdProps}>
            {ids.map((id, index) => (
              <NodeRow
                key={id}
                nodeId={id}
                rowIndex={index + 2}
                isTabStop={id === tabStopId}
                isSelected={id === selectedId}
                isCompact={ids.length > MOST_TALL_ROWS}
                sparklinePx={sparklineIn(framePx)}
              />
            ))}
          </tbody>
        </table>
      </div>
      {tabStopId === null ? null : <Inspector nodeId={tabStopId} />}
    </>
  );
}

const TableHead = memo(function TableHead({ sort }: { readonly sort: Sort }): ReactNode {
  const limits = useFleet((state) => state.fleet?.meta.limits);
  return (
    <thead>
      <tr aria-rowindex={1}>
        <ColumnHead sort={sort} column="state" name="State" />
        <ColumnHead sort={sort} column="node" name="Node" />
        <ColumnHead sort={sort} column="profile" name="Profile" />
        <ColumnHead sort={sort} column="version" name="Version" />
        {JUDGED_METRICS.map((metric) => (
          <ColumnHead
            key={metric}
            sort={sort}
            column={metric}
            name={nameOf(metric)}
            unit={limits === undefined ? unitOf(metric) : formatLimit(metric, limits)}
            isNumeric
          />
        ))}
        <ColumnHead sort={sort} column="bandwidth" name="kbit/s" isNumeric />
        <ColumnHead sort={sort} column="rate" name="Rate" unit="Hz" isNumeric />
        <ColumnHead sort={sort} column="age" name="Age" unit="s" isNumeric />
        <ColumnHead sort={sort} column="command" name="Roll-out" />
        <ColumnHead sort={sort} column="rollback" name="Roll back to" isNumeric />
      </tr>
    </thead>
  );
});

function ColumnHead(props: {
  readonly sort: Sort;
  readonly column: SortColumn;
  readonly name: string;
  readonly unit?: string;
  readonly isNumeric?: boolean;
}): ReactNode {
  const { sort, column } = props;
  const isSorted = sort.column === column;
  const Arrow = sort.isDescending ? ArrowDown : ArrowUp;
  return (
    <th
      scope="col"
      className={props.isNumeric === true ? "numeric" : undefined}
      aria-sort={isSorted ? (sort.isDescending ? "descending" : "ascending") : "none"}
    >
      <AriaButton className="sort-button" onPress={() => setSort(nextSort(sort, column))}>
        <span>{props.name}</span>
        {props.unit === undefined || props.unit === "" ? null : <span className="sort-unit">{props.unit}</span>}
        {isSorted ? <Arrow size={14} strokeWidth={1.75} aria-hidden /> : null}
      </AriaButton>
    </th>
  );
}
