import type { SensorFrame } from "../../shared/codec/sensor-frame";
import type { ModelVersion } from "../../shared/fleet/ids";
import type { Dispose, Timers } from "../../shared/time";
import type { FrameEncoder } from "../edge/encoder";
import type { InferenceClient } from "./client";

/**
 * How long a version stays open that no stream uses any more, ms. A node that is taken back within this time finds
 * the version before open.
 */
export const KEPT_UNUSED_MS = 60_000;

/** An encoder that closes what is not used, until it is ended. */
export interface ThriftyEncoder extends FrameEncoder<SensorFrame> {
  /** Closes nothing any more. */
  end(): void;
}

/**
 * Closes versions that were loaded, and of which no stream's newest frame is, for KEPT_UNUSED_MS. A frame of such a
 * version that comes after all waits until it is open again; none is lost.
 */
export function closeUnusedVersions(client: Pick<InferenceClient, "load" | "encode" | "unload">, timers: Pick<Timers, "after">): ThriftyEncoder {
  /** Of each stream the version of its newest frame. */
  const usedBy = new Map<string, ModelVersion>();
  const waits = new Map<ModelVersion, Dispose>();

  function closeLater(version: ModelVersion): void {
    waits.get(version)?.();
    const isUsed = (): boolean => [...usedBy.values()].includes(version);
    const wait = timers.after(KEPT_UNUSED_MS, () => {
      waits.delete(version);
      if (!isUsed()) void client.unload(version);
    });
    waits.set(version, wait);
  }

  return {
    load: (version) => {
      closeLater(version);
      return client.load(version);
    },
    encode: (frame, version, level, repeats, stream) => {
      const before = usedBy.get(stream);
      usedBy.set(stream, version);
      if (before !== undefined && before !== version) closeLater(before);
      return client.encode(frame, version, level, repeats, stream);
    },
    end: () => {
      for (const dispose of waits.values()) dispose();
      waits.clear();
    },
  };
}
