import { defineConfig } from "vitest/config";

/** With a real browser; by itself, for it needs one. */
export default defineConfig({
  test: { include: ["test/browser/**/*.browser.ts"], testTimeout: 120_000 },
});
