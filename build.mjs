// Bundles the command line and the two public entries with esbuild; `usb` stays external because it loads a native
// binding, everything else is inlined because importing chevrotain from node_modules alone costs 200 ms.
import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";

rmSync("dist", { recursive: true, force: true });

const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const entries = {
  cli: "src/cli/main.ts",
  index: "src/index.ts",
  sim: "src/sim.ts",
  bench: "test/bench/bench.ts",
};
const present = Object.entries(entries).filter(([, file]) => existsSync(file));

await build({
  entryPoints: Object.fromEntries(present),
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  external: ["usb", "node-hid"],
  loader: { ".seq": "text", ".yaml": "text" },
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  legalComments: "none",
  define: { DBGSEQ_VERSION: JSON.stringify(version) },
  logLevel: "warning",
});

if (process.argv.includes("--types")) {
  execFileSync("npx", ["tsc", "-p", "tsconfig.types.json"], { stdio: "inherit" });
}
