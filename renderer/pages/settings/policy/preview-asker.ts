import type { Policy } from "../../../../shared/policy/policy";
import type { Result } from "../../../../shared/result";

/**
 * Asks what a policy costs, one question after the other: while one is computed only the newest that came since
 * is kept, and an answer that another question made outdated is dropped.
 */
export class PreviewAsker<Answer> {
  #wanted: Policy | null = null;
  #isAsking = false;
  #isStopped = false;

  /**
   * @param request asks the engine; must not reject.
   * @param take gets the answer to the newest question, and the policy that it is of.
   */
  constructor(
    private readonly request: (policy: Policy) => Promise<Result<Answer>>,
    private readonly take: (answer: Result<Answer>, of: Policy) => void,
  ) {}

  /** Wants the cost of this policy from now on; null wants none. */
  ask(policy: Policy | null): void {
    this.#wanted = policy;
    if (!this.#isAsking && policy !== null) void this.#run(policy);
  }

  /** Ends; no answer is taken after it. */
  stop(): void {
    this.#isStopped = true;
  }

  async #run(first: Policy): Promise<void> {
    this.#isAsking = true;
    for (let policy: Policy | null = first; policy !== null; policy = this.#outdating(policy)) {
      const answer = await this.request(policy);
      if (this.#wanted === policy && !this.#isStopped) this.take(answer, policy);
    }
    this.#isAsking = false;
  }

  /** The policy that is wanted instead of this one; null where this one still is, or none. */
  #outdating(asked: Policy): Policy | null {
    return this.#isStopped || this.#wanted === asked ? null : this.#wanted;
  }
}
