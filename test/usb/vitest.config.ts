import { defineConfig, mergeConfig } from "vitest/config";
import everyday from "../../vitest.config.ts";

/** Only `npm run test:usb`: it boots a virtual machine, so nothing of it belongs to the everyday tests. */
const { plugins } = everyday;
export default mergeConfig(
  { plugins },
  defineConfig({
    test: {
      include: ["test/usb/**/*.vm.ts"],
      fileParallelism: false,
      // Each of the few programs that a test runs in the guest has 240 s, on a machine that is ten times slower than any.
      testTimeout: 1_000_000,
      hookTimeout: 240_000,
    },
  }),
);
