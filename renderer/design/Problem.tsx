import { Check, Copy } from "lucide-react";
import { useState, type ReactNode } from "react";
import { request } from "../state/ops";
import { Button } from "./Button";
import "./problem.css";

/** What went wrong: a stable code and the sentence that goes with it. */
export interface ProblemProps {
  readonly code: string;
  readonly sentence: string;
  /** More for the clipboard than is shown, such as a stack. */
  readonly detail?: string;
  /** Buttons beside Copy. */
  readonly actions?: ReactNode;
}

/** `CODE: sentence` with Copy. Said at once by screen readers. */
export function Problem({ code, sentence, detail, actions }: ProblemProps): ReactNode {
  return (
    <div className="problem" role="alert">
      <p className="problem-text">
        <code>{code}</code>: {sentence}
      </p>
      <div className="problem-actions">
        {actions}
        <CopyButton text={detail === undefined ? `${code}: ${sentence}` : `${code}: ${sentence}\n${detail}`} />
      </div>
    </div>
  );
}

/** Puts a text into the clipboard and says what became of it. */
export function CopyButton({ text }: { readonly text: string }): ReactNode {
  const [outcome, setOutcome] = useState<"idle" | "copied" | "failed">("idle");
  const copy = async (): Promise<void> => {
    const copied = await request("app/copy-text", { text: text.slice(0, 20_000) });
    setOutcome(copied.ok ? "copied" : "failed");
  };
  return (
    <Button kind="quiet" size="small" onPress={() => void copy()}>
      {outcome === "copied" ? (
        <Check size={16} strokeWidth={1.75} aria-hidden />
      ) : (
        <Copy size={16} strokeWidth={1.75} aria-hidden />
      )}
      {outcome === "copied" ? "Copied" : outcome === "failed" ? "Not copied" : "Copy"}
    </Button>
  );
}
