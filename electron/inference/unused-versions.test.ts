import { describe, expect, it } from "vitest";
import type { SensorFrame } from "../../shared/codec/sensor-frame";
import type { ModelVersion } from "../../shared/fleet/ids";
import { fail, ok } from "../../shared/result";
import { createSensorRig } from "../edge/sensors/rig";
import { virtualTimers } from "../time/virtual-timers";
import { closeUnusedVersions, KEPT_UNUSED_MS } from "./unused-versions";

const [OLD, NEW] = ["1.1.0" as ModelVersion, "2.0.0" as ModelVersion];
const FRAME: SensorFrame = createSensorRig({ seed: 3, vertical: "iot" }).sample(0);

function setUp() {
  const timers = virtualTimers();
  const closed: string[] = [];
  const encoder = closeUnusedVersions(
    {
      load: () => Promise.resolve(ok(null)),
      encode: () => Promise.resolve(fail("BAD_REQUEST", "Nothing is compressed here.")),
      unload: (version) => {
        closed.push(version);
        return Promise.resolve(ok(null));
      },
    },
    timers,
  );
  const encode = (version: ModelVersion, stream: string) => encoder.encode(FRAME, version, 0.5, 1, stream);
  return { timers, closed, encoder, encode };
}

describe("versions that nobody uses", () => {
  it("are closed a while after the last node has left them, not before", async () => {
    const { timers, closed, encoder, encode } = setUp();
    for (const node of ["node_0", "node_1"]) {
      await encoder.load(OLD);
      await encode(OLD, node);
    }
    await encoder.load(NEW);
    await encode(NEW, "node_0");
    timers.advance(2 * KEPT_UNUSED_MS);
    expect(closed, "node_1 still uses it").toEqual([]);
    await encode(NEW, "node_1");
    timers.advance(KEPT_UNUSED_MS - 1);
    expect(closed).toEqual([]);
    timers.advance(1);
    expect(closed).toEqual([OLD]);
  });

  it("stay open for a node that comes back", async () => {
    const { timers, closed, encode } = setUp();
    await encode(OLD, "node_0");
    await encode(NEW, "node_0");
    timers.advance(KEPT_UNUSED_MS / 2);
    await encode(OLD, "node_0");
    timers.advance(2 * KEPT_UNUSED_MS);
    expect(closed).toEqual([NEW]);
  });

  it("are closed too where no frame ever came of them", async () => {
    const { timers, closed, encoder } = setUp();
    await encoder.load(NEW);
    timers.advance(KEPT_UNUSED_MS);
    expect(closed).toEqual([NEW]);
  });

  it("are left alone after the end", async () => {
    const { timers, closed, encoder } = setUp();
    await encoder.load(NEW);
    encoder.end();
    timers.advance(2 * KEPT_UNUSED_MS);
    expect(closed).toEqual([]);
  });
});
