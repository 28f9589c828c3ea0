import type { FaultKind, FaultView } from "../../../shared/contract/channels";
import { quoteUntrusted } from "../../../shared/fleet/ids";
import { fail, ok, type Result } from "../../../shared/result";
import type { EmbeddedNode } from "./embedded-node";
import { checkFaultLevel, FAULT_KINDS } from "./fault-levels";

/** Makes nodes of the embedded fleet misbehave, for drills. */
export interface FaultConsole {
  /** The faults that are on, by node. */
  list(): readonly FaultView[];
  /**
   * Sets a fault; level 0 switches it off. A crash ends by itself when its seconds are over.
   * @returns the faults then on; UNKNOWN_NODE, BAD_REQUEST for a level outside the fault's range.
   */
  set(nodeId: string, fault: FaultKind, level: number): Result<readonly FaultView[]>;
  /** Switches every fault off; crashed nodes restart at once. */
  allOff(): readonly FaultView[];
}

/**
 * The console of a fleet.
 * @param nodes The fleet's nodes now; none before it was started.
 * @param onChange Called after every change.
 */
export function createFaultConsole(nodes: () => readonly EmbeddedNode[], onChange: () => void): FaultConsole {
  function list(): readonly FaultView[] {
    return nodes().flatMap((node) =>
      FAULT_KINDS.filter((fault) => node.faultLevel(fault) > 0).map((fault) => ({
        nodeId: node.plan.nodeId,
        fault,
        level: node.faultLevel(fault),
      })),
    );
  }
  return {
    list,
    set(nodeId, fault, level) {
      const node = nodes().find((each) => each.plan.nodeId === nodeId);
      if (node === undefined) return fail("UNKNOWN_NODE", `The embedded fleet has no node ${quoteUntrusted(nodeId)}.`);
      const checked = checkFaultLevel(fault, level);
      if (!checked.ok) return checked;
      node.setFault(fault, checked.value);
      onChange();
      return ok(list());
    },
    allOff() {
      for (const { nodeId, fault } of list()) {
        nodes()
          .find((node) => node.plan.nodeId === nodeId)
          ?.setFault(fault, 0);
      }
      onChange();
      return list();
    },
  };
}
