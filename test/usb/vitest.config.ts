import { defineConfig } from "vitest/config";

/** Only `npm run test:usb`: it boots a virtual machine, so nothing of it belongs to the everyday tests. */
export default defineConfig({
  test: {
    include: ["test/usb/**/*.vm.ts"],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 240_000,
  },
});
