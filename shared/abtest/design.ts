import { fail, ok, type Result } from "../result";
import { type Arms, type Design } from "./arms";
import { firstLook } from "./looks";
import type { TestRequest } from "./request";

/** A design for these nodes: whether it can be had, and the sentence that says why or what it costs. */
export interface DesignChoice {
  readonly design: Design;
  readonly isPossible: boolean;
  readonly sentence: string;
}

/** Fewest nodes of an arm that is not swapped. */
export const LEAST_REPLICAS = 3;
/** Most blocks of a test: 4 h of 15 s. More look for their critical value too long. */
const MOST_BLOCKS = 960;
const CONFOUNDED = "One node per arm and no swapping: version and node cannot be told apart.";

/** Every design with what it needs and whether these nodes have it, best first. */
export function designChoices({ nodesA, nodesB, canSwap, canCalibrate }: Arms): readonly DesignChoice[] {
  const isOnePerArm = nodesA.length === 1 && nodesB.length === 1;
  const fewest = Math.min(nodesA.length, nodesB.length);
  const crossover = !isOnePerArm ? "Refused: swapping needs one node an arm." : canSwap ? "Both versions run on both nodes, swapped in blocks. Node and version can be told apart." : CONFOUNDED;
  const parallel = !isOnePerArm ? "Refused: a calibrated comparison needs one node an arm." : canCalibrate ? "A common version first, then one an arm. Weaker: a change in one scene looks like a version." : CONFOUNDED;
  const replicated = fewest >= LEAST_REPLICAS ? "Three or more nodes in each arm, no swapping. The spread of nodes is part of the error." : `Refused: needs ${LEAST_REPLICAS} nodes an arm, there ${fewest === 1 ? "is" : "are"} ${fewest}.`;
  return [
    { design: "crossover", isPossible: isOnePerArm && canSwap, sentence: crossover },
    { design: "parallel", isPossible: isOnePerArm && canCalibrate, sentence: parallel },
    { design: "replicated", isPossible: fewest >= LEAST_REPLICAS, sentence: replicated },
  ];
}

/** The design asked for, or the best one possible. NOT_IDENTIFIED or IMPOSSIBLE_VALUE with the sentence. */
export function judgeDesign(request: TestRequest): Result<Design> {
  const { arms, alpha, blockMs, washOutMs, longestMs, periodMs, smallestDifference, guardrails } = request;
  const all = [...arms.nodesA, ...arms.nodesB];
  if (new Set(all).size !== all.length) return fail("NOT_IDENTIFIED", "A node is in both arms. Each node belongs to one.");
  if (!(alpha >= 1e-4 && alpha <= 0.2)) return fail("IMPOSSIBLE_VALUE", "alpha is from 0.0001 to 0.2.");
  if (!(smallestDifference > 0 && Number.isFinite(smallestDifference))) return fail("IMPOSSIBLE_VALUE", "The smallest difference that matters is above 0.");
  if (!guardrails.every(({ allowed }) => allowed >= 0 && Number.isFinite(allowed))) return fail("IMPOSSIBLE_VALUE", "What a guardrail allows is 0 or more.");
  if (!(periodMs > 0 && washOutMs >= 0 && blockMs - washOutMs >= 8 * periodMs)) return fail("IMPOSSIBLE_VALUE", "A block needs 8 samples after its wash-out.");
  if (!(longestMs <= MOST_BLOCKS * blockMs)) return fail("IMPOSSIBLE_VALUE", `A test has ${MOST_BLOCKS} blocks at most. Longer tests take longer blocks.`);
  const choices = designChoices(arms);
  const chosen = request.design === null ? choices.find(({ isPossible }) => isPossible) : choices.find(({ design }) => design === request.design);
  if (chosen === undefined) {
    const isOnePerArm = arms.nodesA.length === 1 && arms.nodesB.length === 1;
    return fail("NOT_IDENTIFIED", isOnePerArm ? CONFOUNDED : (choices.at(-1)?.sentence ?? CONFOUNDED));
  }
  if (!chosen.isPossible) return fail("NOT_IDENTIFIED", chosen.sentence);
  if (!(longestMs >= firstLook(chosen.design) * blockMs)) return fail("IMPOSSIBLE_VALUE", `The test needs time for ${firstLook(chosen.design)} blocks.`);
  return ok(chosen.design);
}
