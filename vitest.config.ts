import { defineConfig } from "vitest/config";

// The exhaustive versions run their properties thousands of times.
const isFull = process.env.SEGC_FULL === "1";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/kernel/**", "test/moto/**"],
    testTimeout: isFull ? 2_400_000 : 240_000,
  },
});
