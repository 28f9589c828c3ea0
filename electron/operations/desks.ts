import type { ModelVersion } from "../../shared/fleet/ids";
import type { TrackedNode } from "../../shared/fleet/tracked-node";
import type { Result } from "../../shared/result";
import type { Timers } from "../../shared/time";
import { AbTestDesk } from "../abtest/desk";
import type { Journal } from "../journal/port";
import type { Link } from "../link/port";
import { CommandDesk } from "./command-desk";
import type { EventLog } from "./event-log";
import { FleetRegister, type FleetReport } from "./fleet-register";
import { GuardDesk, limitsFor, scalarsOf } from "./guard-desk";
import type { MalformedLog } from "./malformed-log";
import { PolicyDesk } from "./policy-desk";
import { RolloutDesk } from "./rollout-desk";

/** The versions that can be deployed, as the engine needs them. */
export interface VersionShelf {
  isDrill(version: string): boolean;
  /** UNKNOWN_VERSION, HASH_MISMATCH, BAD_MANIFEST: it must not go to a node. */
  check(version: ModelVersion): Promise<Result<void>>;
}

/** What the desks work with. */
export interface DeskParts {
  readonly link: Link;
  readonly journal: Journal;
  readonly timers: Timers;
  readonly shelf: VersionShelf;
}

/** Who decides what in the engine. */
export interface Desks {
  readonly policies: PolicyDesk;
  readonly register: FleetRegister;
  readonly guard: GuardDesk;
  readonly commands: CommandDesk;
  readonly rollouts: RolloutDesk;
  readonly abTests: AbTestDesk;
}

/** Opens the desks, each with what it may ask the others. None asks before all are there. */
export function openDesks({ link, journal, timers, shelf }: DeskParts, events: EventLog, malformedLog: MalformedLog, onReport: (report: FleetReport) => void): Desks {
  const policies = new PolicyDesk(journal, events, timers);
  const register = new FleetRegister(link, timers, events, malformedLog, onReport);
  const guard: GuardDesk = new GuardDesk({
    clock: timers,
    events,
    policy: policies,
    node: (nodeId) => register.find(nodeId),
    nodes: () => register.nodes.values(),
    rollBack: ({ event, detail }) => {
      const { nodeId, version, isByVerdict, sentence } = event;
      const asked = commands.rollbackByPolicy({ nodeId, version, isByVerdict, sentence, detail: scalarsOf(detail, (tMs) => tMs) });
      return asked.ok ? null : asked.error;
    },
  });
  const commands: CommandDesk = new CommandDesk({
    link,
    clock: timers,
    events,
    node: (nodeId) => register.nodes.get(nodeId),
    limits: (node) => limitsFor(policies.current().policy, node),
    basis: (node) => guard.basis(node),
    guard: () => guard.guard(),
    isFailing: ({ nodeId }) => guard.isFailing(nodeId),
    onGuardEvent: (event) => {
      guard.take(event);
    },
    reserves: (nodeId, requestId) => abTests.reserves(nodeId, requestId),
    checkVersion: (version) => shelf.check(version),
  });
  const ofFleet = {
    clock: timers,
    events,
    journal,
    commands,
    nodes: () => register.sorted(),
    guard: () => guard.guard(),
    guardView: (node: TrackedNode) => guard.view(node),
    policyRevision: () => policies.current().revision,
    checkVersion: (version: ModelVersion) => shelf.check(version),
  };
  const rollouts: RolloutDesk = new RolloutDesk({
    ...ofFleet,
    link,
    onGuardEvent: (event) => {
      guard.take(event);
    },
    testOf: (nodeId) => abTests.testOf(nodeId),
  });
  const abTests: AbTestDesk = new AbTestDesk({
    ...ofFleet,
    node: (nodeId) => register.find(nodeId),
    linkState: () => link.status().state,
    isDrill: (version) => shelf.isDrill(version),
    rolloutOf: (nodeId) => rollouts.holderOf(nodeId),
    previewRollout: (plan, freed) => rollouts.preview(plan, freed),
    startRollout: (plan, requestId) => rollouts.start(plan, requestId),
  });
  return { policies, register, guard, commands, rollouts, abTests };
}
