import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { ASKED, EVERYDAY, everydayProjectOf, type Asked, type EverydayName } from "./test/projects.ts";

/** Only what hangs takes as long, on a machine that is ten times slower than any, too; no test has a limit of its own. */
const HANG_MS = 600_000;

/** As esbuild's text loader in build.mjs: a .seq or .yaml that is imported is its text. */
const textFiles = {
  name: "text-files",
  enforce: "pre" as const,
  load(id: string): string | undefined {
    return /\.(seq|yaml)$/.test(id)
      ? `export default ${JSON.stringify(readFileSync(id, "utf8"))}`
      : undefined;
  },
};

const FILES = readdirSync(new URL("test", import.meta.url), { recursive: true, encoding: "utf8" }).map(
  (file) => `test/${file.replaceAll("\\", "/")}`,
);
const TESTS = FILES.filter((file) => file.endsWith(".test.ts"));

const everyday = (name: EverydayName): TestProjectInlineConfiguration => ({
  extends: true,
  test: {
    name,
    include: TESTS.filter((file) => everydayProjectOf(file) === name),
    isolate: EVERYDAY[name].worker === "own",
  },
});

/** Of no limited time: the environment says how long it goes on, and a virtual machine may take minutes to start. */
const asked = ([name, { files, env = {}, oneByOne, execArgv = [] }]: [
  string,
  Asked,
]): TestProjectInlineConfiguration => ({
  extends: true,
  test: {
    name,
    include: FILES.filter((file) => files.test(file)),
    env: Object.fromEntries(
      Object.entries(env).map(([variable, value]) => [variable, process.env[variable] ?? value]),
    ),
    fileParallelism: oneByOne !== true,
    execArgv: [...execArgv],
    testTimeout: 0,
    hookTimeout: 0,
    disableConsoleIntercept: true,
  },
});

const everydayNames = Object.keys(EVERYDAY) as EverydayName[];

/** What runs without --project; vitest reads it from here, too, though its type of this object does not say so. */
const unlessNamed = { project: everydayNames };

export default defineConfig({
  plugins: [textFiles],
  // The code of a model in the examples, which vitest loads instead of Node.
  resolve: { alias: { "dbgseq/sim": fileURLToPath(new URL("src/sim.ts", import.meta.url)) } },
  test: {
    projects: [...everydayNames.map(everyday), ...Object.entries(ASKED).map(asked)],
    ...unlessNamed,
    maxWorkers: availableParallelism(),
    testTimeout: HANG_MS,
    hookTimeout: HANG_MS,
    // Command lines that tests start keep nothing in the folders of the user.
    env: { DBGSEQ_NO_HISTORY: "1" },
    expect: { poll: { timeout: HANG_MS } },
  },
});
