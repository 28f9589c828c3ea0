import type { ReactNode } from "react";
import { Panel, Tag } from "../../design";
import { formatClock } from "../../format/time";
import { useFleet, useSettings } from "../../state/store";
import { SetUpRos2 } from "../../setup/SetUpRos2";
import { Facts } from "./Facts";
import { GraphSection } from "./GraphSection";

/** Which link feeds the window, and how it is. */
export function LinkSection(): ReactNode {
  const link = useFleet((state) => state.fleet?.meta.link);
  const { clock } = useSettings();
  if (link === undefined) return <p className="note">No tick yet.</p>;
  const label = link.kind === "embedded" ? <Tag name="EMBEDDED" /> : link.kind === "recorded" ? <Tag name="RECORDED" /> : null;
  return (
    <div className="settings-stack">
      <Panel title="Link" fact={label}>
        <p className="settings-lead">{link.sentence}</p>
        <Facts
          facts={[
            { name: "Kind", value: KINDS[link.kind] },
            { name: "State", value: `${link.state} since ${formatClock(link.sinceMs, clock)}` },
            { name: "Seed", value: link.seed === null ? "none: only the embedded fleet has one" : String(link.seed) },
            ...link.notices.map((notice) => ({ name: notice.code, value: notice.message })),
          ]}
        />
      </Panel>
      <GraphSection link={link} />
      <SetUpRos2 />
    </div>
  );
}

const KINDS = {
  embedded: "embedded fleet, inside this application",
  ros2: "ROS 2",
  recorded: "recorded wire frames, replayed",
} as const;
