import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["shared/**/*.test.ts", "electron/**/*.test.ts", "renderer/**/*.test.{ts,tsx}", "setup/**/*.test.ts"],
    environment: "node",
    restoreMocks: true,
    // No test here measures time: a busy machine must not fail one.
    testTimeout: 60_000,
  },
});
