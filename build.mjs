// Bundles the command line and the public entries with esbuild; `usb` stays external because it loads a native
// binding, everything else is inlined because importing chevrotain from node_modules alone costs 200 ms.
import { build } from "esbuild";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
  metafile: true,
};

const forNode = await build({
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
const forBrowsers = await build({
  ...common,
  entryPoints: { browser: "src/browser.ts" },
  outdir: "dist",
  platform: "browser",
  target: "es2022",
});

// What is bundled goes on under its own licence, whose text must go with it.
const bundled = [forNode, forBrowsers]
  .flatMap(({ metafile }) => Object.values(metafile.outputs))
  .flatMap(({ inputs }) => Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0))
  .flatMap(([path]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
const notices = [...new Set(bundled)].sort().map((folder) => {
  const {
    name,
    version: its,
    license,
    author,
    homepage,
  } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const by = typeof author === "object" ? author.name : author;
  const text =
    file === undefined
      ? `Its package has no text of the licence. By ${by}; ${homepage}`
      : readFileSync(join(folder, file), "utf8").trim();
  return `${name} ${its} (${license})\n\n${text}\n`;
});
writeFileSync(join("dist", "licences.txt"), notices.join(`\n${"-".repeat(72)}\n\n`));
