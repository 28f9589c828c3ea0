import { Component, type ErrorInfo, type ReactNode } from "react";
import { Button, Problem } from "../design";

/** What a guard needs to say which part broke. */
export interface GuardProps {
  /** The part, as the start of a sentence: "The fleet page". */
  readonly what: string;
  readonly children: ReactNode;
}

interface GuardState {
  readonly error: Error | null;
  readonly componentStack: string;
}

/** Keeps a broken part from taking the window down: names it, offers Copy and another try. */
export class Guard extends Component<GuardProps, GuardState> {
  override state: GuardState = { error: null, componentStack: "" };

  static getDerivedStateFromError(error: unknown): Partial<GuardState> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(_error: unknown, info: ErrorInfo): void {
    this.setState({ componentStack: info.componentStack ?? "" });
  }

  override render(): ReactNode {
    const { error, componentStack } = this.state;
    if (error === null) return this.props.children;
    return (
      <div className="guard">
        <Problem
          code="INTERNAL"
          sentence={`${this.props.what} broke: ${error.message}. The rest of the window works on; this is a bug.`}
          detail={`${error.stack ?? ""}${componentStack}`}
          actions={
            <Button kind="quiet" size="small" onPress={() => this.setState({ error: null, componentStack: "" })}>
              Try again
            </Button>
          }
        />
      </div>
    );
  }
}
