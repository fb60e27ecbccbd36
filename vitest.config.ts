import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** As esbuild's text loader in build.mjs: a .seq or .yaml that is imported is its text. */
const textFiles = {
  name: "text-files",
  enforce: "pre" as const,
  load(id: string): string | undefined {
    return /\.(seq|yaml)$/.test(id)
      ? `export default ${JSON.stringify(readFileSync(id, "utf8"))}`
      : undefined;
  },
};

export default defineConfig({
  plugins: [textFiles],
  test: {
    include: ["test/**/*.test.ts"],
    maxWorkers: availableParallelism(),
    // Against what hangs, on a machine that is ten times slower than any.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
