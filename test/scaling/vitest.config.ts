/** Only `npm run test:scaling`: the same test as every day, with larger inputs. */
import { defineConfig, mergeConfig } from "vitest/config";
import everyday from "../../vitest.config.ts";

const { plugins } = everyday;
export default mergeConfig(
  { plugins },
  defineConfig({
    test: {
      include: ["test/scaling/*.test.ts"],
      env: { SCALING: "long" },
      testTimeout: 3_600_000,
      disableConsoleIntercept: true,
    },
  }),
);
