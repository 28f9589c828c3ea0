import type { Dispose } from "../../shared/time";

/** When a question is asked. */
export interface Pace {
  /** Ms from an answer to the next question; null: it is asked once. */
  readonly everyMs: number | null;
  /** Ms before the first one; left out: it is asked at once. */
  readonly firstMs?: number;
}

/** Asks one question at a time, again and again. Once disposed of nothing is asked, and the answer that is on its way is passed over. */
export function keepAsking<Answer>(ask: () => Promise<Answer>, take: (answer: Answer) => void, { everyMs, firstMs }: Pace): Dispose {
  let isCurrent = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = async (): Promise<void> => {
    const answer = await ask();
    if (!isCurrent) return;
    take(answer);
    if (everyMs !== null) timer = setTimeout(() => void look(), everyMs);
  };
  if (firstMs === undefined) void look();
  else timer = setTimeout(() => void look(), firstMs);
  return () => {
    isCurrent = false;
    clearTimeout(timer);
  };
}
