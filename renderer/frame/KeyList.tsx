import type { ReactNode } from "react";
import { Dialog, DialogBody, Kbd } from "../design";
import { closeOverlay, useOverlay } from "../state/navigation";
import { useSettings } from "../state/store";
import { SHORTCUTS } from "./shortcuts";

/** The list of keys that `?` opens. */
export function KeyList(): ReactNode {
  return (
    <Dialog title="Keys" width="table" isOpen={useOverlay() === "keys"} onClose={closeOverlay}>
      <DialogBody>
        <KeyTable />
      </DialogBody>
    </Dialog>
  );
}

/** Every key and what it does. */
export function KeyTable(): ReactNode {
  const { singleKeyShortcuts } = useSettings();
  return (
    <dl className="key-list">
      {SHORTCUTS.map((shortcut) => (
        <div key={shortcut.label} data-off={shortcut.isSingle && !singleKeyShortcuts ? "" : undefined}>
          <dt>
            {shortcut.keys.map((key) => (
              <Kbd key={key}>{key}</Kbd>
            ))}
          </dt>
          <dd>
            {shortcut.label}
            {shortcut.isSingle && !singleKeyShortcuts ? <span className="note"> (off)</span> : null}
          </dd>
        </div>
      ))}
    </dl>
  );
}
