import { memo, type ReactNode } from "react";
import { useShallow } from "zustand/react/shallow";
import { StateGlyph, Tag } from "../../design";
import { formatMetric } from "../../format/number";
import { formatDuration } from "../../format/time";
import { MetricSparkline, profileText } from "../fleet/parts";
import { compareIds } from "../fleet/order";
import { useFleet, useNode } from "../../state/store";

/** Nodes listed; a first start has six unless asked for more. */
const SHOWN = 10;

/** The embedded fleet as it joins, with its first ratios. */
export function JoiningFleet(): ReactNode {
  const ids = useFleet(useShallow(({ fleet }) => [...(fleet?.nodeIds ?? [])].sort(compareIds)));
  const live = useFleet(({ fleet }) => [...(fleet?.nodes.values() ?? [])].filter((node) => node.liveness === "live").length);
  const kind = useFleet(({ fleet }) => fleet?.meta.link.kind);
  const sinceStart = useFleet(({ fleet }) => (fleet === null ? "" : formatDuration(fleet.meta.atMs - fleet.meta.link.sinceMs)));
  const sentence = useFleet(({ fleet }) => fleet?.meta.link.sentence ?? "Waiting for the engine's first tick.");
  return (
    <section className="panel joining" aria-labelledby="joining-title">
      <header>
        <h2 id="joining-title">{kind === "ros2" ? "Fleet on ROS 2" : "Embedded fleet"}</h2>
        {kind === "embedded" ? <Tag name="EMBEDDED" /> : null}
        <span className="note joining-fact">
          {live} of {ids.length} live{sinceStart === "" ? "" : `, ${sinceStart} since the link is up`}
        </span>
      </header>
      {ids.length === 0 ? (
        <p className="joining-empty">{sentence}</p>
      ) : (
        <ul>
          {ids.slice(0, SHOWN).map((id) => (
            <JoiningRow key={id} nodeId={id} />
          ))}
        </ul>
      )}
      <p className="joining-foot note">
        ratio, in / out{ids.length > SHOWN ? ` · and ${ids.length - SHOWN} more nodes` : ""}
      </p>
    </section>
  );
}

const JoiningRow = memo(function JoiningRow({ nodeId }: { readonly nodeId: string }): ReactNode {
  const node = useNode(nodeId);
  const limits = useFleet((state) => state.fleet?.meta.limits);
  if (node === undefined || limits === undefined) return null;
  return (
    <li>
      <StateGlyph state={node.state} />
      <strong className="mono truncate">{nodeId}</strong>
      <span className="joining-profile">{profileText(node)}</span>
      {node.latest === null ? (
        <span className="note joining-wait">no sample yet</span>
      ) : (
        <>
          <MetricSparkline node={node} metric="compressionRatio" limits={limits} width={72} height={22} />
          <span className="joining-value">{formatMetric("compressionRatio", node.latest.compressionRatio)}</span>
        </>
      )}
    </li>
  );
});
