/**
 * What one file of src/ exports, another one imports: another file of src/, or a test. `npm run lint:unused` asks knip the same,
 * and more; this is the part that runs with every test.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

/** Those that a user imports. */
const PAGES: readonly string[] = ["src/index.ts", "src/browser.ts", "src/sim.ts", "src/public.ts"];
const EXPORT = /^export (?:async )?(const|function\*?|class|interface|type) (\w+)/gm;
/** Names that a file hands on; types among them are left to knip. */
const HANDED_ON = /^export \{([^}]*)\} from/gm;
const IMPORT = /\b(?:import|export)\s+(?:type\s+)?(\{[^}]*\}|\*(?:\s+as\s+\w+)?)\s*from\s+"(\.[^"]+)"/g;
const DYNAMIC = /\bimport\(\s*"(\.[^"]+)"/g;

const files = ["src", "test"].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => ({ path: join(folder, name), text: readFileSync(join(folder, name), "utf8") })),
);

/** File and name, joined by a blank; `*` stands for all that a file has. */
const used = new Set(
  files.flatMap(({ path, text }) => {
    const from = (target: string): string => join(dirname(path), target);
    const named = [...text.matchAll(IMPORT)].flatMap(([, list = "", target = ""]) =>
      list.startsWith("*")
        ? [`${from(target)} *`]
        : [...list.matchAll(/(\w+)(?:\s+as\s+\w+)?\s*[,}]/g)].map(([, name]) => `${from(target)} ${name}`),
    );
    return [...named, ...[...text.matchAll(DYNAMIC)].map(([, target = ""]) => `${from(target)} *`)];
  }),
);

function isUsed(path: string, name: string): boolean {
  return used.has(`${path} ${name}`) || used.has(`${path} *`);
}

/** A type may be exported for what it says of an exported function of its own file. */
function isNamedAgain(text: string, name: string): boolean {
  return [...text.matchAll(new RegExp(`\\b${name}\\b`, "g"))].length > 1;
}

test("every export of src/ is imported by another file", () => {
  const idle = files
    .filter(({ path }) => path.startsWith("src/") && !PAGES.includes(path))
    .flatMap(({ path, text }) =>
      [...text.matchAll(EXPORT)]
        .filter(([, kind = "", name = ""]) => {
          const isType = kind === "interface" || kind === "type";
          return !isUsed(path, name) && !(isType && isNamedAgain(text, name));
        })
        .map(([, , name]) => `${path}: ${name}`),
    );
  const handedOn = files
    .filter(({ path }) => path.startsWith("src/") && !PAGES.includes(path))
    .flatMap(({ path, text }) =>
      [...text.matchAll(HANDED_ON)]
        .flatMap(([, list = ""]) => list.split(",").map((each) => each.trim().replace(/^\w+ as /, "")))
        .filter((name) => /^\w+$/.test(name) && !isUsed(path, name))
        .map((name) => `${path}: ${name}`),
    );
  expect(handedOn).toEqual([]);
  expect(used.size).toBeGreaterThan(1000);
  expect(idle).toEqual([]);
});

test("every file of src/ is imported by another file", () => {
  const reached = new Set([...used].map((use) => use.split(" ")[0]));
  const idle = files
    .map(({ path }) => path)
    .filter((path) => path.startsWith("src/") && !path.endsWith(".d.ts") && !PAGES.includes(path))
    .filter((path) => path !== "src/cli/main.ts" && !reached.has(path));
  expect(idle).toEqual([]);
});
