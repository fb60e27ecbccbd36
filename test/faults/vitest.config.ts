/** The long form of the fault tests: `npm run test:faults`. */
import { defineConfig, mergeConfig } from "vitest/config";
import everyday from "../../vitest.config.ts";

const { plugins } = everyday;
export default mergeConfig(
  { plugins },
  defineConfig({
    test: {
      include: ["test/faults/*.test.ts"],
      testTimeout: 30_000,
      env: {
        FAULT_STRIDE: process.env["FAULT_STRIDE"] ?? "17",
        FAULT_JTAG_STRIDE: process.env["FAULT_JTAG_STRIDE"] ?? "1",
        FLASH_FAULT_STRIDE: process.env["FLASH_FAULT_STRIDE"] ?? "50",
        FLASH_KILLS: process.env["FLASH_KILLS"] ?? "50",
        FLASH_PROOF_RUNS: process.env["FLASH_PROOF_RUNS"] ?? "200",
        FAULT_SIGNALS: process.env["FAULT_SIGNALS"] ?? "50",
        FAULT_ENDS: process.env["FAULT_ENDS"] ?? "20",
      },
    },
  }),
);
