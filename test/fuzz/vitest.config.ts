import { defineConfig, mergeConfig } from "vitest/config";
import everyday from "../../vitest.config.ts";

const { plugins } = everyday;
const seed = process.env["FUZZ_SEED"] ?? String(Date.now() % 1_000_000);
const cases = process.env["FUZZ_CASES"] ?? "120000";
process.stdout.write(`FUZZ_SEED=${seed} FUZZ_CASES=${cases}\n`);

/** Only `npm run fuzz`: the same test as every day, with a new seed each time and for minutes. */
export default mergeConfig(
  { plugins },
  defineConfig({
    test: {
      include: ["test/fuzz/*.test.ts"],
      env: { FUZZ_SEED: seed, FUZZ_CASES: cases, FUZZ_SAY: "1" },
      testTimeout: 3_600_000,
      disableConsoleIntercept: true,
    },
  }),
);
