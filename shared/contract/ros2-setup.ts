import * as v from "valibot";
import { ERROR_CODES, type ErrorCode } from "./errors";

/** The steps of an installation of ROS 2, in order. `ros2` and `compile` are left out where they are not needed. */
export const SETUP_STEPS = ["ros2", "client", "compile", "messages", "trial"] as const;

/** One of {@link SETUP_STEPS}. */
export type SetupStep = (typeof SETUP_STEPS)[number];

/** Each step in words. */
export const SETUP_STEP_WORDS: Readonly<Record<SetupStep, string>> = {
  ros2: "installing ROS 2 jazzy",
  client: "fetching rclnodejs",
  compile: "compiling rclnodejs",
  messages: "generating messages",
  trial: "trying whether it loads",
};

const finite = v.pipe(v.number(), v.finite());
const stepSchema = v.picklist(SETUP_STEPS);
const errorCodes = Object.keys(ERROR_CODES) as ErrorCode[];

/** A line of `./lydlr ros2 install --json` while it is at work: the step that begins. */
export const setupProgressSchema = v.strictObject({
  type: v.literal("progress"),
  step: stepSchema,
  sentence: v.string(),
  /** Since the installation began. */
  elapsedMs: finite,
});
export type SetupProgress = v.InferOutput<typeof setupProgressSchema>;

/** Where an installation that the window began stands. Times: Unix ms. */
export const setupViewSchema = v.variant("state", [
  v.strictObject({ state: v.literal("idle") }),
  v.strictObject({
    state: v.picklist(["running", "cancelling"]),
    startedAtMs: finite,
    /** Steps that have begun, the last one is at work. */
    steps: v.array(v.strictObject({ step: stepSchema, atMs: finite })),
  }),
  v.strictObject({ state: v.literal("succeeded"), tookMs: finite, sentence: v.string() }),
  v.strictObject({ state: v.literal("failed"), tookMs: finite, code: v.picklist(errorCodes), message: v.string() }),
  v.strictObject({ state: v.literal("cancelled"), tookMs: finite }),
]);
export type SetupView = v.InferOutput<typeof setupViewSchema>;

/** What `./lydlr ros2 doctor` says. */
export const doctorReportSchema = v.strictObject({
  isWell: v.boolean(),
  lines: v.array(v.strictObject({ what: v.string(), text: v.string() })),
});
export type DoctorReport = v.InferOutput<typeof doctorReportSchema>;

const nothing = v.strictObject({});

/** Requests about ROS 2 on this machine; part of the one table in channels.ts. */
export const ROS2_REQUESTS = {
  /** Runs the installation; begun twice it is one. */
  "ros2/set-up": { body: nothing, reply: setupViewSchema },
  /** Ends it and answers once it has ended; what was there before stays. */
  "ros2/cancel-set-up": { body: nothing, reply: setupViewSchema },
  "ros2/set-up-state": { body: nothing, reply: setupViewSchema },
  /** Runs what `./lydlr ros2 doctor` runs. */
  "ros2/doctor": { body: nothing, reply: doctorReportSchema },
  /** Ends the application and starts it again on that link, with the same options. */
  "app/relaunch": { body: v.strictObject({ link: v.picklist(["ros2", "embedded"]) }), reply: nothing },
} as const;

/** Pushes about it. */
export const ROS2_PUSHES = {
  "push/ros2-set-up": setupViewSchema,
} as const;
