import type { ReactNode } from "react";
import { CopyButton, Panel } from "../../design";
import { formatAge, formatUtcInstant } from "../../format/time";
import { useFleet, useSnapshotMeta } from "../../state/store";
import { Facts } from "./Facts";
import { HistorySection } from "./HistorySection";

/** Where things are kept, and whether they can be. */
export function StoreSection(): ReactNode {
  const hello = useFleet((state) => state.hello);
  const meta = useSnapshotMeta();
  const lastWriteAtMs = meta?.journal.lastWriteAtMs ?? null;
  return (
    <div className="settings-stack">
      <Panel title="Store" fact={hello === null ? null : <CopyButton text={hello.dataDir} />}>
        <p className="settings-lead">{meta?.journal.sentence ?? "No tick yet."}</p>
        <Facts
          facts={[
            { name: "Data folder", value: <span className="mono">{hello?.dataDir ?? "not known yet"}</span> },
            { name: "Journal", value: meta?.journal.state ?? "not known yet" },
            {
              name: "Last write",
              value:
                meta === null || lastWriteAtMs === null ? (
                  "none yet"
                ) : (
                  <span title={formatUtcInstant(lastWriteAtMs)}>{formatAge(meta.atMs - lastWriteAtMs)}</span>
                ),
            },
          ]}
        />
      </Panel>
      <HistorySection />
    </div>
  );
}
