// What `npm run mutation` runs Stryker with; setup/mutation.mjs says which file is changed and where the report goes.
const name = process.env["LYDLR_MUTATION_NAME"] ?? "newest";

/** @type {import("@stryker-mutator/api/core").PartialStrykerOptions} */
const options = {
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner", "./setup/stryker-draw.mjs"],
  checkers: ["draw"],
  vitest: { configFile: "setup/stryker.vitest.config.ts", related: false },
  coverageAnalysis: "perTest",
  ignoreStatic: true,
  concurrency: 1,
  timeoutMS: 8_000,
  // Another run beside this one has its folder there.
  ignorePatterns: [".cache", "dist", "models", "docs", "kernels"],
  tempDirName: `.cache/stryker/${name}`,
  reporters: ["json"],
  jsonReporter: { fileName: `.cache/mutation/${name}.json` },
};

export default options;
