import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_ROS_DOMAIN_ID } from "../../../shared/contract/settings";
import { commandFixture, nodeFixture, snapshotFixture } from "../../state/snapshot-fixture";
import { changesOf, domainProblem, draftOf, graphOf, inForceOf, restartObstacle } from "./graph-draft";

const UNSET = { domainId: null, discoveryRange: null } as const;
const EMBEDDED = snapshotFixture([]).link;
const ROS2 = { ...EMBEDDED, kind: "ros2", seed: null, domainId: 0, discoveryRange: "SUBNET" } as const;

describe("the fields of the graph", () => {
  it("are what is set until something is typed; an empty domain is the environment's", () => {
    for (const set of [UNSET, { domainId: 0, discoveryRange: "LOCALHOST" }, { domainId: MAX_ROS_DOMAIN_ID, discoveryRange: "SUBNET" }] as const) {
      expect(graphOf(draftOf(set))).toEqual(set);
      expect(changesOf(set, set)).toEqual([]);
    }
  });

  it("take a domain exactly where they find no problem with it", () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.integer({ min: -5, max: 300 })), (domainId) => {
        expect(graphOf({ domainId, discoveryRange: null }) === null).toBe(domainProblem(domainId) !== "");
      }),
    );
    expect(domainProblem(233)).toBe("A whole number from 0 to 232, or nothing.");
  });

  it("name what applying would change", () => {
    expect(changesOf(UNSET, { domainId: 0, discoveryRange: null })).toEqual([
      { name: "Domain", before: "as the environment says", after: "0" },
    ]);
    expect(changesOf({ domainId: 7, discoveryRange: "SUBNET" }, { domainId: 7, discoveryRange: "LOCALHOST" })).toEqual([
      { name: "Discovery range", before: "SUBNET", after: "LOCALHOST" },
    ]);
  });
});

describe("what is in force", () => {
  it("is nothing where ROS 2 is not in use", () => {
    expect(inForceOf(EMBEDDED, { domainId: 7, discoveryRange: null }, 7).domain).toMatch(/^none/);
  });

  it("says where it comes from, and what is set but not in force", () => {
    expect(inForceOf(ROS2, UNSET, null)).toEqual({
      domain: "0, as the environment says",
      discoveryRange: "SUBNET, as the environment says",
    });
    expect(inForceOf(ROS2, { domainId: 0, discoveryRange: "LOCALHOST" }, null)).toEqual({
      domain: "0, as set",
      discoveryRange: "SUBNET; LOCALHOST is set and not in force yet",
    });
  });

  it("is the command line's domain while this run lasts", () => {
    expect(inForceOf({ ...ROS2, domainId: 42 }, { domainId: 7, discoveryRange: null }, 42).domain).toBe("42, given by --domain at this start");
  });
});

describe("a restart of the ROS 2 process", () => {
  it("waits for commands that are on their way, and names whose", () => {
    const idle = nodeFixture({ nodeId: "node_0", command: commandFixture(["requested", "sent", "failed"]) });
    expect(restartObstacle([idle])).toBeNull();
    const busy = ["node_1", "node_2"].map((nodeId) => nodeFixture({ nodeId, command: commandFixture(["requested", "sent"]) }));
    expect(restartObstacle([idle, ...busy])).toBe("A command is on its way to node_1 and 1 more: a restart would lose its report.");
  });
});
