/**
 * Every command that a document shows, and the help of every command, at 80 and 120 columns: no line is wider than the
 * terminal but data. The terminal is one in memory, so that the test runs everywhere.
 */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { main } from "../../src/cli/program.ts";
import { columnsOf } from "../../src/lib/columns.ts";
import { transcript } from "../support/transcripts.ts";

/** These lines are shown as they are. */
const DATA: readonly RegExp[] = [
  /^\{.*\}$/, // JSON
  /^ +\d* \|/, // a quoted source line, with the caret below it
  /^\s*\S+$/, // one word: a path, a number
];

/** These commands print files, which are data as a whole. */
const FILES = ["convert", "override", "completion", "show", "model", "fmt"];

interface Shown {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
}

/** Returns the lines that are too wide, without colours; each text of the one line that changes is a line, too. */
async function tooWide({ folder, env, argv }: Shown, columns: number): Promise<readonly string[]> {
  let text = "";
  const write = (more: string): void => {
    text += more;
  };
  await main(argv, {
    ...{ out: write, err: write, cwd: resolve(folder), env, columns: () => columns },
    ...{ terminal: true, screen: true, errScreen: true, color: true },
  });
  return text
    .replace(/\u001b\[\d+m/g, "")
    .split(/[\r\n]/)
    .filter((line) => columnsOf(line) > columns && !DATA.some((data) => data.test(line)));
}

const documents = ["README.md", ...readdirSync("examples").map((name) => `examples/${name}/README.md`)];

describe.each([80, 120])("at %i columns", (columns) => {
  test.each(documents.filter((path) => existsSync(path)))("%s fits", async (path) => {
    const wide: string[] = [];
    for (const { program, argv, ...around } of transcript(path)) {
      if (program === "rm") for (const file of argv) rmSync(file, { force: true });
      if (program !== "dbgseq" || FILES.includes(argv[0] ?? "")) continue;
      for (const line of await tooWide({ ...around, argv }, columns)) wide.push(`${argv.join(" ")}: ${line}`);
    }
    expect(wide).toEqual([]);
  });

  test.each(["", ...COMMANDS.map(({ name }) => name)])("the help of %j fits", async (name) => {
    const argv = name === "" ? ["--help"] : [name, "--help"];
    expect(await tooWide({ folder: ".", env: {}, argv }, columns)).toEqual([]);
  });

  test.each([
    [["doc"]],
    [["doc", "settings"]],
    [["doc", "probes"]],
    [["doc", "recipes"]],
    [["doc", "exit-codes"]],
    [["devices", "--pack"]],
    [["frobnicate"]],
  ])("%j fits", async (argv) => {
    expect(await tooWide({ folder: ".", env: {}, argv }, columns)).toEqual([]);
  });
});
