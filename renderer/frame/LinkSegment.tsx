import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { HubView, LinkView } from "../../shared/contract/snapshot";
import { Glyph, Tag, type GlyphName } from "../design";
import { countOf } from "../format/number";
import { formatAge, formatClock } from "../format/time";
import { useFleet, useSettings } from "../state/store";
import { Segment } from "./Segment";

/** The name of a link as the strip says it. */
function linkName(link: LinkView): string {
  switch (link.kind) {
    case "embedded":
      return "Embedded fleet";
    case "recorded":
      return "Recorded fleet";
    case "ros2":
      return "ROS 2";
  }
}

const LINK_GLYPHS: Readonly<Record<LinkView["state"], GlyphName>> = {
  starting: "joining",
  up: "live",
  unresponsive: "stale",
  down: "lost",
};

/** Which link feeds the window, how it is, and how many notices there are. */
export function LinkSegment(): ReactNode {
  const link = useFleet((state) => state.fleet?.meta.link);
  if (link === undefined) {
    return <span className="segment segment-label">Link: waiting for the first tick</span>;
  }
  const isWell = link.state === "up";
  return (
    <Segment
      name="The link"
      label="Link"
      value={
        <>
          <span className={isWell || link.state === "starting" ? "hue-none" : "hue-medium"}>
            <Glyph name={LINK_GLYPHS[link.state]} />
          </span>
          <strong>{linkName(link)}</strong>
          {isWell ? null : <span>{link.state}</span>}
          {link.seed === null ? null : <span className="segment-label segment-extra">seed {link.seed}</span>}
          {link.domainId === null ? null : <span className="segment-label segment-extra">domain {link.domainId}</span>}
          {link.kind === "embedded" ? <Tag name="EMBEDDED" /> : null}
          {link.kind === "recorded" ? <Tag name="RECORDED" /> : null}
          {link.notices.length === 0 ? null : (
            <span className="segment-notices">
              <CircleAlert size={14} strokeWidth={1.75} aria-hidden />
              {countOf(link.notices.length, "notice")}
            </span>
          )}
        </>
      }
    >
      <LinkExplanation link={link} />
    </Segment>
  );
}

function LinkExplanation({ link }: { readonly link: LinkView }): ReactNode {
  const { clock } = useSettings();
  const hub = useFleet((state) => state.fleet?.meta.hub ?? null);
  return (
    <>
      <h2>
        {linkName(link)}: {link.state} since {formatClock(link.sinceMs, clock)}
      </h2>
      <p>{link.sentence}</p>
      {link.kind === "ros2" ? (
        <p className="note">
          Domain {link.domainId ?? "not known"}, discovery range {link.discoveryRange ?? "not known"}. Settings, Link changes both.
        </p>
      ) : null}
      {link.kind === "embedded" ? (
        <p className="note">
          EMBEDDED: these nodes run inside this application. They compress real frames with the models that ship with
          it; they are not robots. The same seed gives the same frames, bytes and faults.
        </p>
      ) : null}
      {link.kind === "recorded" ? (
        <p className="note">RECORDED: wire frames from a file are replayed. Commands reach nobody.</p>
      ) : null}
      {link.notices.length === 0 ? null : (
        <>
          <h3>{countOf(link.notices.length, "notice")}</h3>
          <ul className="link-notices">
            {link.notices.map((notice) => (
              <li key={`${notice.code} ${notice.message}`}>
                <code>{notice.code}</code>: {notice.message}
              </li>
            ))}
          </ul>
        </>
      )}
      {hub === null ? null : <HubExplanation hub={hub} />}
    </>
  );
}

/** What the fleet hub says, and where the nodes say otherwise. */
function HubExplanation({ hub }: { readonly hub: HubView }): ReactNode {
  const atMs = useFleet((state) => state.fleet?.meta.atMs ?? 0);
  const differing = hub.nodes.filter(({ difference }) => difference !== null);
  return (
    <>
      <h3>Fleet hub, {formatAge(atMs - hub.receivedAtMs)}</h3>
      <p>
        {hub.profile === null ? "" : `Profile ${hub.profile}. `}
        {countOf(hub.listed, "node")} listed, {hub.alive} alive.
        {differing.length === 0 ? " It says nothing else than the nodes themselves." : ""}
      </p>
      <ul className="link-notices">
        {hub.nodes.map((node) => (
          <li key={node.nodeId} className={node.difference === null ? "note" : ""}>
            {node.difference ??
              `${node.nodeId}: ${node.isAlive ? "alive" : "not alive"}, ${node.modelVersion ?? "version not reported"}`}
          </li>
        ))}
      </ul>
    </>
  );
}
