import type { ModelVersion } from "../../../shared/fleet/ids";
import type { Timers } from "../../../shared/time";
import { fakeEncoder, fakeRig, type FakeEncoder, type FakeFrame } from "../../edge/fake-encoder";
import { listeners } from "../../supervision/listeners";
import { createEmbeddedLink, type EmbeddedLink, type EmbeddedLinkOptions } from "./embedded-link";

/** The versions that a fake fleet knows. */
export const FAKE_VERSIONS = {
  initial: "1.0.0" as ModelVersion,
  deployable: "1.1.0" as ModelVersion,
  unknown: "9.9.9" as ModelVersion,
};

/** An embedded fleet whose models are fakes, in whatever time it is given. */
export interface FakeFleet {
  readonly link: EmbeddedLink;
  readonly encoder: FakeEncoder;
  /** Takes the inference process away, or brings it back. */
  setInferenceUp(isUp: boolean): void;
}

/** Builds an embedded link on {@link fakeEncoder}. */
export function fakeFleet(timers: Timers, options: Partial<EmbeddedLinkOptions<FakeFrame>> = {}): FakeFleet {
  const encoder = fakeEncoder(timers);
  encoder.broken.set(FAKE_VERSIONS.unknown, "UNKNOWN_VERSION");
  const up = listeners<null>();
  const down = listeners<null>();
  const link = createEmbeddedLink<FakeFrame>({
    seed: 7,
    timers,
    inference: {
      ...encoder,
      load: (version) => encoder.load(version),
      encode: (frame, version, level, repeats, stream) => encoder.encode(frame, version, level, repeats, stream),
      onUp(listener) {
        const dispose = up.add(listener);
        if (!encoder.isDown) listener();
        return dispose;
      },
      onDown: down.add,
    },
    initialVersion: FAKE_VERSIONS.initial,
    compressionLevel: 0.5,
    healthyNoiseSigma: 2,
    createRig: (plan) => fakeRig(Number(plan.nodeId.slice("node_".length)) + plan.seed * 100),
    ...options,
  });
  return {
    link,
    encoder,
    setInferenceUp(isUp) {
      encoder.isDown = !isUp;
      if (isUp) up.tell(null);
      else down.tell(null);
    },
  };
}
