import { useEffect, useRef, useState } from "react";
import type { Judgement } from "../../shared/contract/judging";
import type { Failure } from "../../shared/result";
import { request } from "../state/ops";

/** Ticks between two looks: a second. */
const LOOK_TICKS = 2;

/** The newest judgement, and why there is none. It stays while the next one is on its way. */
export interface JudgementAnswer {
  readonly judgement: Judgement | null;
  readonly failure: Failure | null;
}

const NOTHING_YET: JudgementAnswer = { judgement: null, failure: null };

/**
 * Everything that a node's verdict is made of, asked for each second while it is shown.
 * @param tick of the newest snapshot; the time is told by it.
 * @param isPaused keeps what was shown.
 */
export function useJudgement(nodeId: string, tick: number, isPaused: boolean): JudgementAnswer {
  const [answer, setAnswer] = useState<JudgementAnswer>(NOTHING_YET);
  const isAsking = useRef(false);
  const isShown = useRef(true);
  const turn = Math.floor(tick / LOOK_TICKS);
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);
  useEffect(() => {
    if (isPaused || isAsking.current) return;
    isAsking.current = true;
    void request("node/judgement", { nodeId }).then((answered) => {
      isAsking.current = false;
      if (!isShown.current) return;
      if (answered.ok) setAnswer({ judgement: answered.value, failure: null });
      else setAnswer((before) => ({ ...before, failure: answered.error }));
    });
  }, [nodeId, turn, isPaused]);
  return answer;
}
