import type { RequestBody, Series } from "../../../shared/contract/channels";
import type { Result } from "../../../shared/result";

/** What part of which node's samples is asked for. */
export type SeriesBody = RequestBody<"node/series">;

/**
 * Asks for one stretch of samples after the other, never for two at once. While an answer is awaited
 * the same stretch is not asked for again (a tick is left out); another one is asked for next, and the
 * answer that it made outdated is dropped.
 */
export class SeriesAsker {
  #wanted: SeriesBody | null = null;
  #isAsking = false;
  #isStopped = false;

  /**
   * @param request asks the engine; must not reject.
   * @param take gets every answer that is still wanted.
   */
  constructor(
    private readonly request: (body: SeriesBody) => Promise<Result<Series>>,
    private readonly take: (answer: Result<Series>) => void,
  ) {}

  /** Wants a stretch from now on. */
  ask(body: SeriesBody): void {
    this.#wanted = body;
    if (!this.#isAsking) void this.#run(body);
  }

  /** Ends; no answer is taken after it. */
  stop(): void {
    this.#isStopped = true;
  }

  async #run(first: SeriesBody): Promise<void> {
    this.#isAsking = true;
    for (let body: SeriesBody | null = first; body !== null; body = this.#outdating(body)) {
      const answer = await this.request(body);
      if (this.#outdating(body) === null && !this.#isStopped) this.take(answer);
    }
    this.#isAsking = false;
  }

  /** The stretch that is wanted instead of this one; null where this one still is, or nothing is. */
  #outdating(asked: SeriesBody): SeriesBody | null {
    const wanted = this.#wanted;
    if (wanted === null || this.#isStopped) return null;
    const isSame = wanted.nodeId === asked.nodeId && wanted.rangeMs === asked.rangeMs && wanted.toMs === asked.toMs;
    return isSame ? null : wanted;
  }
}
