import { useState, type ReactNode } from "react";
import { Label } from "react-aria-components/Label";
import { Radio, RadioGroup } from "react-aria-components/RadioGroup";
import type { AbTestView } from "../../../shared/contract/abtest";
import type { Failure } from "../../../shared/result";
import { Button, Dialog, DialogActions, DialogBody, Problem, VersionTag } from "../../design";
import { askEnd, endTest, useDesk } from "./desk";
import { nodesText, numberOf } from "./words";

/** Stands for "each node what it ran before" in the choice; no version can be called so. */
const BEFORE = "what each ran before";

/** Asks what every node shall run once the test has ended. Cancel has the focus. */
export function EndDialog({ view }: { readonly view: AbTestView }): ReactNode {
  const isOpen = useDesk((desk) => desk.ending === view.testId);
  return (
    <Dialog title={`End test ${numberOf(view.testId)}`} isOpen={isOpen} onClose={() => askEnd(null)} role="alertdialog">
      {isOpen ? <Question view={view} /> : null}
    </Dialog>
  );
}

function Question({ view }: { readonly view: AbTestView }): ReactNode {
  const [choice, setChoice] = useState<string>(BEFORE);
  const [isSending, setIsSending] = useState(false);
  const [refusal, setRefusal] = useState<Failure | null>(null);
  const version = choice === BEFORE ? null : choice;
  const send = async (): Promise<void> => {
    setIsSending(true);
    const refused = await endTest(view.testId, version);
    setIsSending(false);
    setRefusal(refused);
  };
  const versions = [...new Set([view.versionA, view.versionB])];
  const before = view.restore.slice(0, 6).map((each) => `${each.nodeId} ${each.version}`);
  return (
    <>
      <DialogBody>
        <p>
          {view.verdict.kind === "collecting" ? "It has no verdict yet and will get none. " : ""}
          {nodesText(view)} get their version back by the same path as every deploy; the test has ended when each has confirmed it.
        </p>
        <RadioGroup className="choice-group" value={choice} onChange={setChoice}>
          <Label className="choice-label">Then they run</Label>
          <Radio value={BEFORE} className="choice">
            <span className="choice-mark" />
            <span className="choice-text">
              <span>What each ran before</span>
              {before.length === 0 ? null : (
                <span className="choice-fact mono">
                  {before.join(", ")}
                  {view.restore.length > before.length ? ` and ${view.restore.length - before.length} more` : ""}
                </span>
              )}
            </span>
          </Radio>
          {versions.map((each) => (
            <Radio key={each} value={each} className="choice">
              <span className="choice-mark" />
              <VersionTag version={each} />
              <span className="choice-text">
                <span>On every node: {each === view.versionA ? "arm A’s version" : "arm B’s version"}</span>
              </span>
            </Radio>
          ))}
        </RadioGroup>
        {refusal === null ? null : <Problem code={refusal.code} sentence={refusal.message} />}
      </DialogBody>
      <DialogActions>
        <Button kind="outline" autoFocus onPress={() => askEnd(null)}>
          Cancel
        </Button>
        <Button kind="danger" isPending={isSending} isDisabled={isSending} onPress={() => void send()}>
          {version === null ? "End the test" : `End, back to ${version}`}
        </Button>
      </DialogActions>
    </>
  );
}
