import { defineConfig } from "vitest/config";

// The exhaustive versions bring up many more networks.
const isFull = process.env.SEGC_FULL === "1";

// Real packets need the machine for themselves: one file at a time.
export default defineConfig({
  test: {
    include: ["test/kernel/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: isFull ? 2_400_000 : 240_000,
    hookTimeout: 120_000,
  },
});
