import type { HostReadings } from "../../shared/alerts/world";
import type { Clock } from "../../shared/time";
import type { Journal } from "../journal/port";
import type { Operations } from "../operations/operations";
import { AlertDesk } from "./alert-desk";
import { mutedMetrics } from "./muted-metrics";

/** Events that the log keeps in memory. */
const RECENT = 500;

/** Opens the alerts of an engine. `host` gives what is measured of this machine; null where nothing measures it. */
export function openAlerts(operations: Operations, journal: Journal, clock: Clock, host: () => HostReadings | null): AlertDesk {
  const desk = new AlertDesk({
    clock,
    journal,
    host,
    diagnostics: () => operations.diagnostics().shown,
    openTests: () => operations.abTests.open(),
    recentEvents: () => operations.recentEvents(RECENT),
    isMuted: mutedMetrics(() => operations.policy.current()),
    commit: (...drafts) => operations.commit(...drafts),
    note: (draft) => {
      operations.note(draft);
    },
  });
  operations.onEvent((event) => {
    desk.take(event);
  });
  operations.onSnapshot((snapshot) => {
    desk.tick(snapshot);
  });
  return desk;
}
