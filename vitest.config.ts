import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["shared/**/*.test.ts", "electron/**/*.test.ts", "renderer/**/*.test.{ts,tsx}", "setup/**/*.test.ts"],
    environment: "node",
    restoreMocks: true,
  },
});
