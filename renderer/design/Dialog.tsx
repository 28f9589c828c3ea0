import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { Button } from "./Button";
import "./dialog.css";

/** A dialog's parts. */
export interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** `table` is for many columns; `side` is a drawer at the right edge. */
  readonly width?: "narrow" | "wide" | "table" | "side";
  /** A question that must be answered with a button: clicking beside it does not close it. */
  readonly role?: "dialog" | "alertdialog";
  readonly children: ReactNode;
}

/** A modal dialog: focus stays inside, Escape closes it and gives the focus back. */
export function Dialog({ title, isOpen, onClose, width = "narrow", role = "dialog", children }: DialogProps): ReactNode {
  return (
    <ModalOverlay
      className={width === "side" ? "dialog-backdrop dialog-backdrop-side" : "dialog-backdrop"}
      isOpen={isOpen}
      isDismissable={role === "dialog"}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Modal className={`dialog-modal dialog-${width}`}>
        <AriaDialog className="dialog" role={role}>
          <div className="dialog-head">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            <Button kind="quiet" isSquare aria-label="Close" onPress={onClose}>
              <X size={16} strokeWidth={1.75} aria-hidden />
            </Button>
          </div>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** The part of a dialog that scrolls. */
export function DialogBody({ children }: { readonly children: ReactNode }): ReactNode {
  return <div className="dialog-body">{children}</div>;
}

/** The row of buttons under a dialog. */
export function DialogActions({ children }: { readonly children: ReactNode }): ReactNode {
  return <div className="dialog-actions">{children}</div>;
}
