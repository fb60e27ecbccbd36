/** Each staged fault reads as its cause, on a screen that fits, and its `try:` works as printed. */
import { readFileSync, writeFileSync, existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { dbgseqIn, unwrapped } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";
import { STAGED } from "./staged.ts";

const SCREENS = fileURLToPath(new URL("screens/", import.meta.url));

/** The words of a command that was printed over several lines, as a shell takes them. */
function commandIn(screen: string): readonly string[] | undefined {
  const text = /^ {2}try: (dbgseq (?:.|\n {7})*)/m.exec(screen)?.[1]?.replace(/\n {7}/g, " ");
  return text
    ?.match(/'[^']*'|\S+/g)
    ?.slice(1)
    .map((word) => word.replace(/^'|'$/g, ""));
}

describe("a failure names its cause", () => {
  test.each(STAGED)("$name", async (staged) => {
    const here = { cwd: folderWith({}), env: {} };
    const { code, err } = await dbgseqIn(here, ...staged.argv);
    expect(code).toBe(staged.exit);
    const screen = err.slice(err.indexOf("error: "));
    expect(unwrapped(screen)).toMatch(staged.says);
    if (staged.tries !== undefined) expect(unwrapped(screen)).toMatch(staged.tries);
    expect(screen.split("\n").length).toBeLessThanOrEqual(13);
    for (const line of screen.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    golden(staged.name, screen);
    const again = commandIn(screen);
    expect(again !== undefined).toBe(staged.after !== undefined);
    if (again === undefined) return;
    const next = await dbgseqIn(here, ...again);
    expect({ code: next.code, err: next.code === staged.after ? "" : next.err }).toEqual({
      code: staged.after,
      err: "",
    });
  });
});

/** `UPDATE=1` writes what is shown now. */
function golden(name: string, screen: string): void {
  const path = `${SCREENS}${name.replace(/[^\w]+/g, "-")}.txt`;
  if (process.env["UPDATE"] === "1") writeFileSync(path, screen);
  expect(existsSync(path), `${path} is missing; UPDATE=1 writes it`).toBe(true);
  expect(screen).toBe(readFileSync(path, "utf8"));
}
