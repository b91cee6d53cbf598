import { defineConfig } from "vitest/config";

// Real packets need the machine for themselves: one file at a time.
export default defineConfig({
  test: {
    include: ["test/kernel/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
