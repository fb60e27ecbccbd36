/** Each staged fault reads as its cause, on a screen that fits, and its `try:` works as printed. */
import { readFileSync, writeFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { dbgseq, unwrapped } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";
import { STAGED } from "./staged/all.ts";

const SCREENS = fileURLToPath(new URL("screens/", import.meta.url));

/** A command that was printed over several lines. */
function commandIn(screen: string): string | undefined {
  return /^ {2}try: (dbgseq (?:.|\n {7})*)/m.exec(screen)?.[1]?.replace(/\n {7}/g, " ");
}

/** As a shell takes them, without the program's name. */
function wordsOf(command: string): readonly string[] {
  return (command.match(/'[^']*'|\S+/g) ?? []).slice(1).map((word) => word.replace(/^'|'$/g, ""));
}

function diagnosisIn(json: string): { readonly code: string; readonly tries: readonly string[] } {
  return (JSON.parse(json) as { diagnosis: { code: string; tries: readonly string[] } }).diagnosis;
}

function keeping(argv: readonly string[], state: string): readonly string[] {
  return argv.map((word) =>
    word.startsWith("sim:") ? `${word}${word.includes("?") ? "&" : "?"}state=${state}` : word,
  );
}

describe("a failure names its cause", () => {
  test.each(STAGED)("$name", async (staged) => {
    const { code, screen: all } = await dbgseq(...staged.argv);
    expect(code).toBe(staged.exit);
    const screen = all.slice(all.indexOf("error: "));
    expect(unwrapped(screen)).toMatch(staged.says);
    if (staged.tries !== undefined) expect(unwrapped(screen)).toMatch(staged.tries);
    expect(screen.split("\n").length).toBeLessThanOrEqual(13);
    for (const line of screen.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    golden(staged.name, screen);
    // The same with a target that keeps what is done to it, so that the next command meets it.
    const again =
      staged.after === undefined ? staged.argv : keeping(staged.argv, join(folderWith({}), "state.json"));
    const kept = await dbgseq(...again, "--json");
    const { code: cause, tries } = diagnosisIn(kept.out);
    expect(cause).toBe(staged.code);
    expect(commandIn(screen) !== undefined).toBe(staged.after !== undefined);
    if (staged.after === undefined) return;
    const next = await dbgseq(...wordsOf(tries[0] ?? ""));
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
