import type { Failure } from "../../../shared/result";
import type { Clock } from "../../../shared/time";

/** What one node asks of the machine. */
export interface NodeDemand {
  /** Frames a second of its profile. */
  readonly rateHz: number;
  /** Runs of the encode for each frame; above 1 its CPU is slowed by a fault. */
  readonly encodeRepeats: number;
}

/** At which share of its profile's rate each node runs. */
export interface RateShares {
  /** For every node whose CPU is not slowed, > 0 to 1. */
  readonly factor: number;
  /** One for each demand, in their order; a slowed node's is lower, since it takes only what is left over. */
  readonly factors: readonly number[];
}

/** Keeps the fleet's demand within what this machine really does. */
export interface CapacityGovernor {
  /** A request went to the inference process. Call what it returns with the number of encodes done, 0 when it failed. */
  beginRoundTrip(): (encodesDone: number) => void;
  /** The inference process is new: its first frames are slow and say nothing about the others. */
  inferenceCameUp(): void;
  /** One sensor frame was rendered. */
  rendered(tookMs: number): void;
  /** Judges the time since the last review; to be called about once a second. */
  review(demands: readonly NodeDemand[]): void;
  shares(demands: readonly NodeDemand[]): RateShares;
  /** FRAME_RATE_LOWERED with the numbers that were measured when the rate was set; null at full rate. */
  notice(): Failure<"FRAME_RATE_LOWERED"> | null;
}

/** How much of the wall clock round trips may fill before frames begin to be skipped. */
const INFERENCE_SHARE = 0.85;
/** How much of the main process rendering may take; the rest is for the window and the wire. */
const RENDER_SHARE = 0.4;
/** Above this share of busy time the inference process is saturated. */
const SATURATED_SHARE = 0.95;
/** Reviews after a start of the inference process from which nothing is learned. */
const SETTLING_REVIEWS = 3;
/** Reviews in a row that must show saturation: loading a model or a busy second is none. */
const REVIEWS_BEFORE_LOWERING = 3;
/** Reviews in a row that must show room. */
const REVIEWS_BEFORE_RAISING = 5;
/** Room below this gain is not worth a change of rate. */
const WORTHWHILE_GAIN = 1.1;
/** Reviews over which costs are averaged. */
const REMEMBERED_REVIEWS = 5;
/** A slowed node still runs when nothing is left over. */
const LEAST_SPARE_SHARE = 0.05;
/** No node sleeps for good. */
const LEAST_FACTOR = 0.01;

/** To a power of this, a slowed node's share is rounded down, so that it does not change with every review. */
const SHARE_STEP = 1.25;

function roundedDown(share: number): number {
  return SHARE_STEP ** Math.floor(Math.log(share) / Math.log(SHARE_STEP));
}

interface Measured {
  readonly busyMs: number;
  readonly encodes: number;
  readonly renderMs: number;
  readonly renders: number;
}

/**
 * Measures what an encode costs: the time in which at least one round trip is under way, over the encodes
 * done in it. Queues do not hide in that number, idle time does not flatter it.
 */
