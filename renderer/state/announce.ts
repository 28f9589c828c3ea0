import { create } from "zustand";

/** What the window last said in passing, about something the operator did. */
interface Said {
  readonly text: string;
  /** Counts up, so that the same sentence twice is said twice. */
  readonly turn: number;
}

const useSaidStore = create<Said>(() => ({ text: "", turn: 0 }));

/** Says one sentence: shown for a while at the bottom of the window, read by screen readers. */
export function say(text: string): void {
  useSaidStore.setState(({ turn }) => ({ text, turn: turn + 1 }));
}

/** The last sentence said. */
export function useSaid(): Said {
  return useSaidStore();
}
