/** The long form of proof.test.ts: `npm run test:proof`. */
import { defineConfig, mergeConfig } from "vitest/config";
import everyday from "../../vitest.config.ts";

const { plugins } = everyday;
export default mergeConfig(
  { plugins },
  defineConfig({
    test: {
      include: ["test/faults/proof.test.ts"],
      env: { FLASH_PROOF_RUNS: process.env["FLASH_PROOF_RUNS"] ?? "20000" },
      disableConsoleIntercept: true,
    },
  }),
);