export function createCapacityGovernor(clock: Clock): CapacityGovernor {
  let underWay = 0;
  let busySinceMs = 0;
  let busyMs = 0;
  let encodes = 0;
  let failures = 0;
  let renderMs = 0;
  let renders = 0;
  let reviewedAtMs = clock.monotonicMs();
  let remembered: readonly Measured[] = [];
  let saturatedInRow = 0;
  let roomyInRow = 0;
  let settling = SETTLING_REVIEWS;
  let factor = 1;
  let notice: Failure<"FRAME_RATE_LOWERED"> | null = null;

  /** Mean ms of one encode, null before anything was measured. */
  function encodeCostMs(): number | null {
    const done = remembered.reduce((sum, each) => sum + each.encodes, 0);
    if (done === 0) return null;
    return remembered.reduce((sum, each) => sum + each.busyMs, 0) / done;
  }

  function renderCostMs(): number {
    const done = remembered.reduce((sum, each) => sum + each.renders, 0);
    return done === 0 ? 0 : remembered.reduce((sum, each) => sum + each.renderMs, 0) / done;
  }

  /** Frames a second that this machine can render and compress, null before anything was measured. */
  function capacityHz(): number | null {
    const encodeMs = encodeCostMs();
    if (encodeMs === null || encodeMs <= 0) return null;
    return Math.min((1000 * INFERENCE_SHARE) / encodeMs, (1000 * RENDER_SHARE) / Math.max(renderCostMs(), 1e-6));
  }

  function demandHz(demands: readonly NodeDemand[]): number {
    return demands.reduce((sum, demand) => sum + demand.rateHz, 0);
  }

  /** A time in which the process failed or warmed up says nothing about what it can do. */
  function forget(): void {
    remembered = [];
    settling = SETTLING_REVIEWS;
    saturatedInRow = 0;
    roomyInRow = 0;
  }

  function setFactor(next: number, capacity: number, demands: readonly NodeDemand[]): void {
    factor = next;
    saturatedInRow = 0;
    roomyInRow = 0;
    const percent = Math.max(1, Math.round(factor * 100));
    notice =
      factor >= 1
        ? null
        : {
            code: "FRAME_RATE_LOWERED",
            message:
              `This machine compresses about ${String(Math.max(1, Math.round(capacity)))} frames/s; ` +
              `${String(demands.length)} nodes ask for ${String(Math.round(demandHz(demands)))}. ` +
              `Every node runs at ${String(percent)} % of its rate.`,
          };
  }

  function closeWindow(nowMs: number): { readonly busyShare: number; readonly renderShare: number } {
    if (underWay > 0) {
      busyMs += nowMs - busySinceMs;
      busySinceMs = nowMs;
    }
    const windowMs = Math.max(1, nowMs - reviewedAtMs);
    const shares = { busyShare: busyMs / windowMs, renderShare: renderMs / windowMs };
    if (failures > 0) forget();
    else if (settling > 0) settling -= 1;
    else remembered = [...remembered, { busyMs, encodes, renderMs, renders }].slice(-REMEMBERED_REVIEWS);
    busyMs = encodes = failures = renderMs = renders = 0;
    reviewedAtMs = nowMs;
    return shares;
  }

  return {
    beginRoundTrip() {
      if (underWay === 0) busySinceMs = clock.monotonicMs();
      underWay += 1;
      return (encodesDone) => {
        underWay -= 1;
        if (underWay === 0) busyMs += clock.monotonicMs() - busySinceMs;
        encodes += encodesDone;
        if (encodesDone === 0) failures += 1;
      };
    },
    inferenceCameUp: forget,
    rendered(tookMs) {
      renderMs += tookMs;
      renders += 1;
    },
    review(demands) {
      const { busyShare, renderShare } = closeWindow(clock.monotonicMs());
      const capacity = capacityHz();
      if (capacity === null) return;
      const target = Math.max(LEAST_FACTOR, Math.min(1, capacity / demandHz(demands)));
      const isSaturated = busyShare > SATURATED_SHARE || renderShare > RENDER_SHARE;
      saturatedInRow = isSaturated && target < factor ? saturatedInRow + 1 : 0;
      const isRoomy = factor < 1 && (target >= factor * WORTHWHILE_GAIN || target === 1);
      roomyInRow = isRoomy ? roomyInRow + 1 : 0;
      if (saturatedInRow >= REVIEWS_BEFORE_LOWERING || roomyInRow >= REVIEWS_BEFORE_RAISING) {
        setFactor(target, capacity, demands);
      }
    },
    shares(demands) {
      const encodeMs = encodeCostMs();
      const slowed = demands.filter((demand) => demand.encodeRepeats > 1).length;
      if (encodeMs === null || slowed === 0) return { factor, factors: demands.map(() => factor) };
      const othersHz = demandHz(demands.filter((demand) => demand.encodeRepeats <= 1));
      const othersShare = (factor * othersHz * encodeMs) / 1000;
      const spareShare = Math.max(LEAST_SPARE_SHARE, INFERENCE_SHARE - othersShare) / slowed;
      return {
        factor,
        factors: demands.map(({ rateHz, encodeRepeats }) => {
          if (encodeRepeats <= 1) return factor;
          const possibleHz = (spareShare * 1000) / (encodeRepeats * encodeMs);
          return Math.max(LEAST_FACTOR, Math.min(factor, roundedDown(possibleHz / rateHz)));
        }),
      };
    },
    notice: () => notice,
  };
}
