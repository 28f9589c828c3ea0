import * as v from "valibot";
import { REPORT_FORMATS } from "../report/formats";

/** Reports and exports as they cross between the main process and the window, and the socket of `./lydlr ctl`. */

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
/** Unix ms that a date can be made of. */
const moment = v.pipe(finite, v.minValue(0), v.maxValue(8.64e15));
const nothing = v.strictObject({});

export const reportFormatSchema = v.picklist(REPORT_FORMATS);

/** Of what a report is made. */
export const reportScopeSchema = v.strictObject({
  fromMs: moment,
  toMs: moment,
  /** Empty: every node. */
  nodeIds: v.pipe(v.array(id), v.maxLength(500)),
  /** Empty: every version. */
  versions: v.pipe(v.array(id), v.maxLength(100)),
});

/** A report that was written. */
export const reportFileSchema = v.strictObject({ path: v.string(), format: reportFormatSchema, bytes: count, samples: count, events: count });
export type ReportFile = v.InferOutput<typeof reportFileSchema>;

/** Where the report stands that is written now, or was written last. */
export const reportViewSchema = v.variant("phase", [
  v.strictObject({ phase: v.literal("none") }),
  v.strictObject({
    phase: v.literal("writing"),
    path: v.string(),
    /** 0 to 1. */
    share: v.pipe(finite, v.minValue(0), v.maxValue(1)),
    /** Asked for by `./lydlr ctl`. */
    isFromCommandLine: v.boolean(),
  }),
  v.strictObject({ phase: v.literal("done"), file: reportFileSchema, isFromCommandLine: v.boolean() }),
  v.strictObject({ phase: v.literal("failed"), path: v.string(), code: v.string(), sentence: v.string(), isFromCommandLine: v.boolean() }),
]);
export type ReportView = v.InferOutput<typeof reportViewSchema>;

/** What there is to report on. */
export const reportSurveySchema = v.strictObject({
  /** Nodes that samples are kept of, by number. */
  nodeIds: v.array(v.string()),
  /** Versions that ran or are in the registry. */
  versions: v.array(v.string()),
  /** Where samples are read from, a clause. */
  store: v.string(),
  /** Null where pages cannot be printed, with the sentence that says why. */
  whyNoPdf: v.nullable(v.string()),
});
export type ReportSurvey = v.InferOutput<typeof reportSurveySchema>;

export const REPORT_REQUESTS = {
  "reports/survey": { body: nothing, reply: reportSurveySchema },
  "reports/state": { body: nothing, reply: reportViewSchema },
  /** Asks for a file name, then writes; answers once it is begun. CANCELLED, REPORT_RUNNING, UNKNOWN_NODE. */
  "reports/write": { body: v.strictObject({ ...reportScopeSchema.entries, format: reportFormatSchema }), reply: v.strictObject({ path: v.string() }) },
  "reports/cancel": { body: nothing, reply: nothing },
  /** Shows the file that was written last in its folder. */
  "reports/show": { body: nothing, reply: nothing },
} as const;

export const REPORT_PUSHES = { "push/report": reportViewSchema } as const;
