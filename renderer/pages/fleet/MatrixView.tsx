import { useMemo, type ReactNode } from "react";
import { Glyph, VersionTag } from "../../design";
import { countOf } from "../../format/number";
import { STATE_HUES, STATE_WORDS } from "../../format/words";
import { readFleet, useFleet } from "../../state/store";
import { useDesk } from "./desk";
import { filterWords, matchesFilter } from "./filter";
import { moveFocusOnArrow } from "./focus";
import { groupNodes, groupsKey, type NodeGroup } from "./groups";
import { NeedyPanel } from "./NeedyPanel";
import { compareIds, countStates, STATES_WORST_FIRST } from "./order";
import { NodeTile } from "./NodeTile";
import "./cards.css";
import "./matrix.css";

/** The groups, read again only when one of them changed. */
function useGroups(filter: string): readonly NodeGroup[] {
  const grouping = useDesk((desk) => desk.grouping);
  const words = useMemo(() => filterWords(filter), [filter]);
  const read = (nodes = readFleet().fleet?.nodes): readonly NodeGroup[] =>
    groupNodes([...(nodes?.values() ?? [])].filter((node) => matchesFilter(node, words)), grouping);
  const key = useFleet((state) => groupsKey(read(state.fleet?.nodes)));
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the key stands for everything that `read` reads
  return useMemo(() => read(), [key, grouping, words]);
}

/** The whole fleet as small tiles in groups, with those that need a person listed at the right. */
export function MatrixView({ filter }: { readonly filter: string }): ReactNode {
  const groups = useGroups(filter);
  const selectedId = useDesk((desk) => desk.selectedId);
  const ids = groups.flatMap((group) => group.ids);
  const tabStopId = selectedId !== null && ids.includes(selectedId) ? selectedId : (ids[0] ?? null);
  return (
    <div className="matrix">
      <div className="matrix-main">
        <MatrixSummary />
        {ids.length === 0 ? <p className="empty-line">No node matches “{filter}”. Escape clears the filter.</p> : null}
        <div className="matrix-groups" role="grid" aria-label="Nodes" aria-multiselectable="false" onKeyDown={moveFocusOnArrow}>
          {groups.map((group) => (
            <div key={group.name} role="rowgroup" aria-label={group.name} className="matrix-group">
              <div role="row" className="matrix-group-head">
                <div role="rowheader">{group.name}</div>
                <span role="gridcell" className="note">
                  {countOf(group.ids.length, "node")} ·{" "}
                  {group.needyCount === 0 ? "all as expected" : `${group.needyCount} not as expected`}
                </span>
              </div>
              <div role="row" className="matrix-tiles">
                {group.ids.map((id) => (
                  <NodeTile key={id} nodeId={id} isTabStop={id === tabStopId} isSelected={id === selectedId} />
                ))}
              </div>
            </div>
          ))}
        </div>
      </div>
      <NeedyPanel />
    </div>
  );
}

/** How many nodes are in which state and run which version. */
function MatrixSummary(): ReactNode {
  const states = useFleet(({ fleet }) => {
    const counts = countStates(fleet?.nodes.values() ?? []);
    return STATES_WORST_FIRST.filter((state) => counts.has(state))
      .map((state) => `${state} ${counts.get(state) ?? 0}`)
      .join(",");
  });
  const versions = useFleet(({ fleet }) => {
    const counts = new Map<string, number>();
    for (const node of fleet?.nodes.values() ?? []) {
      const version = node.modelVersion ?? "";
      counts.set(version, (counts.get(version) ?? 0) + 1);
    }
    return [...counts]
      .sort(([left], [right]) => compareIds(left, right))
      .map(([version, count]) => `${version} ${count}`)
      .join(",");
  });
  return (
    <div className="matrix-summary panel">
      {STATES_WORST_FIRST.map((state) => {
        const part = states.split(",").find((text) => text.startsWith(`${state} `));
        if (part === undefined) return null;
        return (
          <span key={state} className="matrix-count">
            <span className={`hue-${STATE_HUES[state]}`}>
              <Glyph name={state} />
            </span>
            <strong>{part.split(" ")[1]}</strong>
            {STATE_WORDS[state]}
          </span>
        );
      })}
      <span className="matrix-versions">
        <span className="note">Versions</span>
        {versions.split(",").map((text) => {
          const [version = "", count = ""] = text.split(" ");
          return (
            <span key={version} className="matrix-count">
              <VersionTag version={version === "" ? null : version} />
              <strong>{count}</strong>
            </span>
          );
        })}
      </span>
    </div>
  );
}
