import { useEffect } from "react";
import { keepAsking } from "../../state/keep-asking";
import { request } from "../../state/ops";
import { takePreview, useDesk } from "./desk";
import { draftOf } from "./form";
import type { AbTestDraft } from "../../../shared/contract/abtest";

/** Nodes come, go and change while a test is set up: so often the engine is asked anew. */
const LOOK_MS = 2_000;
/** A number that is being typed is not asked about at every key. */
const SETTLE_MS = 150;

/** Keeps what the engine says of the draft in the desk, while the set-up is open. One question at a time; the newest draft counts. */
export function usePreview(): void {
  const { form, suggested } = useDesk((desk) => desk);
  const draft = draftOf(form, suggested);
  const text = draft === null ? null : JSON.stringify(draft);
  useEffect(() => {
    if (text === null) return undefined;
    const asked = JSON.parse(text) as AbTestDraft;
    return keepAsking(() => request("abtests/preview", asked), takePreview, { everyMs: LOOK_MS, firstMs: SETTLE_MS });
  }, [text]);
}
