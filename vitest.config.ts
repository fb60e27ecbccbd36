import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";

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

/** Folders whose tests keep nothing between them: one worker takes many of their files, and loads the source once. */
const SHARED = [
  "api",
  "cmsis-dap",
  "conformance",
  "consent",
  "coresight",
  "device",
  "diagnostics",
  "documents",
  "interpreter",
  "language",
  "lib",
  "options",
  "pack",
  "probe",
  "recipe",
  "session",
  "simulator",
  "wire",
].map((folder) => `test/${folder}/**/*.test.ts`);

/** Replaces a module, which a worker that others used may have loaded before. */
const REPLACES_MODULES = "test/probe/usb-native.test.ts";

export default defineConfig({
  plugins: [textFiles],
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "shared",
          include: SHARED,
          exclude: [...configDefaults.exclude, REPLACES_MODULES],
          isolate: false,
        },
      },
      { extends: true, test: { name: "alone", include: [REPLACES_MODULES] } },
      {
        extends: true,
        test: {
          name: "own",
          include: ["test/**/*.test.ts"],
          exclude: [...configDefaults.exclude, ...SHARED],
        },
      },
    ],
    maxWorkers: availableParallelism(),
    // Against what hangs, on a machine that is ten times slower than any.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
