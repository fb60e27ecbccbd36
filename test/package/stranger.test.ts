/** What somebody gets who installs the package: pages that load, types that hold under strict flags, examples that run. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installPacked, type Stranger } from "../support/packed.ts";
import { expectLines, transcript, type Step } from "../support/transcripts.ts";

const EXAMPLES = "examples/06-api";
const TSC = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const STRICT = [
  "--strict",
  "--noUncheckedIndexedAccess",
  "--exactOptionalPropertyTypes",
  "--target",
  "ES2022",
] as const;

const scripts = readdirSync(EXAMPLES).filter((name) => name.endsWith(".mjs"));
const steps = nodeSteps(`${EXAMPLES}/README.md`);
/** Those of other folders stand in the package as they are. */
const OTHERS = ["examples/07-tutorial/README.md"];

/** Every public name, and a use of the types. */
const PAGES = `
import * as page from "dbgseq";
import * as sim from "dbgseq/sim";
import * as browser from "dbgseq/browser";
import { ConnectHelper, Failure, type Session, type SessionEvent } from "dbgseq";

export const names: readonly string[] = [...Object.keys(page), ...Object.keys(sim), ...Object.keys(browser)];
export async function dump(session: Session): Promise<Uint8Array> {
  return session.target.readMemoryBlock8(0, 16);
}
export function text(event: SessionEvent): string {
  return event.kind === "message" ? event.text : event.kind;
}
export async function main(): Promise<number | null> {
  try {
    return await ConnectHelper.withSession({ probe: "sim:generic-m4", connect: "halt" }, ({ target }) => target.read32(0));
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}
`;

let stranger: Stranger;
beforeAll(() => {
  stranger = installPacked();
  for (const name of scripts) {
    const text = readFileSync(`${EXAMPLES}/${name}`, "utf8");
    stranger.write(name, text);
    stranger.write(asTypeScript(name), text);
  }
});
afterAll(() => {
  stranger.remove();
});

function asTypeScript(name: string): string {
  return `ts-${name.replace(".mjs", ".mts")}`;
}

function nodeSteps(path: string): readonly Step[] {
  return transcript(path).filter(({ program }) => program === "node");
}

function lines(text: string): readonly string[] {
  return text.split("\n").slice(0, -1);
}

test("the licences of what is bundled go with it", () => {
  const text = readFileSync(`${stranger.folder}/node_modules/dbgseq/dist/licences.txt`, "utf8");
  for (const name of ["chevrotain", "commander", "js-yaml", "valibot"])
    expect(text, name).toMatch(new RegExp(`^${name} [\\d.]+ \\([A-Z]`, "m"));
});

test("each script is short, is shown with its output, and imports the package alone", () => {
  expect(scripts).toEqual([
    "another-access-port.mjs",
    "connect-under-reset.mjs",
    "halting-reset.mjs",
    "memory-dump.mjs",
    "several-cores.mjs",
    "timed-reset.mjs",
    "unlock.mjs",
  ]);
  expect(steps.map(({ argv }) => argv[0]).sort()).toEqual(scripts);
  for (const name of scripts) {
    const text = readFileSync(`${EXAMPLES}/${name}`, "utf8");
    expect(text.split("\n").length).toBeLessThan(40);
    for (const [, from] of text.matchAll(/ from "([^"]+)"/g))
      expect(from).toMatch(/^(dbgseq|dbgseq\/sim|node:.+)$/);
  }
});

test.each(steps.map((step) => [step.argv.join(" "), step] as const))(
  "%s runs as JavaScript",
  (_what, { argv, expected }) => {
    expectLines(lines(stranger.node(...argv)), expected);
  },
);

describe.each(OTHERS)("%s", (path) => {
  test.each(nodeSteps(path).map((step) => [step.argv.join(" "), step] as const))(
    "%s runs out of the package",
    (_what, { argv: [script = "", ...rest], expected }) => {
      expectLines(lines(stranger.node(`node_modules/dbgseq/${script}`, ...rest)), expected);
    },
  );
});

test("no document shows a script that is not run here", () => {
  const shown = readdirSync("examples")
    .map((name) => `examples/${name}/README.md`)
    .filter((path) => existsSync(path) && nodeSteps(path).length > 0);
  expect(shown).toEqual([`${EXAMPLES}/README.md`, ...OTHERS]);
});

