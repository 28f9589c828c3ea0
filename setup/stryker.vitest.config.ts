import { defineConfig } from "vitest/config";

// Only the tests beside what is mutated (setup/mutation.mjs names them): each mutant runs those that reach it.
export default defineConfig({
  test: { include: (process.env["LYDLR_MUTATION_TESTS"] ?? "").split(","), environment: "node", testTimeout: 60_000 },
});
