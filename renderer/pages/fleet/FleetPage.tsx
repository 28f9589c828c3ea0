import { Box, FileText, Grid3x3, LayoutGrid, ListFilter, Rows3 } from "lucide-react";
import { useEffect, type ReactNode } from "react";
import { openDeploy } from "../../commands/desk";
import { Button, Kbd, SearchField, Segmented, Select } from "../../design";
import { countOf } from "../../format/number";
import { Guard } from "../../frame/Guard";
import { readPlaceBefore } from "../../state/navigation";
import { openReport } from "../../state/reports";
import { saveSettings } from "../../state/settings";
import { useSelectedRange } from "../../state/selected-range";
import { useFleet, useSettings } from "../../state/store";
import { CardsView } from "./CardsView";
import { setFilter, setGrouping, useDesk } from "./desk";
import { EventList } from "./EventList";
import { ROVING } from "./focus";
import { LoadingFleet, NoNodes } from "./EmptyFleet";
import { MatrixView } from "./MatrixView";
import { TableView } from "./TableView";
import { viewFor, type FleetView } from "./view-choice";
import "./fleet.css";

/** The id of the filter's field, for the key that leads to it. */
export const FILTER_ID = "fleet-filter";

/** Who needs me? The fleet as cards, table or matrix. */
export function FleetPage(): ReactNode {
  const nodeCount = useFleet((state) => state.fleet?.nodeIds.length ?? 0);
  const isLoading = useFleet((state) => state.fleet === null);
  const view = viewFor(useSettings().fleetView, nodeCount);
  useEffect(focusNodeLeft, []);
  return (
    <>
      <FleetHead view={view} nodeCount={nodeCount} />
      {isLoading ? <LoadingFleet /> : nodeCount === 0 ? <NoNodes /> : <FleetBody view={view} />}
    </>
  );
}

/** Back from a node's page, the focus is on that node again. */
function focusNodeLeft(): void {
  const before = readPlaceBefore();
  if (before?.page !== "node") return;
  const node = document.querySelector(`[data-node-id="${before.nodeId}"]`);
  const stop = node?.matches(`[${ROVING}]`) === true ? node : node?.querySelector(`[${ROVING}]`);
  if (stop instanceof HTMLElement) stop.focus();
}

function FleetBody({ view }: { readonly view: FleetView }): ReactNode {
  const filter = useDesk((desk) => desk.filter);
  if (view === "matrix") {
    return (
      <Guard what="The matrix">
        <MatrixView filter={filter} />
      </Guard>
    );
  }
  return (
    <div className="page-scroll">
      <Guard what={view === "cards" ? "The cards" : "The table"}>
        {view === "cards" ? <CardsView filter={filter} /> : <TableView filter={filter} />}
      </Guard>
      <Guard what="The list of events">
        <EventList />
      </Guard>
    </div>
  );
}

/** What each view shows, with the words for the time that its sparklines are of. */
const FACTS: Readonly<Record<FleetView, (span: string) => string>> = {
  cards: (span) => `sorted by need · ${span} in each sparkline, limit dotted`,
  table: (span) => `${span} in each sparkline, limit dotted`,
  matrix: () => "each tile: ratio, latency, quality as pointer against its limit",
};

function FleetHead({ view, nodeCount }: { readonly view: FleetView; readonly nodeCount: number }): ReactNode {
  const { filter, grouping } = useDesk((desk) => desk);
  const { singleKeyShortcuts } = useSettings();
  const selected = useSelectedRange();
  return (
    <div className="page-head">
      <div className="page-head-title">
        <h1>Fleet</h1>
        <p className="note">
          {nodeCount === 0 ? "no nodes yet" : `${countOf(nodeCount, "node")} · ${FACTS[view](selected === null ? "last 50 s" : "the range that is shown")}`}
        </p>
      </div>
      <SearchField
        id={FILTER_ID}
        label="Filter nodes by id, state or version"
        placeholder="Filter: id, state, version"
        className="fleet-filter"
        value={filter}
        icon={<ListFilter size={16} strokeWidth={1.75} aria-hidden />}
        hint={singleKeyShortcuts ? <Kbd>/</Kbd> : null}
        onChange={setFilter}
      />
      {view === "matrix" ? (
        <Select
          label="Group by"
          prefix="Group by:"
          value={grouping}
          choices={[
            { value: "vertical", label: "profile" },
            { value: "version", label: "version" },
          ]}
          onChange={setGrouping}
        />
      ) : null}
      <Segmented<FleetView>
        label="View"
        value={view}
        segments={[
          { value: "cards", label: "Cards", icon: <LayoutGrid size={16} strokeWidth={1.75} aria-hidden /> },
          { value: "table", label: "Table", icon: <Rows3 size={16} strokeWidth={1.75} aria-hidden /> },
          { value: "matrix", label: "Matrix", icon: <Grid3x3 size={16} strokeWidth={1.75} aria-hidden /> },
        ]}
        onChange={(fleetView) => void saveSettings({ fleetView })}
      />
      <Button kind="outline" onPress={() => openReport([])}>
        <FileText size={16} strokeWidth={1.75} aria-hidden />
        Report…
      </Button>
      <Button kind="outline" isDisabled={nodeCount === 0} onPress={() => openDeploy({ nodeId: null, version: null })}>
        <Box size={16} strokeWidth={1.75} aria-hidden />
        Deploy a version…
      </Button>
    </div>
  );
}
