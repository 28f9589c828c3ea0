import { useEffect } from "react";
import { openDeploy, rollBack, undoNewest } from "../commands/desk";
import { openSetup, putNode, startDraft } from "../pages/abtest/desk";
import type { Lane } from "../pages/abtest/lanes";
import { pauseShown } from "../pages/rollouts/desk";
import { acknowledgeShown } from "../pages/alerts/desk";
import { readSelectedId } from "../pages/fleet/desk";
import { FILTER_ID } from "../pages/fleet/FleetPage";
import { say } from "../state/announce";
import { go, goBack, goByName, isGoing, openOverlay, readPlace } from "../state/navigation";
import { readFleet } from "../state/store";
import { readPress, SEQUENCE_MS, type Act } from "./shortcuts";

/** Listens to the window's keys. Nothing but the palette works while a dialog is open. */
export function useShortcuts(): void {
  useEffect(() => {
    let pending: { readonly key: string; readonly untilMs: number } | null = null;
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || event.repeat) return;
      const target = event.target instanceof HTMLElement ? event.target : null;
      const first = pending !== null && event.timeStamp < pending.untilMs ? pending.key : null;
      pending = null;
      const meaning = readPress(
        {
          key: event.key,
          isCtrl: event.ctrlKey || event.metaKey,
          isAlt: event.altKey,
          isInText: target?.closest("input, textarea, [contenteditable=true]") != null,
        },
        first,
        readFleet().settings.singleKeyShortcuts,
      );
      if (meaning === null) return;
      if (isDialogOpen() && !("act" in meaning && meaning.act === "palette")) return;
      event.preventDefault();
      if ("pending" in meaning) pending = { key: meaning.pending, untilMs: event.timeStamp + SEQUENCE_MS };
      else run(meaning.act, target);
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}

/** Whether a dialog or an explanation is open; one that still fades out is not. */
function isDialogOpen(): boolean {
  const dialogs = [...document.querySelectorAll("[role=dialog], [role=alertdialog]")];
  return dialogs.some((dialog) => dialog.closest("[data-exiting]") === null);
}

function run(act: Act, target: HTMLElement | null): void {
  if (isGoing(act)) return goByName(act);
  switch (act) {
    case "palette":
      return openOverlay("palette");
    case "keys":
      return openOverlay("keys");
    case "faults":
      return openOverlay("faults");
    case "test":
      return openSetup(nodeMeant(target));
    case "arm-a":
      return putFocused(target, "a");
    case "arm-b":
      return putFocused(target, "b");
    case "no-arm":
      return putFocused(target, "pool");
    case "start-test":
      return void startDraft();
    case "pause-rollout":
      return void pauseShown();
    case "acknowledge":
      return acknowledgeShown();
    case "back":
      return goBack();
    case "undo":
      return void undoNewest();
    case "filter":
      return focusFilter();
    case "deploy":
      return openDeploy({ nodeId: nodeMeant(target), version: null });
    case "roll-back": {
      const nodeId = nodeMeant(target) ?? nodeThatShowsTheKey();
      if (nodeId === null) say("R rolls back the node under the focus: move to one with Tab and the arrow keys.");
      else void rollBack(nodeId);
      return;
    }
  }
}

/** Moves the chip under the focus into a lane of the new A/B test. */
function putFocused(target: HTMLElement | null, lane: Lane): void {
  const nodeId = target?.closest<HTMLElement>("[data-draft-node]")?.dataset["draftNode"];
  if (nodeId !== undefined) putNode(nodeId, lane);
}

/** The node under the focus, of the page, or of the selected row. */
function nodeMeant(target: HTMLElement | null): string | null {
  const focused = target?.closest<HTMLElement>("[data-node-id]")?.dataset["nodeId"];
  if (focused !== undefined) return focused;
  const place = readPlace();
  if (place.page === "node") return place.nodeId;
  const selected = readSelectedId();
  const isOnScreen = selected !== null && document.querySelector(`tr[data-node-id="${selected}"]`) !== null;
  return isOnScreen ? selected : null;
}

/** The node whose rollback button shows `R`. */
function nodeThatShowsTheKey(): string | null {
  const button = document.querySelector(".button-primary .kbd")?.closest<HTMLElement>("[data-node-id]");
  return button?.dataset["nodeId"] ?? null;
}

function focusFilter(): void {
  if (readPlace().page !== "fleet") go({ page: "fleet" });
  requestAnimationFrame(() => document.getElementById(FILTER_ID)?.focus());
}
