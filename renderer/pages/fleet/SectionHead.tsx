import type { ReactNode } from "react";
import { Button } from "../../design";

/** A section's title with a count, on a line. */
export function SectionHead({ title, fact, children }: { readonly title: string; readonly fact: string; readonly children?: ReactNode }): ReactNode {
  return (
    <div className="section-head">
      <h2>{title}</h2>
      <span className="note">{fact}</span>
      {children}
    </div>
  );
}

/** Says that the order on screen is held, and gives the way to let it go. */
export function HeldNote({ onRelease }: { readonly onRelease: () => void }): ReactNode {
  return (
    <div className="held-note">
      <span className="note">Order held while you are here; the need has changed.</span>
      <Button kind="quiet" size="small" onPress={onRelease}>
        Sort now
      </Button>
    </div>
  );
}
