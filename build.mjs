// Bundles the command line and the public entries with esbuild; `usb` stays external because it loads a native
// binding, everything else is inlined because importing chevrotain from node_modules alone costs 200 ms.
import { build } from "esbuild";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

// Declarations stay: npm runs what packs them (build-types.mjs) before this.
for (const name of existsSync("dist") ? readdirSync("dist") : []) {
  if (name !== "types") rmSync(join("dist", name), { recursive: true });
}

const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const entries = {
  cli: "src/cli/main.ts",
  index: "src/index.ts",
  sim: "src/sim.ts",
  bench: "test/bench/bench.ts",
};
const present = Object.entries(entries).filter(([, file]) => existsSync(file));

const common = {
  bundle: true,
  format: "esm",
  loader: { ".seq": "text", ".yaml": "text" },
  legalComments: "none",
  define: { DBGSEQ_VERSION: JSON.stringify(version) },
  logLevel: "warning",
};

await build({
  ...common,
  entryPoints: Object.fromEntries(present),
  outdir: "dist",
  splitting: true,
  platform: "node",
  target: "node20.19",
  external: ["usb", "node-hid"],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});

// By itself, for its chunks must have nothing of Node's; an import of a host ends this build.
await build({
  ...common,
  entryPoints: { browser: "src/browser.ts" },
  outdir: "dist",
  platform: "browser",
  target: "es2022",
});
