/** `npm run test:probe`: one probe takes one client at a time. */
import { defineConfig, mergeConfig } from "vitest/config";
import everyday from "../../vitest.config.ts";

const { plugins } = everyday;
export default mergeConfig(
  { plugins },
  defineConfig({
    test: {
      include: ["test/contract/*.test.ts"],
      fileParallelism: false,
      testTimeout: 600_000,
      hookTimeout: 120_000,
      disableConsoleIntercept: true,
    },
  }),
);
