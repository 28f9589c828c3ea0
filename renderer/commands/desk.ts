import { create } from "zustand";
import type { Failure } from "../../shared/result";
import { say } from "../state/announce";
import { newRequestId, request } from "../state/ops";
import { readFleet } from "../state/store";
import { obstacleOf, rollbackChoice } from "./rollback-choice";
import { newestUndo, undoOf, type UndoOffer } from "./undo";

/** A request that was refused, kept beside its node until it is dismissed or another one is made. */
export interface Refusal {
  /** What was asked, as a sentence's start: "Roll back node_3 to 1.1.0". */
  readonly asked: string;
  readonly failure: Failure;
}

/** What the operator has asked for and the engine has not answered yet, and what it refused. */
interface Desk {
  /** Nodes with a request whose answer is outstanding. */
  readonly asking: ReadonlySet<string>;
  readonly refusals: ReadonlyMap<string, Refusal>;
  /** The deploy dialog; null while it is closed. */
  readonly deploy: DeployIntent | null;
}

/** What the deploy dialog opens with. */
export interface DeployIntent {
  /** Null: the operator chooses the nodes in the dialog. */
  readonly nodeId: string | null;
  /** A version to begin with, such as the one named in the palette. */
  readonly version: string | null;
}

const useDesk = create<Desk>(() => ({ asking: new Set(), refusals: new Map(), deploy: null }));

/** Whether a request for the node waits for the engine's answer. */
export function useIsAsking(nodeId: string): boolean {
  return useDesk((desk) => desk.asking.has(nodeId));
}

/** What was refused last for the node. */
export function useRefusal(nodeId: string): Refusal | undefined {
  return useDesk((desk) => desk.refusals.get(nodeId));
}

/** What the deploy dialog was opened with; null while it is closed. */
export function useDeployIntent(): DeployIntent | null {
  return useDesk((desk) => desk.deploy);
}

/** Opens the deploy dialog. */
export function openDeploy(intent: DeployIntent): void {
  useDesk.setState({ deploy: intent });
}

/** Closes the deploy dialog. */
export function closeDeploy(): void {
  useDesk.setState({ deploy: null });
}

/** Takes a refusal off the screen. */
export function dismissRefusal(nodeId: string): void {
  useDesk.setState(({ refusals }) => {
    const kept = new Map(refusals);
    kept.delete(nodeId);
    return { refusals: kept };
  });
}

/**
 * Rolls a node back to the version that its offer names, expecting the version that is on screen.
 * A second click while the first one is being answered does nothing.
 */
export async function rollBack(nodeId: string): Promise<void> {
  const { fleet } = readFleet();
  const node = fleet?.nodes.get(nodeId);
  if (node === undefined) return;
  const choice = rollbackChoice(node, obstacleOf(fleet?.meta));
  if (!choice.isOffered) {
    say(choice.reason);
    return;
  }
  const toVersion = choice.version;
  await ask(nodeId, `Roll back ${nodeId} to ${toVersion}`, () =>
    request("fleet/rollback", { nodeId, expectedVersion: node.modelVersion, toVersion, requestId: newRequestId() }),
  );
}

/**
 * Sends an ended command again: after nobody could say whether the node took it, or after the node
 * reported something else.
 */
export async function sendAgain(nodeId: string): Promise<void> {
  const node = readFleet().fleet?.nodes.get(nodeId);
  if (node?.command == null) return;
  const { version } = node.command;
  await ask(nodeId, `Send ${version} to ${nodeId} again`, () =>
    request("fleet/deploy", { nodeId, version, expectedVersion: node.modelVersion, requestId: newRequestId() }),
  );
}

/** Takes the last rollback of a node back, if its time is not up. */
export async function undoRollback(nodeId: string): Promise<void> {
  const { fleet } = readFleet();
  const node = fleet?.nodes.get(nodeId);
  if (fleet === null || node === undefined) return;
  const offer = undoOf(node, fleet.meta.atMs);
  if (offer !== null) await takeBack(offer);
}

/** Takes the newest rollback of the fleet back; says so where there is none. */
export async function undoNewest(): Promise<void> {
  const { fleet } = readFleet();
  const offer = fleet === null ? null : newestUndo(fleet.nodes.values(), fleet.meta.atMs);
  if (offer === null) {
    say("Nothing to undo: no rollback ended in the last 60 s.");
    return;
  }
  await takeBack(offer);
}

async function takeBack(offer: UndoOffer): Promise<void> {
  const { nodeId, version, expectedVersion, commandId } = offer;
  await ask(nodeId, `Undo on ${nodeId}, back to ${version}`, () =>
    request("fleet/deploy", { nodeId, version, expectedVersion, undoes: commandId, requestId: newRequestId() }),
  );
}

async function ask(
  nodeId: string,
  asked: string,
  send: () => Promise<{ readonly ok: true } | { readonly ok: false; readonly error: Failure }>,
): Promise<void> {
  if (useDesk.getState().asking.has(nodeId)) return;
  dismissRefusal(nodeId);
  useDesk.setState(({ asking }) => ({ asking: new Set([...asking, nodeId]) }));
  const answer = await send();
  useDesk.setState(({ asking, refusals }) => ({
    asking: new Set([...asking].filter((other) => other !== nodeId)),
    refusals: answer.ok ? refusals : new Map([...refusals, [nodeId, { asked, failure: answer.error }]]),
  }));
  say(answer.ok ? `${asked}: requested.` : `${asked}: refused. ${answer.error.message}`);
}
