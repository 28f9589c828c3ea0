import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["shared/**/*.test.ts", "electron/**/*.test.ts", "renderer/**/*.test.{ts,tsx}", "setup/**/*.test.ts"],
    environment: "node",
    restoreMocks: true,
    // Vitest leaves a core free, which is half of a machine of two.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // No test here measures time: a busy machine must not fail one.
    testTimeout: 60_000,
  },
});
