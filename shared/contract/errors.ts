/**
 * Every code that a person or a script can meet, with what it means. A code is stable: it is part of
 * the command line's and the window's contract. The sentence that travels with it names the case.
 */
export const ERROR_CODES = {
  // commands to nodes
  STALE_VERSION: "the node's version changed between the look and the click",
  NO_GOOD_VERSION: "nothing good is known to have run on the node before",
  ALREADY_IN_FLIGHT: "another command for the node has not ended yet",
  LINK_DOWN: "the link is not up, a command could not be confirmed",
  UNKNOWN_NODE: "no such node has been seen",
  UNKNOWN_VERSION: "no such version in the registry",
  ALREADY_RUNNING: "the node already reports that version",
  NODE_SILENT: "the node is stale or lost, a command could not be confirmed",
  PUBLISH_FAILED: "the link could not publish",
  QUARANTINED: "the version failed on the node or its class, and no person has lifted that",
  NOT_QUARANTINED: "the version is not in quarantine there",
  ROLLOUT_RUNNING: "a roll-out that has not ended yet has the node",
  UNKNOWN_ROLLOUT: "no such roll-out",
  ROLLOUT_ENDED: "the roll-out has ended",
  NOTHING_TO_ROLL_OUT: "no node can take the version",
  // names
  BAD_NODE_ID: "a node id is 1 to 64 of A-Z a-z 0-9 _ and starts with a letter",
  BAD_VERSION: "a version is 1 to 64 of A-Z a-z 0-9 . + _ - and starts with a letter or digit",
  // wire
  BAD_CDR: "the message is not the CDR of its type",
  BAD_FRAME: "the bytes are not a LYDT frame",
  FRAME_TOO_SHORT: "the frame is cut",
  LENGTH_MISMATCH: "the frame's lengths do not add up to its size",
  META_TOO_LARGE: "the frame's meta is larger than allowed",
  BAD_META: "the frame's meta is not the JSON it must be",
  NOT_FINITE: "a metric is NaN or infinite",
  OUT_OF_RANGE: "a metric is outside the range that it can have",
  BAD_STATUS: "the fleet's status is not the JSON that it must be",
  WRONG_NODE: "the frame names another node than its topic",
  WRONG_FRAME_TYPE: "the frame is of another type than its topic carries",
  // models and codec
  HASH_MISMATCH: "a model file is not the one its manifest names",
  BAD_MANIFEST: "a manifest does not follow its schema",
  MODEL_LOAD_FAILED: "the model could not be loaded",
  BAD_BITSTREAM: "the file is not a whole, undamaged bitstream",
  BAD_IMAGE: "the picture could not be read",
  INFERENCE_DOWN: "the inference process is not up",
  COMPARISON_RUNNING: "another comparison has not ended yet",
  COMPARISON_FAILED: "the process that compares ended, or did not answer",
  // the registry
  CONTRACT_MISMATCH: "a model's inputs or outputs are not those of its contract",
  GOLDEN_MISMATCH: "a golden frame decodes to something else than was recorded",
  TIME_LIMIT: "a model did not answer within the time that verification allows",
  MEMORY_LIMIT: "a model took more memory than verification allows",
  MODEL_CRASHED: "a model took the process down that verified it",
  VERIFIER_DOWN: "the process that verifies could not be started or was stopped: nothing is said of the model",
  NOT_A_MODEL: "nothing in it is a model that this application knows",
  BAD_ARCHIVE: "the archive is damaged or of a kind that is not read",
  UNSAFE_ARCHIVE: "a path, link or name in it could reach outside of its folder",
  ARCHIVE_TOO_LARGE: "it unpacks to more files or bytes than an import may have",
  VERSION_PRESENT: "that version is in the registry already",
  BAD_ALIAS: "an alias is 1 to 32 of a-z 0-9 - and starts with a letter; latest is taken",
  // judging
  IMPOSSIBLE_VALUE: "nothing can be computed for these numbers",
  BAD_POLICY: "a policy does not follow its schema",
  STALE_REVISION: "the policy was changed by somebody else in between",
  UNKNOWN_DECISION: "the journal has no such decision",
  NO_BUDGET: "no limit keeps the false-rollback budget with so few samples",
  SELFTEST_FAILED: "the process that runs the self-test could not be started, or ended before it was done",
  NOT_A_SAMPLE: "a line of a recording is no sample and no deployment",
  NOT_IDENTIFIED: "with these nodes and this design, version and node cannot be told apart",
  // alerts
  UNKNOWN_ALERT: "no such alert is open",
  UNKNOWN_SILENCE: "no such silence is in force",
  BAD_SILENCE: "a silence names a rule, a node or a version",
  BAD_RULE: "an alert rule does not follow its schema",
  // storage and reports
  JOURNAL_UNAVAILABLE: "the journal cannot be written",
  JOURNAL_BROKEN: "the journal was changed after it was written, and no person has acknowledged that",
  FILE_WRITE_FAILED: "a file could not be written",
  FILE_READ_FAILED: "a file could not be read",
  // the application
  BAD_REQUEST: "a request does not follow its schema",
  UNTRUSTED_SENDER: "a request came from somewhere else than the window",
  NOT_EMBEDDED: "only the embedded fleet can do that",
  NOT_AVAILABLE: "that is not available here",
  BAD_USAGE: "the command line is wrong",
  CANCELLED: "the operator changed their mind",
  INTERNAL: "a bug: it was logged, fleet-changing commands stopped",
} as const satisfies Readonly<Record<string, string>>;

/** One of the codes of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;
