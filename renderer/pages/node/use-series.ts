import { useEffect, useRef, useState } from "react";
import type { NodePerformance, Series } from "../../../shared/contract/channels";
import { ok, type Failure, type Result } from "../../../shared/result";
import { request } from "../../state/ops";
import { readFleet } from "../../state/store";
import { IN_MEMORY_MS, isOfHistory } from "./charts-state";
import { SeriesAsker, type SeriesBody } from "./series-asker";

/** Most points of a chart. */
const MAX_POINTS = 300;

/** Points of a chart from the history: it does not move with every tick. */
const HISTORY_POINTS = 600;
/** Ticks after which a long range that ends now is asked for again. */
const HISTORY_TICKS = 20;

/** Ticks between two looks at the summary. */
const SUMMARY_TICKS = 4;

/** The newest answer, and why there is none. The value stays while the next one is on its way. */
export interface Answer<Value> {
  readonly value: Value | null;
  readonly failure: Failure | null;
}

const NOTHING_YET = { value: null, failure: null };

/** What part of a node's samples is shown. `toMs` null is up to now. */
export interface SeriesQuery {
  readonly nodeId: string;
  readonly rangeMs: number;
  readonly toMs: number | null;
}

/** Asks the engine for what is in memory, and the history for what is older. */
async function requestSeries(body: SeriesBody): Promise<Result<Series>> {
  const newestMs = readFleet().fleet?.meta.atMs ?? 0;
  const toMs = body.toMs ?? newestMs;
  if (!isOfHistory({ rangeMs: body.rangeMs, toMs: body.toMs ?? null }, newestMs)) return request("node/series", body);
  const answer = await request("history/range", { nodeId: body.nodeId, fromMs: toMs - body.rangeMs, toMs, maxPoints: HISTORY_POINTS });
  return answer.ok ? ok(answer.value.series) : answer;
}

/** A node's samples for the charts: asked again at every tick while they end now, else once. */
export function useSeries({ nodeId, rangeMs, toMs }: SeriesQuery, tick: number): Answer<Series> {
  const [answer, setAnswer] = useState<Answer<Series>>(NOTHING_YET);
  const askerRef = useRef<SeriesAsker | null>(null);
  useEffect(() => {
    const asker = new SeriesAsker(
      requestSeries,
      (taken) => {
        if (taken.ok) setAnswer({ value: taken.value, failure: null });
        else setAnswer((before) => ({ ...before, failure: taken.error }));
      },
    );
    askerRef.current = asker;
    return () => {
      asker.stop();
    };
  }, []);
  const liveTick = toMs !== null ? 0 : rangeMs > IN_MEMORY_MS ? Math.floor(tick / HISTORY_TICKS) : tick;
  useEffect(() => {
    askerRef.current?.ask({ nodeId, rangeMs, maxPoints: MAX_POINTS, ...(toMs === null ? {} : { toMs }) });
  }, [nodeId, rangeMs, toMs, liveTick]);
  return answer;
}

/** Summary of the version now running, looked at every other second. */
export function usePerformance(nodeId: string, tick: number): Answer<NodePerformance> {
  const [answer, setAnswer] = useState<Answer<NodePerformance>>(NOTHING_YET);
  const turn = Math.floor(tick / SUMMARY_TICKS);
  useEffect(() => {
    let isCurrent = true;
    void request("node/performance", { nodeId }).then((answered) => {
      if (!isCurrent) return;
      if (answered.ok) setAnswer({ value: answered.value, failure: null });
      else setAnswer((before) => ({ ...before, failure: answered.error }));
    });
    return () => {
      isCurrent = false;
    };
  }, [nodeId, turn]);
  return answer;
}
