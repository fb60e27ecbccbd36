// Writes the declarations of the public pages, and of what they reach, to dist/types (or the folder that is given). Knows
// no JavaScript: that is build.mjs's. Runs when the package is packed, for nothing in this repository reads its result.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const out = resolve(process.argv[2] ?? "dist/types");
const PAGES = ["index.d.ts", "browser.d.ts", "sim.d.ts"];
/** Of one declaration file to another; TypeScript leaves the source's `.ts` in them. */
const IMPORT = /((?:\bfrom|\bimport\()\s*")(\.[^"]+)\.ts(")/g;

rmSync(out, { recursive: true, force: true });
const tsc = fileURLToPath(new URL("bin/tsc", import.meta.resolve("typescript/package.json")));
execFileSync(process.execPath, [tsc, "-p", "tsconfig.types.json", "--outDir", out], { stdio: "inherit" });

const reached = new Set();
for (const page of PAGES) reach(join(out, page));
for (const name of readdirSync(out, { recursive: true })) {
  const file = join(out, name);
  if (name.endsWith(".d.ts") && !reached.has(file)) rmSync(file);
}

function reach(file) {
  if (reached.has(file)) return;
  reached.add(file);
  const text = readFileSync(file, "utf8");
  for (const [, , target] of text.matchAll(IMPORT)) reach(join(dirname(file), `${target}.d.ts`));
  // `.js` is what every resolution mode of TypeScript understands.
  writeFileSync(file, text.replace(IMPORT, "$1$2.js$3"));
}

console.log(`${reached.size} declaration files in ${relative(".", out)}`);
