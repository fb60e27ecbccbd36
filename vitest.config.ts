import { readFileSync } from "node:fs";
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
  test: { include: ["test/**/*.test.ts"], testTimeout: 30_000, hookTimeout: 120_000 },
});
