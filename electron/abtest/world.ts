import type { GuardView } from "../../shared/contract/guard";
import type { RolloutPlan, RolloutPreview } from "../../shared/contract/rollouts";
import type { LinkView } from "../../shared/contract/snapshot";
import type { ModelVersion } from "../../shared/fleet/ids";
import type { TrackedNode } from "../../shared/fleet/tracked-node";
import type { Failure, Result } from "../../shared/result";
import type { GuardState } from "../../shared/rollout/guard-events";
import type { Clock } from "../../shared/time";
import type { Journal } from "../journal/port";
import type { CommandDesk } from "../operations/command-desk";
import type { EventLog } from "../operations/event-log";

/** What A/B tests need of the engine. */
export interface AbTestWorld {
  readonly clock: Clock;
  readonly events: EventLog;
  readonly journal: Pick<Journal, "ofKinds" | "keptOf" | "status">;
  readonly commands: Pick<CommandDesk, "commandOf" | "deploy" | "knows">;
  /** In the order in which people count them. */
  nodes(): readonly TrackedNode[];
  node(nodeId: string): TrackedNode | undefined;
  guard(): GuardState;
  guardView(node: TrackedNode): GuardView | null;
  linkState(): LinkView["state"];
  policyRevision(): number;
  isDrill(version: string): boolean;
  checkVersion(version: ModelVersion): Promise<Result<void>>;
  /** The roll-out that has a node and has not ended; null of none. */
  rolloutOf(nodeId: string): string | null;
  /** What a roll-out would do once these nodes are free and run these versions. */
  previewRollout(plan: RolloutPlan, freed: ReadonlyMap<string, string>): Promise<RolloutPreview>;
  /** The same request twice is one roll-out. */
  startRollout(plan: RolloutPlan, requestId: string): Promise<Result<{ rolloutId: string }>>;
}

/** Why nothing can be sent now; null where it can. */
export function obstacleOf(world: Pick<AbTestWorld, "journal" | "linkState" | "events">): Failure | null {
  const journal = world.journal.status();
  if (journal.state === "unavailable") return { code: "JOURNAL_UNAVAILABLE", message: journal.sentence };
  const allowed = world.events.mayCommand();
  if (!allowed.ok) return allowed.error;
  const link = world.linkState();
  return link === "up" ? null : { code: "LINK_DOWN", message: `The link is ${link}: a command could not be confirmed.` };
}
