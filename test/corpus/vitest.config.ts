import { defineConfig, mergeConfig } from "vitest/config";
import everyday from "../../vitest.config.ts";

/** Only `npm run test:corpus`: it walks a folder of real packs, for minutes. */
const { plugins } = everyday;
export default mergeConfig(
  { plugins },
  defineConfig({
    test: {
      include: ["test/corpus/*.corpus.ts", "test/**/*corpus.test.ts"],
      testTimeout: 600_000,
      disableConsoleIntercept: true,
      passWithNoTests: false,
    },
  }),
);