describe("in TypeScript", () => {
  test("all scripts, and what the README shows, are strict; what comes out runs", () => {
    const shown = [...readFileSync("README.md", "utf8").matchAll(/```ts\n([^]*?)```/g)];
    expect(shown).toHaveLength(3);
    const readme = shown.map(([, text = ""], at) => {
      stranger.write(`readme-${at}.mts`, text.replaceAll('"examples/', '"node_modules/dbgseq/examples/'));
      return `readme-${at}.mts`;
    });
    const lib = ["--lib", "ES2023,DOM,ESNext.Disposable", "--types", "node", "--skipLibCheck"];
    stranger.node(TSC, ...STRICT, "--module", "NodeNext", ...lib, ...scripts.map(asTypeScript), ...readme);
    for (const { argv, expected } of steps) {
      const [name = "", ...rest] = argv;
      expectLines(lines(stranger.node(`ts-${name}`, ...rest)), expected);
    }
    for (const source of readme) expect(stranger.node(source.replace(".mts", ".mjs"))).toBe("");
  });

  test("the declarations stand by themselves, without Node's types, and a mistake is one", () => {
    stranger.write("pages.ts", PAGES);
    stranger.write("wrong.ts", 'import { ConnectHelper } from "dbgseq";\nConnectHelper.listProbes("all");\n');
    const check = (): string =>
      stranger.node(TSC, ...STRICT, "--noEmit", "--module", "NodeNext", "pages.ts", "wrong.ts");
    expect(check).toThrow(/:\nwrong\.ts\(2,26\): error TS2554: Expected 0 arguments, but got 1\.\n$/);
  });

  test("... for bundlers too", () => {
    const bundler = ["--module", "ESNext", "--moduleResolution", "bundler", "--customConditions", "browser"];
    expect(stranger.node(TSC, ...STRICT, "--noEmit", ...bundler, "pages.ts")).toBe("");
  });
});

test("importing does nothing: no output, nothing that keeps the program alive", () => {
  const text = 'await import("dbgseq"); await import("dbgseq/sim"); await import("dbgseq/browser");';
  expect(stranger.node("--input-type=module", "--eval", text)).toBe("");
});

test("what a script needs besides stands where the package says", () => {
  expect(Object.keys(manifest().exports)).toEqual([
    ".",
    "./browser",
    "./sim",
    "./sequences/*",
    "./package.json",
  ]);
  const text = 'console.log(import.meta.resolve("dbgseq/sequences/vendor/nordic/nrf52.seq"))';
  expect(stranger.node("--input-type=module", "--eval", text)).toMatch(/nrf52\.seq\n$/);
});

/** The words that bash itself would offer behind `line`, whose last piece it has split off at `:` and `=`. */
function completed(line: string): string {
  const pieces = line.split(/(?<=[:=])|(?=[:=])| /);
  const script = `
    PATH=node_modules/.bin:$PATH; eval "$(dbgseq completion bash)"
    COMP_LINE=$1; COMP_POINT=\${#COMP_LINE}; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _dbgseq; complete -p dbgseq; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return stranger.run("bash", "--norc", "-c", script, "bash", line, ...pieces);
}

const hasBash = spawnSync("bash", ["--version"]).status === 0;

test.skipIf(!hasBash).each([
  ["dbgseq ver", ["verify"]],
  ["dbgseq reset --ha", ["--halt"]],
  ["dbgseq run Read", []],
  ["dbgseq run ResetC", ["ResetCatchClear", "ResetCatchSet"]],
  ["dbgseq run --probe sim:nrf5", ["nrf52840", "nrf5340"]],
  ["dbgseq run --probe=sim:rp", ["rp2040", "rp2350"]],
  ["dbgseq run shipped:nordic/nrf9", ["nordic/nrf91"]],
  ["dbgseq run shipped:nordic/nrf91#St", ["nordic/nrf91\\#Status"]],
])("bash completes %s", (line, words) => {
  const [registered, ...offered] = lines(completed(line));
  expect(registered).toBe("complete -o default -F _dbgseq dbgseq");
  expect(offered.filter((word) => word !== "")).toEqual(words);
});

function manifest(): { readonly exports: object } {
  return JSON.parse(
    readFileSync(`${stranger.folder}/node_modules/dbgseq/package.json`, "utf8"),
  ) as ReturnType<typeof manifest>;
}
