import { useEffect, useState, type ReactNode } from "react";
import { formatDuration } from "../../format/time";
import { Button } from "../../design";
import { go, openOverlay } from "../../state/navigation";
import { relaunchOn } from "../../state/ros2-setup";
import { useFleet, useSnapshotMeta } from "../../state/store";

/** Before the first tick: the shape of what comes, and how long it has been looked for. */
export function LoadingFleet(): ReactNode {
  const [sinceMs] = useState(() => performance.now());
  const [nowMs, setNowMs] = useState(sinceMs);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(performance.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="page-scroll">
      <p className="empty-line" role="status">
        Waiting for the engine&apos;s first tick, {formatDuration(nowMs - sinceMs)}.
      </p>
      <div className="skeletons" aria-hidden="true">
        {["a", "b", "c", "d", "e", "f"].map((key) => (
          <div key={key} className="skeleton" />
        ))}
      </div>
    </div>
  );
}

/** A fleet without nodes: why, and since when it is looked for. */
export function NoNodes(): ReactNode {
  const meta = useSnapshotMeta();
  const links = useFleet((state) => state.fleet?.meta.link);
  if (meta === null || links === undefined) return null;
  const where = links.domainId === null ? "on this link" : `on domain ${links.domainId}`;
  return (
    <div className="page-scroll">
      <div className="panel empty-panel">
        <h2>{links.state === "up" ? `No node publishes metrics ${where}.` : `The link is ${links.state}.`}</h2>
        <p>{links.sentence}</p>
        {links.kind === "ros2" ? <Ros2Actions /> : null}
        <p className="note">Looking for nodes, {formatDuration(meta.atMs - links.sinceMs)}. The graph is read again every 5 s and at every change.</p>
      </div>
    </div>
  );
}

function Ros2Actions(): ReactNode {
  return (
    <div className="empty-actions">
      <Button kind="outline" onPress={() => openOverlay("doctor")}>
        Doctor
      </Button>
      <Button kind="outline" onPress={() => go({ page: "settings", section: "link" })}>
        Change domain
      </Button>
      <Button kind="outline" onPress={() => void relaunchOn("embedded")}>
        Open the embedded fleet
      </Button>
    </div>
  );
}
