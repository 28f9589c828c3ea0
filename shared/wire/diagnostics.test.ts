import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeDiagnostics, DIAGNOSTIC_LEVELS, encodeDiagnostics, type DiagnosticArray } from "./diagnostics";
import { parseFleetMessage } from "./message";
import { DIAGNOSTICS_TOPIC, DIAGNOSTICS_TYPE } from "./topics";

/**
 * Serialised by rclpy 7.1.6 (Fast CDR): stamp 1700000000.5, frame "base", WARN "edge_7: machine", "hot", "orin",
 * cpu_percent 93.5. Fast CDR leaves in its padding whatever was there.
 */
const RCLPY =
  "0001000000f153650065cd1d0500000062617365007f000001000000017f000010000000656467655f373a206d616368696e650004000000686f7400050000006f72696e" +
  "007f0000010000000c0000006370755f70657263656e74000500000039332e3500";
/** The same: no stamp, no frame, OK "a", an empty message, "é", no values. */
const RCLPY_PLAIN = "00010000000000000000000001000000006d736701000000005f3a3a0200000061007374010000000061795f03000000c3a9006f00000000";

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "hex"));
}

const text = fc.string({ unit: "grapheme", maxLength: 30 }).filter((each) => !each.includes("\0"));
const array: fc.Arbitrary<DiagnosticArray> = fc.record({
  sentAtMs: fc.nat(2_000_000_000).map((seconds) => seconds * 1_000 + 250),
  statuses: fc.array(
    fc.record({
      level: fc.constantFrom(...DIAGNOSTIC_LEVELS),
      name: text.filter((each) => each.trim() !== ""),
      message: text,
      hardwareId: text,
      values: fc.array(fc.record({ key: text, value: text }), { maxLength: 8 }),
    }),
    { maxLength: 5 },
  ),
});

describe("diagnostics on the wire", () => {
  it("are those of rclpy", () => {
    const said: DiagnosticArray = {
      sentAtMs: 1_700_000_000_500,
      statuses: [{ level: "warn", name: "edge_7: machine", message: "hot", hardwareId: "orin", values: [{ key: "cpu_percent", value: "93.5" }] }],
    };
    expect(decodeDiagnostics(hex(RCLPY))).toEqual({ ok: true, value: said });
    const plain: DiagnosticArray = { sentAtMs: 0, statuses: [{ level: "ok", name: "a", message: "", hardwareId: "é", values: [] }] };
    expect(decodeDiagnostics(hex(RCLPY_PLAIN))).toEqual({ ok: true, value: plain });
    // Byte for byte what rclpy writes, but for the padding.
    const padding = /6d7367(?=01000000005f3a3a)|(?<=0100000000)5f3a3a|(?<=6100)7374|(?<=0100000000)61795f|(?<=c3a900)6f/g;
    const zeros = (bytes: string): string => bytes.replaceAll(padding, (each) => "0".repeat(each.length));
    expect(Buffer.from(encodeDiagnostics(plain)).toString("hex")).toBe(zeros(RCLPY_PLAIN));
  });

  it("come back as they went in", () => {
    fc.assert(
      fc.property(array, (said) => {
        expect(decodeDiagnostics(encodeDiagnostics(said))).toEqual({ ok: true, value: said });
      }),
    );
  });

  it("are read or refused, whatever the bytes are", () => {
    const codes = new Set(["BAD_CDR", "BAD_DIAGNOSTICS"]);
    const whole = encodeDiagnostics({ sentAtMs: 0, statuses: [{ level: "ok", name: "a", message: "b", hardwareId: "c", values: [{ key: "d", value: "e" }] }] });
    const damaged = fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, byte]) => whole.with(at, byte));
    const cut = fc.nat(whole.length - 1).map((length) => whole.slice(0, length));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 80 }), damaged, cut), (bytes) => {
        const read = decodeDiagnostics(bytes);
        expect(read.ok || codes.has(read.error.code)).toBe(true);
      }),
    );
  });

  it("are refused with a level that ROS does not have, and without a name", () => {
    const status = { level: "ok", name: "a: b", message: "", hardwareId: "", values: [] } as const;
    const bytes = encodeDiagnostics({ sentAtMs: 0, statuses: [status] });
    // Header 4, stamp 8, empty frame id 5 and its padding 3, count 4.
    expect(decodeDiagnostics(bytes.with(24, 4))).toMatchObject({ error: { code: "BAD_DIAGNOSTICS" } });
    expect(decodeDiagnostics(encodeDiagnostics({ sentAtMs: 0, statuses: [{ ...status, name: " " }] }))).toMatchObject({ error: { code: "BAD_DIAGNOSTICS" } });
  });

  it("are refused when they claim more than their bytes hold", () => {
    const bytes = encodeDiagnostics({ sentAtMs: 0, statuses: [] });
    const lying = Uint8Array.from(bytes);
    new DataView(lying.buffer).setUint32(lying.length - 4, 0xffffffff, true);
    expect(decodeDiagnostics(lying)).toMatchObject({ error: { code: "BAD_CDR" } });
  });

  it("are the graph's, on one topic and with one type", () => {
    const message = { topic: DIAGNOSTICS_TOPIC, type: DIAGNOSTICS_TYPE, bytes: hex(RCLPY), receivedAtMs: 1 };
    expect(parseFleetMessage(message)).toMatchObject({ ok: true, value: { kind: "diagnostics" } });
    expect(parseFleetMessage({ ...message, type: "std_msgs/msg/String" })).toMatchObject({ ok: true, value: { kind: "ignored" } });
    expect(parseFleetMessage({ ...message, bytes: Uint8Array.of(1) })).toMatchObject({ ok: false });
  });
});
