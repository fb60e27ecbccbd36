import { configDefaults, defineConfig, mergeConfig } from "vitest/config";
import everyday from "../vitest.config.ts";

/** Folders whose tests disturb, repeat, pack or compare: what a small change is not held up by. `npm test` runs all of them. */
const LONG = ["conformance", "contract", "faults", "fuzz", "mutations", "package", "scaling", "soak"];

/** `npm run test:quick`. */
export default mergeConfig(
  everyday,
  defineConfig({
    test: { exclude: [...configDefaults.exclude, ...LONG.map((folder) => `test/${folder}/**`)] },
  }),
);
