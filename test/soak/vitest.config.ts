/** The long form: `npm run soak`, for SOAK_MINUTES with SOAK_SEED. */
import { defineConfig, mergeConfig } from "vitest/config";
import everyday from "../../vitest.config.ts";

const { plugins } = everyday;
const seed = process.env["SOAK_SEED"] ?? String(Date.now() % 1_000_000);
const minutes = process.env["SOAK_MINUTES"] ?? "30";
process.stdout.write(`SOAK_SEED=${seed} SOAK_MINUTES=${minutes}\n`);

export default mergeConfig(
  { plugins },
  defineConfig({
    test: {
      include: ["test/soak/*.test.ts"],
      execArgv: ["--expose-gc"],
      env: { SOAK_SEED: seed, SOAK_MINUTES: minutes },
      testTimeout: 0,
      disableConsoleIntercept: true,
    },
  }),
);
