import type { EventDraft } from "./event-log";

/** A fleet-changing request, from a click or a script. */
export interface DeployRequest {
  readonly nodeId: string;
  readonly version: string;
  /** What the requester saw running; null where the node reports none. */
  readonly expectedVersion: string | null;
  /** The rollback that this is the Undo of. */
  readonly undoes?: string | undefined;
  /** It goes back to what ran before an A/B test: it is not measured against what it takes the place of. */
  readonly isReturn?: boolean;
  readonly requestId: string;
}

/** A request to take a version back; without `toVersion` to the last good one. */
export interface RollbackRequest {
  readonly nodeId: string;
  readonly expectedVersion: string | null;
  readonly toVersion?: string | undefined;
  readonly requestId: string;
}

/** A rollback that the policy asks for. */
export interface PolicyRollback {
  readonly nodeId: string;
  readonly version: string;
  readonly detail: EventDraft["detail"];
  readonly sentence: string;
  readonly isByVerdict: boolean;
}
