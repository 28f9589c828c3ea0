import { Search } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import { Autocomplete } from "react-aria-components/Autocomplete";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Group } from "react-aria-components/Group";
import { Input } from "react-aria-components/Input";
import { Menu, MenuItem } from "react-aria-components/Menu";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { SearchField } from "react-aria-components/SearchField";
import type { ModelView } from "../../shared/contract/channels";
import { openDeploy, rollBack, undoNewest } from "../commands/desk";
import { obstacleOf } from "../commands/rollback-choice";
import { Kbd } from "../design";
import { toggleTheme } from "../state/connect";
import { openSetup } from "../pages/abtest/desk";
import { openStart } from "../pages/rollouts/desk";
import { closeOverlay, go, openMalformed, openOverlay, PAGES, useOverlay } from "../state/navigation";
import { request } from "../state/ops";
import { openReport } from "../state/reports";
import { readFleet } from "../state/store";
import { paletteEntries, searchPalette, type PaletteAct, type PaletteEntry } from "./palette-entries";
import "./palette.css";

/** `Ctrl K`: nodes, pages and verbs, each naming what it acts on. */
export function Palette(): ReactNode {
  const isOpen = useOverlay() === "palette";
  return (
    <ModalOverlay
      className="dialog-backdrop"
      isOpen={isOpen}
      isDismissable
      onOpenChange={(open) => {
        if (!open) closeOverlay();
      }}
    >
      <Modal className="dialog-modal palette-modal">
        <AriaDialog className="dialog" aria-label="Search or run">
          {isOpen ? <PaletteSearch /> : null}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

function PaletteSearch(): ReactNode {
  const [models, setModels] = useState<readonly ModelView[]>([]);
  const [typed, setTyped] = useState("");
  useEffect(() => {
    let isCurrent = true;
    void request("models/list", {}).then((answer) => {
      if (isCurrent && answer.ok) setModels(answer.value);
    });
    return () => {
      isCurrent = false;
    };
  }, []);
  // Read once: the list must not move under the arrow keys at every tick.
  const [fleet] = useState(() => readFleet().fleet);
  const entries = paletteEntries([...(fleet?.nodes.values() ?? [])], models, fleet?.meta.link.kind === "embedded", obstacleOf(fleet?.meta));
  const shown = searchPalette(entries, typed);
  return (
    <Autocomplete inputValue={typed} onInputChange={setTyped}>
      <SearchField className="palette-field" aria-label="Search or run" autoFocus>
        <Group className="palette-box">
          <Search size={16} strokeWidth={1.75} aria-hidden />
          <Input className="field-input field-search" placeholder="A node, a page, or what to do" />
          <Kbd>Esc</Kbd>
        </Group>
      </SearchField>
      <Menu<PaletteEntry>
        className="menu palette-menu"
        aria-label="Results"
        items={shown}
        renderEmptyState={() => <p className="palette-none">Nothing matches “{typed}”.</p>}
        onAction={(key) => {
          const chosen = shown.find((entry) => entry.id === key);
          if (chosen === undefined) return;
          closeOverlay();
          act(chosen.act);
        }}
      >
        {(entry) => (
          <MenuItem id={entry.id} className="menu-item" textValue={entry.text}>
            <span className="truncate">{entry.text}</span>
            <span className="palette-fact">{entry.fact}</span>
          </MenuItem>
        )}
      </Menu>
    </Autocomplete>
  );
}

function act(chosen: PaletteAct): void {
  switch (chosen.kind) {
    case "open-node":
      return go({ page: "node", nodeId: chosen.nodeId });
    case "roll-back":
      return void rollBack(chosen.nodeId);
    case "deploy":
      return openDeploy({ nodeId: chosen.nodeId, version: chosen.version });
    case "roll-out":
      return openStart(chosen.version);
    case "test":
      return openSetup(null, chosen.version);
    case "undo":
      return void undoNewest();
    case "go":
      return go(PAGES[chosen.page]);
    case "faults":
    case "keys":
      return openOverlay(chosen.kind);
    case "malformed":
      return openMalformed(null);
    case "report":
      return openReport([]);
    case "theme":
      return toggleTheme();
  }
}
