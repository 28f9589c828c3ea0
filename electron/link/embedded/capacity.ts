import type { Failure } from "../../../shared/result";
import type { Clock } from "../../../shared/time";

/** What one node asks of the machine. */
export interface NodeDemand {
  /** Frames a second of its profile. */
  readonly rateHz: number;
  /** Runs of the encode for each frame; above 1 its CPU is slowed by a fault. */
  readonly encodeRepeats: number;
}

/** What one round trip brought. */
export interface MeasuredEncode {
  /** Wall time of all runs of the encode, ms. */
  readonly encodeMs: number;
  readonly repeats: number;
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
  /** A request went to the inference process. Call what it returns with what it brought, null when it failed. */
  beginRoundTrip(): (encoded: MeasuredEncode | null) => void;
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

/** Sums over one review. */
interface Measured {
  /** Time in which at least one round trip was under way, less what slowed CPUs added. */
  readonly frameMs: number;
  readonly frames: number;
  /** Sum of the time of one run of each frame's encode. */
  readonly encodeMs: number;
  readonly renderMs: number;
  readonly renders: number;
}

/**
 * Measures what a frame costs: the time in which at least one round trip is under way, over the frames
 * done in it. Queues do not hide in that number, idle time does not flatter it.
 */
export function createCapacityGovernor(clock: Clock): CapacityGovernor {
  let underWay = 0;
  let busySinceMs = 0;
  let busyMs = 0;
  let addedMs = 0;
  let frames = 0;
  let encodeMs = 0;
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

  /** A sum over what is remembered, for each frame or rendering; null before there was one. */
  function mean(sum: "frameMs" | "encodeMs" | "renderMs", over: "frames" | "renders"): number | null {
    const count = remembered.reduce((total, each) => total + each[over], 0);
    return count === 0 ? null : remembered.reduce((total, each) => total + each[sum], 0) / count;
  }

  /** Frames a second that this machine can render and compress, null before anything was measured. */
  function capacityHz(): number | null {
    const frameMs = mean("frameMs", "frames");
    if (frameMs === null || frameMs <= 0) return null;
    const renderedMs = mean("renderMs", "renders") ?? 0;
    return Math.min((1000 * INFERENCE_SHARE) / frameMs, (1000 * RENDER_SHARE) / Math.max(renderedMs, 1e-6));
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
    else {
      const measured: Measured = { frameMs: Math.max(0, busyMs - addedMs), frames, encodeMs, renderMs, renders };
      remembered = [...remembered, measured].slice(-REMEMBERED_REVIEWS);
    }
    busyMs = addedMs = frames = encodeMs = failures = renderMs = renders = 0;
    reviewedAtMs = nowMs;
    return shares;
  }

  return {
    beginRoundTrip() {
      if (underWay === 0) busySinceMs = clock.monotonicMs();
      underWay += 1;
      return (encoded) => {
        underWay -= 1;
        if (underWay === 0) busyMs += clock.monotonicMs() - busySinceMs;
        if (encoded === null) {
          failures += 1;
          return;
        }
        const oneRunMs = encoded.encodeMs / encoded.repeats;
        frames += 1;
        encodeMs += oneRunMs;
        addedMs += encoded.encodeMs - oneRunMs;
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
      const frameMs = mean("frameMs", "frames");
      const oneRunMs = mean("encodeMs", "frames");
      const slowed = demands.filter((demand) => demand.encodeRepeats > 1).length;
      if (frameMs === null || oneRunMs === null || slowed === 0) return { factor, factors: demands.map(() => factor) };
      const othersHz = demandHz(demands.filter((demand) => demand.encodeRepeats <= 1));
      const othersShare = (factor * othersHz * frameMs) / 1000;
      const spareMsPerS = (1000 * Math.max(LEAST_SPARE_SHARE, INFERENCE_SHARE - othersShare)) / slowed;
      return {
        factor,
        factors: demands.map(({ rateHz, encodeRepeats }) => {
          if (encodeRepeats <= 1) return factor;
          const possibleHz = spareMsPerS / (frameMs + (encodeRepeats - 1) * oneRunMs);
          return Math.max(LEAST_FACTOR, Math.min(factor, roundedDown(possibleHz / rateHz)));
        }),
      };
    },
    notice: () => notice,
  };
}
