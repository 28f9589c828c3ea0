import { Box, ChartNoAxesGantt, Cpu, LayoutGrid, SlidersHorizontal, Split, TriangleAlert, Waypoints, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { ToggleButton } from "react-aria-components/ToggleButton";
import { countOf } from "../format/number";
import { go, usePlace, type Place } from "../state/navigation";
import { badgeOf } from "../../shared/alerts/grouping";
import { useAlerts } from "../state/alerts";
import { useFleet } from "../state/store";
import { needyCount, worstAttention } from "../pages/fleet/order";

/** The pages, with the count of nodes that need a person on the fleet. */
export function Rail(): ReactNode {
  const place = usePlace();
  return (
    <nav className="rail" aria-label="Pages">
      <RailItem label="Fleet" icon={LayoutGrid} isCurrent={place.page === "fleet" || place.page === "node"} to={{ page: "fleet" }}>
        <FleetBadge />
      </RailItem>
      <RailItem label="Roll-outs" icon={Waypoints} isCurrent={place.page === "rollouts"} to={{ page: "rollouts", rolloutId: null }} />
      <RailItem label="A/B tests" icon={Split} isCurrent={place.page === "abtests"} to={{ page: "abtests", view: "list" }} />
      <RailItem label="Models" icon={Box} isCurrent={place.page === "models"} to={{ page: "models", view: "list" }} />
      <RailItem label="Alerts" icon={TriangleAlert} isCurrent={place.page === "alerts"} to={{ page: "alerts" }}>
        <AlertBadge />
      </RailItem>
      <RailItem label="Timeline" icon={ChartNoAxesGantt} isCurrent={place.page === "timeline"} to={{ page: "timeline" }} />
      <RailItem label="System" icon={Cpu} isCurrent={place.page === "system"} to={{ page: "system" }} />
      <RailItem
        label="Settings"
        icon={SlidersHorizontal}
        isCurrent={place.page === "settings"}
        to={{ page: "settings", section: "policy" }}
      />
    </nav>
  );
}

function RailItem(props: {
  readonly label: string;
  readonly icon: LucideIcon;
  readonly isCurrent: boolean;
  readonly to: Place;
  readonly children?: ReactNode;
}): ReactNode {
  const Icon = props.icon;
  return (
    <ToggleButton
      className="rail-item"
      isSelected={props.isCurrent}
      aria-current={props.isCurrent ? "page" : undefined}
      onPress={() => go(props.to)}
    >
      <span className="rail-icon">
        <Icon size={20} strokeWidth={1.75} aria-hidden />
        {props.children}
      </span>
      <span className="rail-label">{props.label}</span>
    </ToggleButton>
  );
}

function AlertBadge(): ReactNode {
  const alerts = useAlerts();
  const { count, worst } = badgeOf(alerts?.open ?? []);
  if (count === 0) return null;
  return (
    <span className={`badge badge-${worst}`}>
      <span aria-hidden="true">{count}</span>
      <span className="visually-hidden">{countOf(count, "alert asks", "alerts ask")} for a person</span>
    </span>
  );
}

function FleetBadge(): ReactNode {
  const count = useFleet((state) => (state.fleet === null ? 0 : needyCount(state.fleet.nodes.values())));
  const worst = useFleet((state) => (state.fleet === null ? "none" : worstAttention(state.fleet.nodes.values())));
  if (count === 0) return null;
  return (
    <span className={`badge badge-${worst}`}>
      <span aria-hidden="true">{count}</span>
      <span className="visually-hidden">{countOf(count, "node needs", "nodes need")} a person</span>
    </span>
  );
}
