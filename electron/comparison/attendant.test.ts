import { describe, expect, it } from "vitest";
import { fail, ok } from "../../shared/result";
import { fakeSession } from "../edge/codec/fake-session";
import type { VerifiedModel } from "../registry/registry";
import { createAttendant, type AttendantParts } from "./attendant";
import type { ComparisonJob, ComparisonReply } from "./protocol";

const JOB: ComparisonJob = { places: ["models"], versionA: "1.0.0", versionB: "1.1.0", frames: { source: "held-out", size: "quick" } };

/** As much of a verified model as opening looks at; a session is made from its version. */
function modelOf(version: string): VerifiedModel {
  return { manifest: { version, family: "fake", drill: false }, manifestSha256: "h" } as unknown as VerifiedModel;
}

function attended(change: Partial<AttendantParts> = {}) {
  const replies: ComparisonReply[] = [];
  const opened: ReturnType<typeof fakeSession>[] = [];
  const attendant = createAttendant({
    readModel: (_places, version) => Promise.resolve(ok(modelOf(version))),
    openModel: ({ manifest }) => {
      const session = fakeSession(manifest.version);
      opened.push(session);
      return Promise.resolve(ok(session));
    },
    loadReferences: () => Promise.resolve(fail("NOT_AVAILABLE", "not here")),
    processorMs: () => 0,
    wallMs: () => 0,
    post: (reply) => replies.push(reply),
    breathe: () => Promise.resolve(),
    ...change,
  });
  return { attendant, replies, opened };
}

describe("the process that compares", { timeout: 30_000 }, () => {
  it("makes a picture that is asked for while it measures between two of its steps", async () => {
    const replies: ComparisonReply[] = [];
    const { attendant } = attended({
      post: (reply) => {
        replies.push(reply);
        if (reply.kind === "progress" && reply.done === 1) attendant.receive({ kind: "show", requestId: 2, frame: 0, levelA: 1, levelB: 1 });
      },
    });
    attendant.receive({ kind: "open", requestId: 0, job: JOB });
    attendant.receive({ kind: "measure", requestId: 1 });
    await attendant.idle();
    const kinds = replies.map((reply) => reply.kind);
    expect(kinds.slice(0, 3), "in the first breath after the first step").toEqual(["opened", "progress", "shown"]);
    expect(kinds.at(-1)).toBe("measured");
  });

  it("says what is wrong with a version, and closes the other one", async () => {
    const { attendant, replies, opened } = attended({
      readModel: (_places, version) =>
        Promise.resolve(version === "1.1.0" ? fail("HASH_MISMATCH", "1.1.0 is not what its manifest names.") : ok(modelOf(version))),
    });
    attendant.receive({ kind: "open", requestId: 0, job: JOB });
    attendant.receive({ kind: "measure", requestId: 1 });
    await attendant.idle();
    expect(replies.map((reply) => (reply.kind === "failed" ? reply.code : reply.kind))).toEqual(["HASH_MISMATCH", "HASH_MISMATCH"]);
    expect(opened.map((session) => session.isClosed())).toEqual([true]);
  });

  it("answers with MODEL_LOAD_FAILED when a model throws while it runs", async () => {
    const { attendant, replies } = attended({
      openModel: ({ manifest }) =>
        Promise.resolve(ok({ ...fakeSession(manifest.version), analyse: () => Promise.reject(new Error("bad allocation\nstack")) })),
    });
    attendant.receive({ kind: "open", requestId: 0, job: JOB });
    attendant.receive({ kind: "measure", requestId: 1 });
    attendant.receive({ kind: "show", requestId: 2, frame: 0, levelA: 1, levelB: 1 });
    await attendant.idle();
    const failures = replies.filter((reply) => reply.kind === "failed");
    expect(failures.map((reply) => reply.code)).toEqual(["MODEL_LOAD_FAILED", "MODEL_LOAD_FAILED"]);
    expect(failures[0]?.message).toBe("A model failed while it ran: bad allocation");
  });

  it("refuses to measure what was never opened, and a version against itself", async () => {
    const { attendant, replies } = attended();
    attendant.receive({ kind: "measure", requestId: 0 });
    attendant.receive({ kind: "open", requestId: 1, job: { ...JOB, versionB: "1.0.0" } });
    attendant.receive("nonsense");
    await attendant.idle();
    expect(replies.map((reply) => (reply.kind === "failed" ? reply.code : reply.kind))).toEqual(["BAD_REQUEST", "BAD_REQUEST"]);
  });
});
