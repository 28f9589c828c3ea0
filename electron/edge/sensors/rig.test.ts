import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { SensorFrame } from "../../../shared/codec/sensor-frame";
import { createSensorRig } from "./rig";
import { cosine, sine } from "../../../shared/trigonometry";

function digest(frame: SensorFrame): string {
  const hash = createHash("sha256");
  for (const part of [frame.camera.rgb, frame.lidar, frame.imu, frame.audio, frame.twist]) {
    if (part !== null) hash.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  }
  return hash.digest("hex");
}

function roughness(rgb: Uint8Array): number {
  let sum = 0;
  for (let i = 3; i < rgb.length; i++) sum += Math.abs((rgb[i] ?? 0) - (rgb[i - 3] ?? 0));
  return sum / rgb.length;
}

describe("a sensor rig", () => {
  it("gives the same bytes for the same seed and frame, whatever was sampled before", () => {
    const one = createSensorRig({ seed: 5, vertical: "drone" });
    const other = createSensorRig({ seed: 5, vertical: "drone" });
    other.sample(0);
    other.sample(31);
    expect(digest(other.sample(12))).toBe(digest(one.sample(12)));
  });

  it("gives other bytes for another seed and for another frame", () => {
    const rig = createSensorRig({ seed: 5, vertical: "iot" });
    const frames = [rig.sample(0), rig.sample(1), createSensorRig({ seed: 6, vertical: "iot" }).sample(0)];
    expect(new Set(frames.map(digest)).size).toBe(3);
  });

  it("senses what its profile names", () => {
    const drone = createSensorRig({ seed: 1, vertical: "drone" });
    const iot = createSensorRig({ seed: 1, vertical: "iot" });
    expect([drone.rateHz, iot.rateHz]).toEqual([10, 2]);
    const flying = drone.sample(3);
    const standing = iot.sample(3);
    expect(flying.camera.rgb.length).toBe(320 * 240 * 3);
    expect([flying.lidar.length, standing.lidar.length]).toEqual([192, 96]);
    expect([flying.audio.length, standing.audio.length]).toEqual([4096, 1024]);
    expect([flying.imu.length, standing.imu.length]).toEqual([6, 6]);
    expect(flying.twist?.length).toBe(6);
    expect(standing.twist).toBeNull();
  });

  it("never gives a value that is not finite, and keeps the picture within its exposure", () => {
    for (let seed = 0; seed < 8; seed++) {
      const frame = createSensorRig({ seed, vertical: seed % 2 === 0 ? "drone" : "iot" }).sample(seed * 97);
      for (const part of [frame.lidar, frame.imu, frame.twist ?? new Float32Array(0)]) {
        expect(part.every((value) => Number.isFinite(value))).toBe(true);
      }
      const mean = frame.camera.rgb.reduce((sum, value) => sum + value, 0) / frame.camera.rgb.length;
      expect(mean).toBeGreaterThan(20);
      expect(mean).toBeLessThan(220);
    }
  });

  it("moves: the pictures of a drone change, and inertia and command agree on turning", () => {
    const rig = createSensorRig({ seed: 11, vertical: "drone" });
    const first = rig.sample(0);
    const later = rig.sample(10);
    let changed = 0;
    for (let i = 0; i < first.camera.rgb.length; i++) {
      if (Math.abs((first.camera.rgb[i] ?? 0) - (later.camera.rgb[i] ?? 0)) > 16) changed++;
    }
    expect(changed / first.camera.rgb.length).toBeGreaterThan(0.05);
    expect(Math.abs((later.imu[5] ?? 0) - (later.twist?.[5] ?? 0))).toBeLessThan(0.03);
    expect(Math.abs((later.imu[2] ?? 0) - 9.8)).toBeLessThan(1.5);
  });

  it("grows rougher pictures with camera noise and recovers when it ends", () => {
    const rig = createSensorRig({ seed: 2, vertical: "iot" });
    const healthy = digest(rig.sample(4));
    const calm = roughness(rig.sample(4).camera.rgb);
    rig.setCameraNoise(25);
    expect(roughness(rig.sample(4).camera.rgb)).toBeGreaterThan(2 * calm);
    rig.setCameraNoise(2);
    expect(digest(rig.sample(4))).toBe(healthy);
    expect(() => rig.setCameraNoise(Number.NaN)).toThrow();
  });

  it("computes sines as the engine does, to eleven digits", () => {
    for (let angle = -40; angle < 40; angle += 0.37) {
      expect(Math.abs(sine(angle) - Math.sin(angle))).toBeLessThan(1e-10);
      expect(Math.abs(cosine(angle) - Math.cos(angle))).toBeLessThan(1e-10);
    }
  });
});
