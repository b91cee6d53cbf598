import { defineConfig } from "vitest/config";

// Needs a Python program beside: CONTRIBUTING.md says how it is installed.
export default defineConfig({
  test: { include: ["test/moto/**/*.test.ts"], testTimeout: 60_000 },
});
